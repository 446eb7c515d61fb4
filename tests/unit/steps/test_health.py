"""Doubts about the sensor itself."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import ImuBlock, Placement, SensorConcern, SensorHealth, SourceInfo
from rascue.steps.accel_norm import AccelNormDetector
from tests.unit.steps.walks import back_walk, still

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
