"""Uneven steps made even."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from rascue.cue.asymmetric import Asymmetric, AsymmetricParams
from rascue.cue.fixed import Fixed, FixedParams

STROKE = {
    "preferred_spm": 80.0, "phase_gain": 0.25, "period_gain": 0.06, "asymmetry_ratio": 0.16,
    "timekeeper_sd_ratio": 0.025, "motor_sd_s": 0.01, "target_ratio": 1.0, "duration_s": 300.0,
}  # fmt: skip


def asymmetry_pct(walked, begin_s: float, end_s: float) -> float:
    """Return the symmetry index of step times, % (FIELD 3.1)."""
    steps = [s for s in walked.steps if begin_s <= walked.at_s(s.ic_ns) < end_s]
    times = {"L": [], "R": []}
    for a, b in pairwise(steps):
        times[b.side.value].append((b.ic_ns - a.ic_ns) / 1e9)
    left, right = np.median(times["L"]), np.median(times["R"])
    return float(200 * (left - right) / (left + right))


@pytest.mark.parametrize("seed", range(2))
def test_who_can_learn_walks_more_evenly(closed_loop, seed):
    walked = closed_loop(Asymmetric(AsymmetricParams()), seed, asymmetry_learning=0.02, **STROKE)
    assert asymmetry_pct(walked, 260, 300) < 0.7 * asymmetry_pct(walked, 3, 25)
    assert not any(step.provoked for step in walked.steps)


@pytest.mark.parametrize("seed", range(2))
def test_who_cannot_learn_takes_no_harm(closed_loop, seed):
    walked = closed_loop(Asymmetric(AsymmetricParams()), seed, **STROKE)
    fixed = closed_loop(Fixed(FixedParams()), seed, **STROKE)
    assert asymmetry_pct(walked, 200, 300) <= asymmetry_pct(fixed, 200, 300) + 0.5
    assert not any(step.provoked for step in walked.steps)
    assert walked.tracker.summary().consistency_r > 0.85


@pytest.mark.parametrize("sign", [1, -1])
def test_the_interval_before_the_slow_leg_is_longer_and_the_difference_fades(closed_loop, sign):
    stroke = {**STROKE, "asymmetry_ratio": 0.1 * sign, "phase_gain": 0.5}
    walked = closed_loop(Asymmetric(AsymmetricParams(cap_pct=4.0, fade_s=120.0)), 1, **stroke)
    sides = {}
    steps = [(s.ic_ns, s.side.value) for s in walked.steps]
    for beat in walked.beats:
        sides[beat.index] = min(steps, key=lambda s: abs(s[0] - beat.due_ns))[1]

    def excess(beats) -> float:
        left = np.median([b.interval_s for b in beats if sides[b.index] == "L"])
        right = np.median([b.interval_s for b in beats if sides[b.index] == "R"])
        return float(left - right)

    begin, end = walked.beats[20:60], walked.beats[-80:]
    assert sign * excess(begin) > 0.03
    assert abs(excess(end)) < 0.005


def test_no_interval_differs_more_than_the_cap(closed_loop):
    walked = closed_loop(
        Asymmetric(AsymmetricParams(cap_pct=2.0)), asymmetry_learning=0.0, **STROKE
    )
    intervals = np.array([beat.interval_s for beat in walked.beats[2:]])
    assert np.abs(intervals / intervals.mean() - 1).max() < 0.0215


def test_without_sides_it_stays_silent_and_says_why(now):
    wish = Asymmetric(AsymmetricParams()).decide(now(target_spm=100.0))
    assert wish.cadence_spm is None
    assert wish.reasons[0].code == "measuring_steps"
