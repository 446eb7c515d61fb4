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
