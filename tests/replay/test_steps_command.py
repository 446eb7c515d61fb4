"""`rascue steps` on a recording: the table it writes."""

from __future__ import annotations

import numpy as np

from rascue.cli.steps import step_rows
from rascue.config.load import load_config
from rascue.sensor.recording import load_recording
from rascue.testing.steps_scoring import load_reference

FOOT = "gaitmap_5047_2x20m_left_foot.npz"


def test_the_cadence_column_is_that_of_the_walk(gait_file) -> None:
    path = gait_file(FOOT)
    rows = step_rows(load_recording(path), load_config(None, {}).config, "", 10)
    shown = [float(row[3]) for row in rows if row[3]]
    strides_s = np.diff(load_reference(path).contacts_s)
    assert [row[3] for row in rows[:2]] == ["", ""]
    assert len(shown) > 10
    assert abs(np.median(shown) - 120.0 / np.median(strides_s)) < 2.0
