"""Stride length at the foot: from a movement whose length is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import EngineNs, ImuBlock, Side, StepEvent
from rascue.steps.foot_travel import FootTravel, FootTravelMeter

RATE_HZ = 100.0
STRIDE_S = 1.2
LENGTH_M = 1.3
STRIDES = 6
CONTACTS_S = STRIDE_S * np.arange(1, STRIDES + 1)


def strides(mounting: np.ndarray, bias_mps2: float = 0.0, spin_dps: float = 0.0) -> ImuBlock:
    """Return a foot that rests for half a stride after each contact, then moves and pitches."""
    t = np.arange(0.0, STRIDE_S * (STRIDES + 1), 1.0 / RATE_HZ)
    phase = (t % STRIDE_S) / STRIDE_S
    moving = phase > 0.5
    u = np.where(moving, 2.0 * phase - 1.0, 0.0)
    swing_s = 0.5 * STRIDE_S
    forward = np.where(moving, 2 * np.pi * LENGTH_M / swing_s**2 * np.sin(2 * np.pi * u), 0.0)
    pitch = np.radians(40.0) * np.sin(np.pi * u) ** 2
    rate_dps = np.where(moving, 40.0 * np.pi / swing_s * np.sin(2 * np.pi * u), 0.0)
    acc = np.zeros((len(t), 3))
    acc[:, 0] = forward * np.cos(pitch) - 9.81 * np.sin(pitch) + bias_mps2
    acc[:, 2] = forward * np.sin(pitch) + 9.81 * np.cos(pitch)
    gyr = np.outer(rate_dps, [0.0, 1.0, 0.0])
    gyr[:, 2] += spin_dps
    t_ns = np.round(t * 1e9).astype(np.int64)
    return ImuBlock(
        "foot", 0, t_ns, (acc @ mounting.T).astype("f4"), (gyr @ mounting.T).astype("f4")
    )


def travelled(block: ImuBlock, size: int = 10) -> list[FootTravel]:
    meter, found = FootTravelMeter(RATE_HZ), []
    steps = [
        StepEvent(k, EngineNs(round(t * 1e9)), EngineNs(round(t * 1e9)), Side.LEFT, 1.0, "foot")
        for k, t in enumerate(CONTACTS_S)
    ]
    for start in range(0, block.n, size):
        part = slice(start, start + size)
        samples = ImuBlock("foot", 0, block.t_ns[part], block.acc_mps2[part], block.gyr_dps[part])
        due = [s for s in steps if samples.first_ns <= s.detected_ns <= samples.last_ns]
        found += meter.process(samples, due)
    return found


TILTED, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
TILTED = TILTED * np.sign(np.linalg.det(TILTED))


@pytest.mark.parametrize("mounting", [np.eye(3), TILTED])
def test_a_known_stride_is_measured_one_stride_late(mounting) -> None:
    found = travelled(strides(mounting))
    assert len(found) == STRIDES - 2
    assert found[0].ic_ns == round(CONTACTS_S[0] * 1e9)
    assert [travel.length_m for travel in found] == pytest.approx([LENGTH_M] * len(found), rel=0.02)
    assert [t.speed_mps for t in found] == pytest.approx(
        [LENGTH_M / STRIDE_S] * len(found), rel=0.1
    )


def test_drift_of_the_sensor_is_taken_away() -> None:
    found = travelled(strides(np.eye(3), bias_mps2=0.1, spin_dps=0.5))
    assert [travel.length_m for travel in found] == pytest.approx([LENGTH_M] * len(found), rel=0.05)


def test_a_foot_that_never_rests_has_no_length() -> None:
    assert travelled(strides(np.eye(3), spin_dps=90.0)) == []


def test_blocks_of_any_size_give_the_same_lengths() -> None:
    block = strides(TILTED)
    whole = travelled(block, 1)
    for size in (7, 100):
        assert travelled(block, size) == whole


def test_the_foot_points_along_the_way_it_travels_when_it_is_worn_square() -> None:
    for travel in travelled(strides(TILTED)):
        assert travel.toe_deg == pytest.approx(0.0, abs=2.0)
        assert travel.yaw_deg == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("toe_deg", [12.0, -12.0])
def test_toes_to_the_left_of_the_way_are_positive(toe_deg) -> None:
    turn = np.radians(toe_deg)
    along, across = np.cos(turn), np.sin(turn)
    block = strides(np.eye(3))
    # The whole sensor moves straight ahead while foot and axis of rotation are turned to the left.
    acc, level = block.acc_mps2.astype(float), strides(np.eye(3)).acc_mps2.astype(float)
    pitched = np.cumsum(block.gyr_dps[:, 1].astype(float)) / RATE_HZ
    forward = level[:, 0] * np.cos(np.radians(pitched)) + level[:, 2] * np.sin(np.radians(pitched))
    acc[:, 0] -= forward * (1 - along) * np.cos(np.radians(pitched))
    acc[:, 2] -= forward * (1 - along) * np.sin(np.radians(pitched))
    acc[:, 1] -= forward * across
    turned = ImuBlock("foot", 0, block.t_ns, acc.astype("f4"), block.gyr_dps)
    for travel in travelled(turned):
        assert travel.toe_deg == pytest.approx(toe_deg, abs=2.0)
