"""The living pulse: its sequence and what reaches the beats."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.cue.fractal import Fractal, FractalParams
from rascue.cue.pink_noise import fractal_noise


def dfa_alpha(x: np.ndarray) -> float:
    """Return the scaling exponent by detrended fluctuation analysis (line per box)."""
    profile = np.cumsum(x - x.mean())
    sizes = np.unique(np.geomspace(16, len(x) // 9, 12).astype(int))
    fluctuation = []
    for size in sizes:
        boxes = profile[: len(x) // size * size].reshape(-1, size)
        t = np.arange(size)
        residual = [box - np.polyval(np.polyfit(t, box, 1), t) for box in boxes]
        fluctuation.append(np.sqrt(np.mean(np.square(residual))))
    return float(np.polyfit(np.log(sizes), np.log(fluctuation), 1)[0])


@pytest.mark.parametrize("alpha", [0.5, 0.75, 0.9, 1.0])
def test_the_sequence_has_the_scaling_that_was_asked_for(alpha):
    found = [dfa_alpha(fractal_noise(1024, alpha, seed)) for seed in range(12)]
    assert np.mean(found) == pytest.approx(alpha, abs=0.06)


def test_the_sequence_has_mean_zero_unit_scatter_and_bounded_values():
    x = fractal_noise(1024, 0.9, 3)
    assert x.mean() == pytest.approx(0.0, abs=0.02)
    assert x.std() == pytest.approx(1.0, abs=0.02)
    assert np.abs(x).max() <= 3.0


def test_the_seed_chooses_the_sequence():
    assert (fractal_noise(64, 0.9, 1) == fractal_noise(64, 0.9, 1)).all()
    assert (fractal_noise(64, 0.9, 1) != fractal_noise(64, 0.9, 2)).any()


@pytest.mark.parametrize("cv_pct", [0.0, 1.0, 2.0])
def test_intervals_scatter_as_asked_around_the_tempo(closed_loop, cv_pct):
    walked = closed_loop(Fractal(FractalParams(cv_pct=cv_pct)), target_ratio=1.0, duration_s=400.0)
    intervals = np.array([beat.interval_s for beat in walked.beats[5:]])
    assert 100 * intervals.std() / intervals.mean() == pytest.approx(cv_pct, abs=0.15)
    assert 60 / intervals.mean() == pytest.approx(walked.baseline_spm, rel=0.005)


@pytest.mark.parametrize("around", ["match", "mutual"])
def test_it_plays_around_strategies_that_lead(closed_loop, around):
    strategy = Fractal(FractalParams(around=around))
    walked = closed_loop(strategy)
    intervals = np.array([beat.interval_s for beat in walked.beats[-120:]])
    assert walked.cadence_spm(130, 180) == pytest.approx(1.1 * walked.baseline_spm, rel=0.015)
    assert 0.8 < 100 * intervals.std() / intervals.mean() < 2.5
    assert strategy.needs.steps


def test_around_a_fixed_beat_no_step_is_needed():
    assert not Fractal(FractalParams()).needs.steps
