"""The estimate of the phase-correction gain against simulated people whose gain is known."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import EngineNs
from rascue.cue.beat_track import BeatTrack, HeardBeat, StepOnBeat
from rascue.cue.following_gain import INTERVALS_MIN, FollowingGain, FollowingGainEstimator
from rascue.simulate.walker import Walker
from rascue.simulate.walker_params import WalkerParams

S = 1_000_000_000


def estimate(gain: float, seed: int, ratio: float) -> FollowingGain:
    params = WalkerParams(
        name="x", description="x", preferred_spm=95.0, phase_gain=gain, start_delay_s=0.0
    )
    walker, track = Walker(params, seed, EngineNs(0)), BeatTrack()
    interval_s = 60 / (95 * ratio)
    for k in range(160):
        at_ns = EngineNs(round((2 + interval_s * k) * S))
        walker.hear(at_ns)
        track.add(HeardBeat(k, at_ns, interval_s))
    estimator = FollowingGainEstimator()
    for step in walker.advance(at_ns):
        on_beat = track.match(step.ic_ns)
        if on_beat is not None:
            estimator.add(on_beat)
    return estimator.estimate()


@pytest.mark.parametrize("gain", [0.1, 0.25, 0.4, 0.6])
def test_the_estimate_finds_the_gain_of_simulated_people(gain):
    found = [estimate(gain, seed, 1.01) for seed in range(16)]
    error = np.mean([one.gain for one in found]) - gain
    assert abs(error) < 0.07


def test_its_uncertainty_is_about_its_scatter():
    found = [estimate(0.25, seed, 1.01) for seed in range(24)]
    scatter = np.std([one.gain for one in found])
    assert 0.6 < np.median([one.sd for one in found]) / scatter < 1.7


def test_who_does_not_follow_has_no_gain():
    assert abs(np.mean([estimate(0.0, seed, 1.05).gain for seed in range(8)])) < 0.02


def on_beat(k: int, asynchrony_s: float) -> StepOnBeat:
    ic_ns = EngineNs(round((0.6 * k + asynchrony_s) * S))
    return StepOnBeat(ic_ns, k, asynchrony_s, 600 * asynchrony_s, 0.6)


def test_few_steps_say_nothing():
    estimator = FollowingGainEstimator()
    for k in range(INTERVALS_MIN):
        estimator.add(on_beat(k, 0.01 * (k % 3)))
    assert estimator.estimate() is None
    estimator.add(on_beat(INTERVALS_MIN, 0.0))
    assert estimator.estimate() is not None


def test_a_gap_between_steps_is_no_interval():
    estimator = FollowingGainEstimator()
    for k in range(INTERVALS_MIN + 1):
        estimator.add(on_beat(k if k < 10 else k + 5, 0.01 * (k % 3)))
    assert estimator.estimate() is None


def test_equal_asynchronies_say_nothing():
    estimator = FollowingGainEstimator()
    for k in range(40):
        estimator.add(on_beat(k, 0.01))
    assert estimator.estimate() is None


def test_without_noise_the_gain_is_exact():
    estimator, asynchrony_s = FollowingGainEstimator(), 0.1
    for k in range(30):
        estimator.add(on_beat(k, asynchrony_s))
        asynchrony_s *= 0.7
    assert estimator.estimate().gain == pytest.approx(0.3, abs=1e-6)
