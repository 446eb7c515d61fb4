"""The cadence estimate: robust, quick, and only falling while a step is late."""

from __future__ import annotations

import pytest

from rascue.cadence.robust_median import RobustMedianCadence
from rascue.core.types import CadenceStatus, EngineNs, FinalContactEvent, Side, StepEvent


def steps_at(*times_s: float) -> list[StepEvent]:
    return [
        StepEvent(k, EngineNs(round(t * 1e9)), EngineNs(round(t * 1e9)), Side.UNKNOWN, 1.0, "waist")
        for k, t in enumerate(times_s)
    ]


def every(interval_s: float, count: int, start_s: float = 0.0) -> list[float]:
    return [start_s + interval_s * k for k in range(count)]


def ns(seconds: float) -> EngineNs:
    return EngineNs(round(seconds * 1e9))


def estimator_after(times_s: list[float], contacts_per_stride: int = 2) -> RobustMedianCadence:
    estimator = RobustMedianCadence(contacts_per_stride)
    estimator.process(steps_at(*times_s))
    return estimator


def test_even_steps_give_their_cadence() -> None:
    found = estimator_after(every(0.5, 8)).estimate(ns(3.6))
    assert found.status is CadenceStatus.STEADY
    assert found.cadence_spm == pytest.approx(120.0)
    assert found.next_ic_ns == ns(4.0)


def test_one_foot_counts_both_feet() -> None:
    found = estimator_after(every(1.0, 6), contacts_per_stride=1).estimate(ns(5.1))
    assert found.cadence_spm == pytest.approx(120.0)


def test_no_number_before_two_strides_are_known() -> None:
    found = estimator_after(every(0.5, 3)).estimate(ns(1.1))
    assert (found.status, found.cadence_spm) == (CadenceStatus.SPARSE, None)


def test_uneven_legs_do_not_make_the_tempo_alternate() -> None:
    times, t = [], 0.0
    estimator = RobustMedianCadence(2)
    cadences = []
    for k in range(20):
        t += 0.45 if k % 2 else 0.65
        times.append(t)
        estimator.process(steps_at(t))
        cadences.append(estimator.estimate(ns(t)).cadence_spm)
    assert cadences[4:] == pytest.approx([60 / 0.55] * 16)


def test_prediction_follows_uneven_legs() -> None:
    times, t = [], 0.0
    for k in range(9):
        t += 0.45 if k % 2 else 0.65
        times.append(t)
    assert estimator_after(times).estimate(ns(t)).next_ic_ns == ns(t + 0.45)


def test_a_missed_and_a_false_step_do_not_move_the_estimate() -> None:
    missed = [*every(0.5, 8), *every(0.5, 4, start_s=4.5)]
    false = [*every(0.5, 8), 3.7, *every(0.5, 4, start_s=4.0)]
    for times in (missed, false):
        found = estimator_after(sorted(times)).estimate(ns(sorted(times)[-1]))
        assert found.cadence_spm == pytest.approx(120.0)


def test_a_missing_third_step_is_told_and_taken_back() -> None:
    missing = [t for k, t in enumerate(every(0.6, 12)) if k % 3 != 1]
    assert estimator_after(missing).estimate(ns(missing[-1])).status is CadenceStatus.CHANGING
    times = [*missing, *every(0.6, 12, start_s=missing[-1] + 0.6)]
    assert estimator_after(times).estimate(ns(times[-1])).status is CadenceStatus.STEADY


def test_a_new_rhythm_is_taken_over_after_three_steps_that_agree() -> None:
    times = [*every(0.5, 8), *every(0.8, 3, start_s=4.3)]
    found = estimator_after(times).estimate(ns(times[-1]))
    assert found.cadence_spm == pytest.approx(75.0)


