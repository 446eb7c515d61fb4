"""Stride length at the lower back: from a pendulum whose length and steps are known exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.types import EngineNs, ImuBlock, Side, StepEvent, StrideRecord, StrideTravel
from rascue.steps.back_travel import BACK_ERROR_PCT, PENDULUM_K, BackTravelMeter

RATE_HZ = 100.0
LEG_M = 0.85
STEP_S = 0.55
CHORD_M = 0.5
"""Of a stiff pendulum; a person's step is PENDULUM_K times as long."""
STEPS = 12
SWING_PER_S = 2.0
TILTED, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
TILTED = TILTED * np.sign(np.linalg.det(TILTED))


def walk(mounting: np.ndarray = TILTED, bias_mps2: float = 0.0, spin_dps: float = 0.0) -> ImuBlock:
    """Return a body that rises and falls by the height of a chord, once a step."""
    t = np.arange(0.0, STEP_S * STEPS + 1.0, 1.0 / RATE_HZ)
    rise_m = LEG_M - np.sqrt(LEG_M**2 - 0.25 * CHORD_M**2)
    turn = 2 * np.pi / STEP_S
    acc = np.zeros((len(t), 3))
    acc[:, 0] = 0.3 * np.sin(turn * t)
    acc[:, 2] = 9.81 + bias_mps2 + 0.5 * rise_m * turn**2 * np.cos(turn * t)
    gyr = np.zeros((len(t), 3))
    gyr[:, 2] = spin_dps
    t_ns = np.round(t * 1e9).astype(np.int64)
    return ImuBlock(
        "back", 0, t_ns, (acc @ mounting.T).astype("f4"), (gyr @ mounting.T).astype("f4")
    )


def contacts(late_s: float = 0.0) -> list[tuple[StepEvent, StrideRecord | None]]:
    """Return each contact, told 0.1 s later, with the stride it ends; every second comes late."""
    at_s = [STEP_S * k + (late_s if k % 2 else 0.0) for k in range(1, STEPS + 1)]
    ic_ns = [EngineNs(round(1e9 * at)) for at in at_s]
    found = []
    for k, ic in enumerate(ic_ns):
        side = Side.LEFT if k % 2 else Side.RIGHT
        stride = None
        if k >= 2:
            step_s, stride_s = at_s[k] - at_s[k - 1], at_s[k] - at_s[k - 2]
            stride = StrideRecord(side, 1, ic_ns[k - 2], ic, stride_s, step_s)
        found.append((StepEvent(k, ic, EngineNs(ic + 10**8), side, 1.0, "back"), stride))
    return found


def told(
    block: ImuBlock, size: int = 10, late_s: float = 0.0, leg_m: float = LEG_M
) -> list[StrideTravel]:
    meter, found, pending = BackTravelMeter(RATE_HZ, leg_m), [], contacts(late_s)
    for start in range(0, block.n, size):
        part = slice(start, start + size)
        samples = replace(
            block,
            t_ns=block.t_ns[part],
            acc_mps2=block.acc_mps2[part],
            gyr_dps=block.gyr_dps[part],
        )
        due = [(e, s) for e, s in pending if e.detected_ns <= samples.last_ns]
        pending = pending[len(due) :]
        found += meter.process(samples, [e for e, _ in due], [s for _, s in due if s])
    return found


@pytest.mark.parametrize("mounting", [np.eye(3), TILTED])
def test_a_known_pendulum_is_measured_as_soon_as_the_stride_has_ended(mounting) -> None:
    found = told(walk(mounting))
    assert len(found) == STEPS - 3  # the first has none before it to be as long as
    wanted_m = 2 * PENDULUM_K * CHORD_M
    assert [one.length_m for one in found] == pytest.approx([wanted_m] * len(found), rel=0.02)
    assert found[0].speed_mps == pytest.approx(found[0].length_m / (2 * STEP_S))
    assert found[0].detected_ns == found[0].next_ic_ns + 10**8
    assert {one.error_pct for one in found} == {BACK_ERROR_PCT}


def test_an_offset_of_the_sensor_changes_nothing() -> None:
    plain, biased = told(walk()), told(walk(bias_mps2=0.3))
    assert [one.length_m for one in biased] == pytest.approx([one.length_m for one in plain])


def test_a_longer_leg_makes_longer_strides() -> None:
    assert told(walk(), leg_m=1.0)[0].length_m > told(walk())[0].length_m


def test_blocks_of_any_size_give_the_same_lengths() -> None:
    whole = told(walk(), 1)
    for size in (7, 200):
        assert told(walk(), size) == whole


def test_no_length_in_a_turn_or_with_uneven_steps() -> None:
    assert told(walk(spin_dps=20.0)) == []
    assert told(walk(), late_s=0.1) == []


def test_no_length_where_samples_are_missing_or_after_a_reset() -> None:
    block = walk()
    there = (block.t_ns < 2_000_000_000) | (block.t_ns > 2_150_000_000)
    holed = replace(
        block, t_ns=block.t_ns[there], acc_mps2=block.acc_mps2[there], gyr_dps=block.gyr_dps[there]
    )
    spans = [(one.ic_ns, one.next_ic_ns) for one in told(holed)]
    assert spans
    assert not [1 for begin, end in spans if begin < 2_100_000_000 < end]
    meter = BackTravelMeter(RATE_HZ, LEG_M)
    events = contacts()
    meter.process(block, [], [])
    meter.reset()
    last = replace(
        block, t_ns=block.t_ns[-5:], acc_mps2=block.acc_mps2[-5:], gyr_dps=block.gyr_dps[-5:]
    )
    assert meter.process(last, [e for e, _ in events], [s for _, s in events if s]) == []


def test_no_length_of_a_body_that_hardly_moves_or_leaps() -> None:
    still = walk()
    assert told(replace(still, acc_mps2=np.tile(still.acc_mps2[:1], (still.n, 1)))) == []
    up = TILTED[:, 2] * 9.81
    assert told(replace(still, acc_mps2=(up + 8 * (still.acc_mps2 - up)).astype("f4"))) == []
