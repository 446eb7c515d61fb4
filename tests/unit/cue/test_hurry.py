"""Hurried steps are found within a few steps, even ones are left alone."""

from __future__ import annotations

import numpy as np

from rascue.core.clock import after
from rascue.core.types import EngineNs, Side, StepEvent
from rascue.cue.hurry import CERTAIN, HurryBelief

STEP_S = 0.6


def steps_at(times_s) -> tuple[StepEvent, ...]:
    return tuple(
        StepEvent(k, after(EngineNs(0), t), after(EngineNs(0), t), Side.UNKNOWN, 1.0, "x")
        for k, t in enumerate(times_s)
    )


def beliefs(intervals_s, *, cued: bool = False) -> list[float]:
    hurry, found = HurryBelief(), []
    for step in steps_at(np.cumsum(intervals_s)):
        hurry.take((step,), STEP_S, cued=cued)
        found.append(hurry.probability)
    return found


def even(n: int, seed: int, scatter: float = 0.025):
    return STEP_S * (1.0 + scatter * np.random.default_rng(seed).normal(size=n))


def test_each_step_shorter_by_three_percent_is_suspected_soon_and_certain_in_six_steps() -> None:
    found = beliefs([*even(60, 1), *STEP_S * 0.97 ** np.arange(1, 7)])
    assert max(found[:60]) < 0.9
    assert max(found[60:64]) > 0.05
    assert found[65] > CERTAIN


def test_a_beat_makes_a_hurry_less_likely() -> None:
    hurried = [*even(60, 1), *STEP_S * 0.97 ** np.arange(1, 7)]
    assert beliefs(hurried, cued=True)[65] < beliefs(hurried)[65]


def test_uneven_legs_are_no_hurry() -> None:
    legs = [0.9 * STEP_S, 1.1 * STEP_S] * 20
    assert max(beliefs([*legs, 3.0, *legs, 3.0, *legs[1:]])) < 0.05


def test_a_slowly_quicker_walk_is_no_hurry() -> None:
    drift = even(300, 2) * np.linspace(1.0, 0.96, 300)
    assert max(beliefs(drift)) < 0.9


def test_who_comes_back_to_the_reference_from_below_does_not_hurry() -> None:
    slow, back = 1.05 * even(60, 3), even(6, 4)
    assert max(beliefs([*slow, *back])[60:]) < 0.3


def test_a_pause_begins_anew_and_a_hurry_is_remembered() -> None:
    hurry = HurryBelief()
    hurry.take(
        steps_at(np.cumsum([*even(60, 1), *STEP_S * 0.96 ** np.arange(1, 8)])), STEP_S, cued=False
    )
    assert hurry.probability > CERTAIN
    assert hurry.happened
    hurry.take(steps_at([100.0]), STEP_S, cued=False)
    assert hurry.probability == 0.0
    assert hurry.happened


def test_a_step_that_no_state_explains_begins_anew() -> None:
    hurry = HurryBelief()
    hurry.take(steps_at([0.0, 0.6, 0.6001]), STEP_S, cued=False)
    assert 0.0 <= hurry.probability <= 1.0
