"""Near-stop and stumble from the times of contacts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rascue.cadence.steadiness import SteadinessWatch
from rascue.core.types import (
    Activity,
    ActivityChange,
    EngineNs,
    GaitFlag,
    GaitSign,
    Side,
    StepEvent,
)

STEP_S = 0.5
DELAY_S = 0.05


def ns(t_s: float) -> EngineNs:
    return EngineNs(round(t_s * 1e9))


def steps(times_s: Sequence[float], confidence: float = 1.0) -> list[StepEvent]:
    return [
        StepEvent(k, ns(t), ns(t + DELAY_S), Side.UNKNOWN, confidence, "waist")
        for k, t in enumerate(times_s)
    ]


def walk(*intervals_s: float) -> list[float]:
    """Return five even steps, then contacts at these intervals."""
    times = [k * STEP_S for k in range(6)]
    for interval_s in intervals_s:
        times.append(times[-1] + interval_s)
    return times


def told(flags: Sequence[GaitFlag]) -> list[tuple[GaitSign, bool]]:
    return [(flag.sign, flag.raised) for flag in flags]


def test_an_even_walk_shows_no_sign() -> None:
    times = walk(*[0.52, 0.48] * 10)
    assert SteadinessWatch(2).process(steps(times), ns(times[-1] + 0.1)) == []


def test_uneven_legs_are_no_sign() -> None:
    times = [k * 1.0 + extra for k in range(12) for extra in (0.0, 0.4)]
    assert SteadinessWatch(2).process(steps(times), ns(times[-1] + 0.1)) == []


def test_an_overdue_step_is_told_while_it_is_missing() -> None:
    watch = SteadinessWatch(2)
    assert watch.process(steps(walk()), ns(3.4)) == []
    (flag,) = watch.process([], ns(3.6))
    assert (flag.sign, flag.raised) == (GaitSign.NEAR_STOP, True)
    assert (flag.at_ns, flag.detected_ns) == (ns(2.5 + 1.6 * STEP_S), ns(2.5 + 1.6 * STEP_S + 0.15))
    assert flag.measure == pytest.approx(1.6)
    assert watch.process([], ns(3.8)) == []


def test_regular_steps_take_it_back() -> None:
    times = walk(1.2, 0.5, 0.5, 0.5)
    flags = SteadinessWatch(2).process(steps(times), ns(times[-1] + 0.1))
    assert told(flags) == [(GaitSign.NEAR_STOP, True), (GaitSign.NEAR_STOP, False)]
    assert flags[1].at_ns == ns(times[-2])


def test_standing_takes_it_back() -> None:
    watch = SteadinessWatch(2)
    watch.process(steps(walk()), ns(4.0))
    stands = ActivityChange(ns(2.5), ns(4.5), Activity.STANDING, 1, "waist")
    (flag,) = watch.process([stands], ns(4.5))
    assert told([flag]) == [(GaitSign.NEAR_STOP, False)]
    assert watch.process([], ns(60.0)) == []


def test_a_step_much_too_early_is_a_stumble() -> None:
    times = walk(0.3, 0.6, 0.5, 0.5)
    flags = SteadinessWatch(2).process(steps(times), ns(times[-1] + 0.1))
    assert told(flags) == [(GaitSign.STUMBLE, True), (GaitSign.STUMBLE, False)]
    assert flags[0].measure == pytest.approx(0.6)
    assert flags[0].detected_ns == ns(2.8 + DELAY_S)


@pytest.mark.parametrize(
    ("contacts_per_stride", "confidence"),
    [(1, 1.0), (2, 0.72)],
    ids=["one foot", "a doubtful contact"],
)
def test_where_a_stumble_cannot_be_told_it_is_not(contacts_per_stride, confidence) -> None:
    times = walk(0.3, 0.6)
    watch = SteadinessWatch(contacts_per_stride)
    assert watch.process(steps(times, confidence), ns(times[-1] + 0.1)) == []


def test_an_uneven_walk_is_not_judged() -> None:
    times = [0.0, 0.5, 1.3, 1.7, 2.3, 3.1]
    assert SteadinessWatch(2).process(steps(times), ns(10.0)) == []


def test_after_a_gap_nothing_is_overdue() -> None:
    watch = SteadinessWatch(2)
    watch.process(steps(walk()), ns(2.6))
    watch.reset()
    assert watch.process([], ns(10.0)) == []


def test_a_contact_told_late_by_the_other_sensor_is_left_out() -> None:
    times = walk(0.5, 0.5)
    late = steps([times[-1] - 0.2])
    assert SteadinessWatch(2).process([*steps(times), *late], ns(times[-1] + 0.1)) == []


def test_any_division_in_time_gives_the_same_flags() -> None:
    steps_told = steps(walk(1.2, 0.5, 0.5, 0.3, 0.6, 0.5, 0.5, 0.5))
    end_ns = ns(steps_told[-1].ic_ns / 1e9 + 2.0)
    stands = ActivityChange(steps_told[-1].ic_ns, end_ns, Activity.STANDING, 1, "waist")
    events = [*steps_told, stands]
    whole = SteadinessWatch(2).process(events, end_ns)
    watch, parts = SteadinessWatch(2), []
    for at_ns in range(0, end_ns + 1, 10_000_000):
        due = [e for e in events if at_ns - 10_000_000 < e.detected_ns <= at_ns]
        parts += watch.process(due, EngineNs(at_ns))
    assert told(whole).count((GaitSign.NEAR_STOP, True)) == 2
    assert parts == whole
