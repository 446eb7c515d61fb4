"""Doubts about the sensor itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.types import ImuBlock, Placement, SensorConcern, SensorHealth, SourceInfo
from rascue.steps.accel_norm import AccelNormDetector
from rascue.steps.foot_gyro import FootGyroDetector
from tests.unit.steps.walks import back_walk, foot_walk, still

INFO = SourceInfo(
    "sensor", Placement.POCKET, 100.0, has_gyro=True, acc_range_mps2=39.2, gyr_range_dps=500.0
)


def doubts(block: ImuBlock) -> list[tuple[SensorConcern, bool, float]]:
    events = AccelNormDetector(INFO).process(block)
    health = [e for e in events if isinstance(e, SensorHealth)]
    assert all(bool(e.detail) == e.raised for e in health)
    return [(e.concern, e.raised, e.at_ns / 1e9) for e in health]


@pytest.mark.parametrize("block", [still(10.0), back_walk()[0]])
def test_a_working_sensor_raises_no_doubt(block) -> None:
    assert doubts(block) == []


def test_values_that_do_not_change_are_stuck_until_they_do() -> None:
    block = still(40.0)
    block.acc_mps2[300:2500] = block.acc_mps2[300]
    raised, cleared = doubts(block)
    assert raised == (SensorConcern.STUCK, True, pytest.approx(6.01, abs=0.01))
    assert cleared == (SensorConcern.STUCK, False, pytest.approx(25.0, abs=0.01))


def test_a_gap_is_not_taken_for_a_stuck_sensor() -> None:
    block = still(40.0)
    block.acc_mps2[800:3200] = block.acc_mps2[800]
    kept = np.ones(block.n, bool)
    kept[1000:3000] = False
    assert (
        doubts(ImuBlock("s", 0, block.t_ns[kept], block.acc_mps2[kept], block.gyr_dps[kept])) == []
    )


@pytest.mark.parametrize(("which", "value"), [("acc_mps2", -39.2), ("gyr_dps", 500.0)])
def test_a_value_at_the_range_is_saturated_for_a_while(which, value) -> None:
    block = still(10.0)
    getattr(block, which)[400, 1] = value
    raised, cleared = doubts(block)
    assert raised == (SensorConcern.SATURATED, True, pytest.approx(4.0))
    assert cleared == (SensorConcern.SATURATED, False, pytest.approx(6.01))


@pytest.mark.parametrize("factor", [1 / 9.81, 100.0])
def test_another_unit_is_noticed(factor) -> None:
    block = still(10.0)
    wrong = ImuBlock("sensor", 0, block.t_ns, block.acc_mps2 * np.float32(factor), block.gyr_dps)
    concerns = [concern for concern, *_ in doubts(wrong)]
    assert SensorConcern.WRONG_UNITS in concerns


def shaking(block: ImuBlock, ring_hz: float, size_mps2: float) -> ImuBlock:
    """Return the block as a loosely worn sensor gives it: it rings all the time."""
    t_s = block.t_ns / 1e9
    ringing = size_mps2 * np.sin(2 * np.pi * ring_hz * t_s)
    return replace(block, acc_mps2=(block.acc_mps2 + ringing[:, None]).astype(np.float32))


def foot_doubts(block: ImuBlock, **changes) -> list[tuple[SensorConcern, bool]]:
    info = replace(INFO, placement=Placement.LEFT_FOOT, **changes)
    events = FootGyroDetector(info).process(block)
    return [(e.concern, e.raised) for e in events if isinstance(e, SensorHealth)]


def walking_foot() -> ImuBlock:
    """Return a foot that is also carried forward at each stride."""
    block, _ = foot_walk(strides=20)
    surge = 6.0 * np.sin(2 * np.pi * block.t_ns / 1e9 / 1.1)
    return replace(block, acc_mps2=(block.acc_mps2 + surge[:, None]).astype(np.float32))


def test_a_sensor_that_shakes_between_steps_is_loose_until_the_strap_is_tight() -> None:
    tight = walking_foot()
    assert foot_doubts(tight) == []
    loose = shaking(tight, 9.0, 8.0)
    assert foot_doubts(loose) == [(SensorConcern.LOOSE, True)]
    half = tight.n // 2
    loose.acc_mps2[half:] = tight.acc_mps2[half:]
    assert foot_doubts(loose) == [(SensorConcern.LOOSE, True), (SensorConcern.LOOSE, False)]


def test_a_sensor_that_shakes_while_nobody_walks_says_nothing() -> None:
    assert foot_doubts(shaking(still(20.0), 9.0, 3.0)) == []


def test_in_a_pocket_everything_shakes() -> None:
    assert doubts(shaking(walking_foot(), 9.0, 8.0)) == []


@pytest.mark.parametrize("up_axis", ["", "+z"])
def test_a_sensor_worn_as_recorded_or_not_recorded_is_not_upside_down(up_axis) -> None:
    assert foot_doubts(still(20.0), up_axis=up_axis) == []


def test_a_sensor_upside_down_is_told_until_it_is_turned() -> None:
    block = still(40.0)
    block.acc_mps2[:2000] *= -1
    assert foot_doubts(block, up_axis="+z") == [
        (SensorConcern.UPSIDE_DOWN, True),
        (SensorConcern.UPSIDE_DOWN, False),
    ]
    assert foot_doubts(still(20.0), up_axis="-z") == [(SensorConcern.UPSIDE_DOWN, True)]
