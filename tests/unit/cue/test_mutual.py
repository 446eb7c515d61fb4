"""The partner: leads who follows, yields to who does not, and keeps the beat with both."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.cue.mutual import Mutual, MutualParams

WEAK = {"phase_gain": 0.05, "period_gain": 0.0, "target_ratio": 1.05, "duration_s": 240.0}


def late_r(walked, begin_s):
    """Return consistency after the person has settled."""
    beats = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    steps = [walked.at_s(step.ic_ns) for step in walked.steps]
    phases = []
    for at in (at for at in steps if begin_s < at < beats[-1]):
        k = int(np.searchsorted(beats, at))
        phases.append(2 * np.pi * (at - beats[k - 1]) / (beats[k] - beats[k - 1]))
    return abs(np.exp(1j * np.array(phases)).mean())


def test_a_weak_follower_stays_on_the_beat_and_still_gains(closed_loop):
    """FIELD C4: no fixed coupling gets both; a fixed cue loses this person (R < 0.3)."""
    gains, consistencies = [], []
    for seed in range(5):
        walked = closed_loop(Mutual(MutualParams()), seed, **WEAK)
        gains.append(walked.cadence_spm(140, 240) / walked.baseline_spm - 1)
        consistencies.append(late_r(walked, 100.0))
    assert min(consistencies) >= 0.85
    assert np.mean(gains) >= 0.015


@pytest.mark.parametrize("phase_gain", [0.25, 0.6])
@pytest.mark.parametrize("seed", range(3))
def test_a_follower_is_led_to_the_target(closed_loop, seed, phase_gain):
    walked = closed_loop(
        Mutual(MutualParams()), seed, phase_gain=phase_gain, period_gain=phase_gain / 4
    )
    assert walked.cadence_spm(140, 180) == pytest.approx(1.1 * walked.baseline_spm, rel=0.01)
    assert walked.tracker.summary().consistency_r > 0.95
    assert walked.decisions[-1].reasons[0].code == "partner_target"


def test_a_slower_target_is_reached_as_well(closed_loop):
    walked = closed_loop(Mutual(MutualParams()), target_ratio=0.94)
    assert walked.cadence_spm(140, 180) == pytest.approx(0.94 * walked.baseline_spm, rel=0.01)


def test_it_says_when_it_gives_tempo_for_the_lock(closed_loop):
    walked = closed_loop(Mutual(MutualParams()), **WEAK)
    assert "partner_limit" in walked.codes()


@pytest.mark.parametrize(("phase_gain", "low", "high"), [(0.05, -0.1, 0.25), (0.5, 0.25, 1.2)])
def test_it_knows_how_strongly_the_person_follows(closed_loop, phase_gain, low, high):
    strategy = Mutual(MutualParams())
    closed_loop(strategy, phase_gain=phase_gain, period_gain=0.0, target_ratio=1.02)
    assert low < strategy.following_gain.gain < high
    assert strategy.following_gain.sd < 0.5


def test_nothing_is_known_before_the_first_steps():
    assert Mutual(MutualParams()).following_gain is None
