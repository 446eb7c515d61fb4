"""Only when needed."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.cue.fixed import Fixed, FixedParams
from rascue.cue.on_demand import OnDemand, OnDemandParams

TIRING = {
    "phase_gain": 0.3, "period_gain": 0.06, "fatigue_ratio_per_min": 0.02, "target_ratio": 1.0,
    "duration_s": 300.0,
}  # fmt: skip


def deviating_pct(walked) -> float:
    """Return the share of steps whose five-stride mean is more than 5 % off the baseline."""
    times = np.array([walked.at_s(step.ic_ns) for step in walked.steps])
    means = np.convolve(np.diff(times[times > 30]), np.ones(10) / 10, "valid")
    return 100.0 * float(np.mean(np.abs(60 / means / walked.baseline_spm - 1) > 0.05))


def calls_of(walked) -> list[int]:
    """Return the number of beats of each call."""
    due = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    ends = np.flatnonzero(np.diff(due) > 2.0)
    return list(np.diff(np.concatenate(([-1], ends, [len(due) - 1]))))


@pytest.mark.parametrize("seed", range(2))
def test_few_beats_keep_the_tempo_as_well_as_many(closed_loop, seed):
    on_demand = closed_loop(OnDemand(OnDemandParams()), seed, **TIRING)
    continuous = closed_loop(Fixed(FixedParams()), seed, **TIRING)
    silent = closed_loop(OnDemand(OnDemandParams(band_pct=20.0)), seed, **TIRING)
    assert deviating_pct(silent) > 10.0, "the person does not deviate without help"
    assert deviating_pct(on_demand) <= deviating_pct(continuous) + 0.5
    assert len(on_demand.beats) <= 0.35 * len(continuous.beats)


def test_a_call_has_ten_beats_and_a_pause_after_it(closed_loop):
    walked = closed_loop(OnDemand(OnDemandParams(hurry_p=1.0)), **TIRING)
    *calls, last = calls_of(walked)
    assert len(calls) >= 2
    assert set(calls) == {10}
    assert last <= 10, "the walk may end within a call"
    due = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    pauses = np.diff(due)[np.diff(due) > 2.0]
    assert pauses.min() >= 10.0


def test_a_hurry_calls_at_once_and_for_as_long_as_it_lasts(closed_loop):
    hurries = {"festination_per_min": 3.0, "festination_ratio_per_step": 0.03, "target_ratio": 1.0}
    walked = closed_loop(OnDemand(OnDemandParams(hurry_p=0.5, band_pct=20.0)), 3, **hurries)
    assert "The steps hurry." in {decision.reasons[0].text for decision in walked.decisions}
    calls = calls_of(walked)
    assert min(calls[:-1]) >= OnDemandParams().hurry_beats
    assert max(calls) > OnDemandParams().hurry_beats
    assert len(walked.beats) <= 0.4 * len(walked.steps)


def test_a_steady_person_hears_nothing(closed_loop):
    assert closed_loop(OnDemand(OnDemandParams(band_pct=4.0)), target_ratio=1.0).beats == []


def test_a_call_says_what_it_was_for(closed_loop):
    walked = closed_loop(OnDemand(OnDemandParams()), **TIRING)
    assert any(
        decision.reasons[0].text.startswith("The tempo left its band: 9")
        for decision in walked.decisions
    )


def test_slower_only_leaves_a_faster_person_alone(closed_loop):
    faster = {"target_ratio": 0.9, "phase_gain": 0.0, "period_gain": 0.0}
    assert closed_loop(OnDemand(OnDemandParams(slower_only=True)), **faster).beats == []
    assert closed_loop(OnDemand(OnDemandParams()), **faster).beats != []


def test_without_a_reference_it_is_silent(closed_loop, now):
    assert OnDemand(OnDemandParams()).decide(now()).cadence_spm is None