def test_the_estimate_only_falls_while_a_step_is_late_then_says_standing() -> None:
    estimator = estimator_after(every(0.5, 8))
    seen = [estimator.estimate(ns(3.5 + 0.1 * k)) for k in range(30)]
    numbers = [e.cadence_spm for e in seen if e.cadence_spm is not None]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[5] == pytest.approx(120.0)
    assert numbers[10] == pytest.approx(60.0)
    assert seen[-1].status is CadenceStatus.STANDING


def test_a_sudden_change_is_called_changing() -> None:
    times = [*every(0.5, 8), *every(0.6, 2, start_s=4.1)]
    found = estimator_after(times).estimate(ns(times[-1]))
    assert found.status is CadenceStatus.CHANGING


def test_the_display_shows_the_mean_of_the_last_seconds() -> None:
    cadence = RobustMedianCadence(2)
    cadence.process(steps_at(0.0, 0.5))
    assert cadence.display_spm() is None
    cadence.process(steps_at(1.1, 1.6, 2.2))
    assert cadence.display_spm() == pytest.approx(60.0 * 4 / 2.2)


def test_a_pause_is_no_part_of_what_the_display_shows() -> None:
    cadence = RobustMedianCadence(2)
    cadence.process(steps_at(*every(0.5, 5)))
    cadence.process(steps_at(*every(0.6, 4, start_s=5.0)))
    assert cadence.display_spm() == pytest.approx(100.0)


def test_one_foot_shows_the_steps_of_both() -> None:
    cadence = RobustMedianCadence(1)
    cadence.process(steps_at(*every(1.2, 5)))
    assert cadence.display_spm() == pytest.approx(100.0)


def lifts_at(*times_s: float, side: Side = Side.UNKNOWN) -> list[FinalContactEvent]:
    return [FinalContactEvent(ns(t), ns(t), side, 1.0, "foot") for t in times_s]


def walked_with_swings(strides: int) -> RobustMedianCadence:
    """One foot: a stride of 1 s with a swing of 0.4 s."""
    estimator = RobustMedianCadence(1)
    for k in range(strides):
        estimator.process([*lifts_at(k + 0.6), *steps_at(k + 1.0)])
    return estimator


def test_a_toe_off_draws_the_expected_contact_towards_it() -> None:
    estimator = walked_with_swings(6)
    by_rhythm = estimator.estimate(ns(6.5))
    estimator.process(lifts_at(6.63))
    refreshed = estimator.estimate(ns(6.7))
    assert by_rhythm.next_ic_ns == ns(7.0)
    assert refreshed.next_ic_ns == pytest.approx(ns(7.0 + 0.7 * 0.03), abs=10)
    assert refreshed.next_ic_sd_s < by_rhythm.next_ic_sd_s


def test_a_toe_off_out_of_place_moves_the_expected_contact_a_little_only() -> None:
    estimator = walked_with_swings(6)
    estimator.process(lifts_at(6.2))
    assert estimator.estimate(ns(6.3)).next_ic_ns == pytest.approx(ns(7.0 - 0.7 * 0.05), abs=10)


def test_a_contact_ends_the_swing() -> None:
    estimator = walked_with_swings(6)
    estimator.process([*lifts_at(6.63), *steps_at(7.0)])
    assert estimator.estimate(ns(7.1)).next_ic_ns == ns(8.0)


def test_of_two_feet_the_one_that_did_not_land_last_is_next() -> None:
    estimator = RobustMedianCadence(2)
    for k in range(6):
        side = Side.RIGHT if k % 2 else Side.LEFT
        landing = StepEvent(k, ns(0.5 * k + 0.4), ns(0.5 * k + 0.4), side, 1.0, "foot")
        estimator.process([*lifts_at(0.5 * k, side=side), landing])
    estimator.process(lifts_at(2.95, side=Side.RIGHT))
    assert estimator.estimate(ns(2.96)).next_ic_ns == ns(3.4)
    estimator.process(lifts_at(3.02, side=Side.LEFT))
    assert estimator.estimate(ns(3.05)).next_ic_ns == pytest.approx(ns(3.4 + 0.7 * 0.02), abs=10)
