"""The lower-back detector on a walk whose contacts are known."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import (
    Activity,
    ActivityChange,
    ImuBlock,
    Placement,
    Side,
    SourceInfo,
    StepEvent,
)
from rascue.sensor.recording import load_recording
from rascue.steps.lumbar import LumbarDetector
from rascue.testing.step_detectors import turned
from tests.benchmarks.chair_bench import TRANSITIONS, back, told
from tests.unit.steps.walks import back_walk, still


def steps_of(walk: ImuBlock, rate_hz: float = 100.0) -> list[StepEvent]:
    info = SourceInfo("back", Placement.LOWER_BACK, rate_hz, has_gyro=len(walk.gyr_dps) > 0)
    return [e for e in LumbarDetector(info).process(walk) if isinstance(e, StepEvent)]


def times_s(steps: list[StepEvent]) -> np.ndarray:
    return np.array([step.ic_ns for step in steps]) / 1e9


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 104.2, 208.0, 416.0])
@pytest.mark.parametrize("step_s", [0.42, 0.55, 0.8])
def test_steps_are_found_at_any_rate_and_tempo(rate_hz, step_s) -> None:
    walk, true_s = back_walk(rate_hz, step_s)
    found_s = times_s(steps_of(walk, rate_hz))
    assert abs(len(found_s) - len(true_s)) <= 1
    assert np.diff(found_s)[3:-1] == pytest.approx(step_s, abs=0.03)


def test_sides_alternate_and_begin_with_the_foot_that_landed() -> None:
    walk, true_s = back_walk()
    steps = steps_of(walk)[4:-2]
    sides = [step.side for step in steps]
    expected = []
    for step in steps:
        contact = int(np.argmin(np.abs(true_s - step.ic_ns / 1e9)))
        expected.append(Side.LEFT if contact % 2 == 0 else Side.RIGHT)
    assert sides == expected


def test_mirrored_sway_gives_the_other_side() -> None:
    walk, _ = back_walk()
    mirrored = ImuBlock("back", 0, walk.t_ns, walk.acc_mps2.copy(), walk.gyr_dps.copy())
    mirrored.acc_mps2[:, 1] *= -1
    mirrored.gyr_dps[:, 0] *= -1
    pairs = zip(steps_of(walk)[4:-2], steps_of(mirrored)[4:-2], strict=True)
    assert all({a.side, b.side} == {Side.LEFT, Side.RIGHT} for a, b in pairs)


def test_no_sway_gives_no_side() -> None:
    walk, _ = back_walk()
    flat = ImuBlock("back", 0, walk.t_ns, walk.acc_mps2.copy(), walk.gyr_dps[:0])
    flat.acc_mps2[:, 1] = 0.0
    assert {step.side for step in steps_of(flat)} <= {Side.UNKNOWN}


@pytest.mark.parametrize("axes", [(1, 2, 0), (2, 0, 1)])
def test_the_mounting_does_not_matter(axes) -> None:
    walk, _ = back_walk()
    rotated = turned(walk, np.eye(3)[list(axes)])
    assert times_s(steps_of(rotated)) == pytest.approx(times_s(steps_of(walk)), abs=1e-4)


def test_standing_gives_no_step() -> None:
    assert steps_of(still(60.0)) == []


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_push_out_of_rest_is_no_step(sign) -> None:
    pushed = still(10.0)
    pushed.acc_mps2[500:540, 2] += sign * 3.0 * np.sin(np.linspace(0.0, 2.0 * np.pi, 40))
    assert steps_of(pushed) == []


def test_a_turn_is_told_with_its_end() -> None:
    walk, _ = back_walk()
    turning = ImuBlock("back", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps.copy())
    turning.gyr_dps[800:1000, 0] += 90.0
    info = SourceInfo("back", Placement.LOWER_BACK, 100.0, has_gyro=True)
    events = LumbarDetector(info).process(turning)
    changes = [e for e in events if isinstance(e, ActivityChange)]
    turn, end = (c for c in changes if 8.0 < c.at_ns / 1e9 < 12.0)
    assert (turn.activity, end.activity) == (Activity.TURNING, Activity.WALKING)
    assert turn.at_ns / 1e9 == pytest.approx(8.3, abs=0.4)
    assert end.at_ns / 1e9 == pytest.approx(10.5, abs=0.6)
    assert turn.bout_id == end.bout_id == 1


def test_a_slow_first_step_does_not_hide_every_second_one(gait_file) -> None:
    # The first two contacts told lie 1.2 s apart, the walk goes on at 0.57 s a step.
    recording = load_recording(gait_file("mobgap_HA001_Test11_Trial1_lower_back.npz"))
    whole = ImuBlock("back", 0, recording.t_ns, recording.acc_mps2, recording.gyr_dps)
    found_s = times_s(steps_of(whole))
    walk_s = found_s[(found_s > 6.2) & (found_s < 10.0)]
    assert np.diff(walk_s) == pytest.approx(np.full(6, 0.6), abs=0.15)


@pytest.mark.parametrize("down", [False, True])
def test_hardly_a_step_is_told_on_a_chair(down) -> None:
    # One in ten transitions; deaf to the trunk's tipping it would be more than one in each.
    assert told(back, Placement.LOWER_BACK, has_gyro=True, down=down) < 0.12 * TRANSITIONS
