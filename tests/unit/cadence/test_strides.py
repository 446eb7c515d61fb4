"""Strides from the contacts of one foot, of two feet, and of a back that knows no side."""

from __future__ import annotations

import pytest

from rascue.cadence.strides import StrideBuilder
from rascue.core.types import (
    Activity,
    ActivityChange,
    EngineNs,
    FinalContactEvent,
    Side,
    StepEvent,
)


def step(t_s: float, side: Side = Side.UNKNOWN) -> StepEvent:
    at_ns = EngineNs(round(t_s * 1e9))
    return StepEvent(0, at_ns, at_ns, side, 1.0, "sensor")


def lift(t_s: float, side: Side) -> FinalContactEvent:
    at_ns = EngineNs(round(t_s * 1e9))
    return FinalContactEvent(at_ns, at_ns, side, 1.0, "sensor")


def change(t_s: float, activity: Activity, bout_id: int) -> ActivityChange:
    at_ns = EngineNs(round(t_s * 1e9))
    return ActivityChange(at_ns, at_ns, activity, bout_id, "sensor")


def test_one_foot_gives_stance_and_swing() -> None:
    events = [step(1.0, Side.LEFT), lift(1.6, Side.LEFT), step(2.0, Side.LEFT)]
    (stride,) = StrideBuilder(1).process(events)
    assert (stride.side, stride.stride_time_s) == (Side.LEFT, 1.0)
    assert stride.stance_time_s == pytest.approx(0.6)
    assert stride.swing_time_s == pytest.approx(0.4)
    assert stride.step_time_s is None


def test_two_feet_give_step_times() -> None:
    events = [step(1.0, Side.LEFT), step(1.45, Side.RIGHT), step(2.0, Side.LEFT)]
    (stride,) = StrideBuilder(2).process(events)
    assert (stride.side, stride.stride_time_s) == (Side.LEFT, 1.0)
    assert stride.step_time_s == pytest.approx(0.55)


def test_contacts_without_side_alternate() -> None:
    strides = StrideBuilder(2).process([step(1.0), step(1.5), step(2.1), step(2.6)])
    assert [s.stride_time_s for s in strides] == pytest.approx([1.1, 1.1])
    assert [s.step_time_s for s in strides] == pytest.approx([0.6, 0.5])
    assert {s.side for s in strides} == {Side.UNKNOWN}


def test_no_stride_reaches_across_standing() -> None:
    events = [
        change(1.0, Activity.WALKING, 1),
        step(1.0, Side.LEFT),
        change(1.9, Activity.STANDING, 1),
        change(2.0, Activity.WALKING, 2),
        step(2.0, Side.LEFT),
        step(3.0, Side.LEFT),
    ]
    (stride,) = StrideBuilder(1).process(events)
    assert (stride.bout_id, stride.ic_ns) == (2, 2_000_000_000)


def test_pairs_that_cannot_be_strides_are_left_out() -> None:
    events = [step(1.0, Side.LEFT), step(1.2, Side.LEFT), step(5.0, Side.LEFT)]
    assert StrideBuilder(1).process(events) == []


LEFT_THEN_RIGHT = [
    step(0.5, Side.RIGHT),
    step(1.0, Side.LEFT),
    lift(1.15, Side.RIGHT),
    step(1.5, Side.RIGHT),
    lift(1.7, Side.LEFT),
    step(2.0, Side.LEFT),
]


def test_two_feet_give_both_times_of_double_support() -> None:
    *_, stride = StrideBuilder(2).process(LEFT_THEN_RIGHT)
    assert (stride.side, stride.ic_ns) == (Side.LEFT, 1_000_000_000)
    assert stride.double_support_time_s == pytest.approx(0.15 + 0.2)


@pytest.mark.parametrize("missing", [2, 3, 4])
def test_without_all_four_events_there_is_no_double_support(missing: int) -> None:
    events = [event for k, event in enumerate(LEFT_THEN_RIGHT) if k != missing]
    assert StrideBuilder(2).process(events)[-1].double_support_time_s is None


def test_a_foot_that_left_before_the_other_landed_is_no_double_support() -> None:
    events = [*LEFT_THEN_RIGHT]
    events[2] = lift(0.95, Side.RIGHT)
    assert StrideBuilder(2).process(events)[-1].double_support_time_s is None
