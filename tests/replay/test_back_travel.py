"""Stride length at the lower back on recorded walks: within its stated error, any blocks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rascue.core.types import StrideRecord, StrideTravel
from rascue.sensor.recording import load_recording
from rascue.sensor.replay import blocks
from rascue.session.pipeline import Measured, Pipeline
from rascue.steps.back_travel import BACK_ERROR_PCT

WALK = "mobgap_MS001_Test5_Trial1_lower_back.npz"


@cache
def revealed(path: Path, size: int, *, gyro: bool = True) -> list[Measured]:
    recording = load_recording(path)
    info = replace(recording.info, has_gyro=gyro)
    pipeline = Pipeline((info,), "", 0.15)
    given = blocks(recording, size)
    if not gyro:
        given = (replace(block, gyr_dps=block.gyr_dps[:0]) for block in given)
    return [item for block in given for item in pipeline.feed(block)]


def lengths(found: list[Measured]) -> list[StrideTravel]:
    return [item for item in found if isinstance(item, StrideTravel)]


def test_a_straight_walk_is_within_the_stated_error(gait_file) -> None:
    path = gait_file(WALK)
    found = lengths(revealed(path, 10))
    with np.load(path, allow_pickle=False) as file:
        _, _, _, speed_mps, length_m = file["wb"][0]
    assert len(found) >= 4
    error = BACK_ERROR_PCT / 100.0
    assert np.mean([one.length_m for one in found]) == pytest.approx(length_m, rel=error)
    assert np.mean([one.speed_mps for one in found]) == pytest.approx(speed_mps, rel=error)


def test_each_length_belongs_to_a_stride(gait_file) -> None:
    found = revealed(gait_file(WALK), 10)
    strides = {(s.side, s.ic_ns, s.next_ic_ns) for s in found if isinstance(s, StrideRecord)}
    assert {(t.side, t.ic_ns, t.next_ic_ns) for t in lengths(found)} <= strides


@pytest.mark.parametrize("size", [1, 200])
def test_blocks_of_any_size_give_the_same_lengths(gait_file, size) -> None:
    path = gait_file(WALK)
    assert lengths(revealed(path, size)) == lengths(revealed(path, 10))


def test_without_a_gyroscope_turns_are_not_known_and_no_length_is_told(gait_file) -> None:
    found = revealed(gait_file(WALK), 10, gyro=False)
    assert [item for item in found if isinstance(item, StrideRecord)]
    assert lengths(found) == []
