"""Hurried steps are found within a few steps, even ones are left alone."""

from __future__ import annotations

import numpy as np

from rascue.core.clock import after
from rascue.core.types import EngineNs, Side, StepEvent
from rascue.cue.hurry import HurrySum

STEP_S = 0.6


def steps_at(times_s) -> tuple[StepEvent, ...]:
    return tuple(
        StepEvent(k, after(EngineNs(0), t), after(EngineNs(0), t), Side.UNKNOWN, 1.0, "x")
        for k, t in enumerate(times_s)
    )


def sums(intervals_s) -> list[float]:
    hurry, found = HurrySum(), []
    for step in steps_at(np.cumsum(intervals_s)):
        hurry.take((step,), STEP_S)
        found.append(hurry.sum_sd)
    return found


def test_each_step_shorter_by_two_percent_is_found_in_six_steps() -> None:
    rng = np.random.default_rng(1)
    even = STEP_S * (1.0 + 0.015 * rng.normal(size=60))
    hurried = STEP_S * 0.975 ** np.arange(1, 7)
    found = sums([*even, *hurried])
    assert max(found[:60]) < 8.0
    assert found[65] > 8.0


def test_uneven_legs_are_no_hurry() -> None:
    assert max(sums([0.9 * STEP_S, 1.1 * STEP_S] * 50)) < 1.0


def test_a_slowly_quicker_walk_is_no_hurry() -> None:
    rng = np.random.default_rng(2)
    drift = STEP_S * np.linspace(1.0, 0.96, 300) * (1.0 + 0.015 * rng.normal(size=300))
    assert max(sums(drift)) < 8.0


def test_a_pause_begins_a_new_sum() -> None:
    hurry = HurrySum()
    hurry.take(steps_at(np.cumsum([STEP_S, 0.5, 0.5, 0.5, 0.5])), STEP_S)
    assert hurry.sum_sd > 0.0
    assert hurry.happened
    hurry.take(steps_at([10.0]), STEP_S)
    assert hurry.sum_sd == 0.0
    assert hurry.happened, "once a person has hurried, it is remembered"
