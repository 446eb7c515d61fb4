"""A change of tempo by hand is heard within one beat and the horizon."""

from __future__ import annotations

import pytest

from rascue.core.types import PlayedBeat
from tests.unit.session.rig import Rig, beats, cued, picked


@pytest.mark.parametrize("wait_s", [0.0, 0.15, 0.3, 0.45])
@pytest.mark.parametrize("delta_spm", [-10.0, 10.0])
def test_the_interval_changes_within_one_beat_and_the_horizon(
    wait_s: float, delta_spm: float
) -> None:
    rig = Rig().begin(cued(600, spm=100))
    rig.run(20 + wait_s)
    asked_ns = rig.now_ns
    rig.ask("adjust_tempo", delta_spm=delta_spm)
    effects = rig.run(3)
    heard = {played.index: played.sound_ns for played in picked(effects, PlayedBeat)}
    changed = [
        heard[beat.index]
        for beat in beats(effects)
        if beat.index in heard and abs(beat.interval_s - 0.6) > 1e-6
    ]
    delay_s = (min(changed) - asked_ns) / 1e9
    interval_s, horizon_s, tick_s = 0.6, rig.config.engine.horizon_s, rig.config.engine.tick_s
    assert delay_s <= interval_s + horizon_s + tick_s
