from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.events import Tick
from rascue.core.types import EngineNs, GaitFlag, GaitSign, ImuBlock, Placement, SourceInfo
from rascue.export.freezing import FreezeFigures, freeze_figures, freeze_indices
from rascue.store.reader import SessionReader
from tests.store.samples import a_header, write_session

RATE_HZ = 64.0
BEGIN_NS = a_header().anchor_ns


def movement(seconds: float, walk_mps2: float, tremble_mps2: float) -> np.ndarray:
    """Return a stride a second with trembling at 5 Hz, of these amplitudes, on one axis."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    acc = np.zeros((len(t_s), 3))
    acc[:, 1] = 9.81 + walk_mps2 * np.sin(2 * np.pi * t_s) + tremble_mps2 * np.sin(10 * np.pi * t_s)
    return acc


def test_the_index_is_the_ratio_of_the_powers():
    assert freeze_indices(movement(12.0, 4.0, 2.0), RATE_HZ) == pytest.approx([0.25] * 3)


def test_rest_and_less_than_a_window_say_nothing():
    assert len(freeze_indices(movement(12.0, 0.1, 0.1), RATE_HZ)) == 0
    assert len(freeze_indices(movement(3.9, 4.0, 2.0), RATE_HZ)) == 0


def figures(tmp_path, placement: Placement, seconds: float, *flags: tuple[float, bool, str]):
    info = SourceInfo("leg", placement, RATE_HZ, has_gyro=False)
    acc = movement(seconds, 4.0, 2.0).astype(np.float32)
    t_ns = BEGIN_NS + np.round(np.arange(len(acc)) / RATE_HZ * 1e9).astype(np.int64)
    block = ImuBlock("leg", 0, t_ns, acc, np.zeros((0, 3), np.float32))
    told = [
        GaitFlag(
            EngineNs(BEGIN_NS + round(t * 1e9)), EngineNs(0), GaitSign.FREEZE, raised, 1.5, source
        )
        for t, raised, source in flags
    ]
    header = replace(a_header(), sources=(info,))
    items = [(Tick(BEGIN_NS), []), (block, told)]
    with SessionReader(write_session(tmp_path / "s.sqlite", items, header)) as reader:
        return freeze_figures(reader, seconds)


def test_without_a_sensor_at_a_shank_there_are_no_figures(tmp_path):
    assert figures(tmp_path, Placement.LOWER_BACK, 10.0) is None


def test_episodes_of_both_shanks_that_overlap_are_one(tmp_path):
    found = figures(
        tmp_path, Placement.LEFT_SHANK, 40.0,
        (10.0, True, "left"), (11.0, True, "right"), (12.0, False, "left"), (14.0, False, "right"),
        (36.0, True, "left"),
    )  # fmt: skip
    assert found == FreezeFigures(2, 20.0, 0.25, 0.25)


def test_little_movement_gives_a_sentence(tmp_path):
    found = figures(tmp_path, Placement.RIGHT_SHANK, 8.0)
    assert found == FreezeFigures(0, 0.0, *["not enough movement (2 of 10 windows)"] * 2)
