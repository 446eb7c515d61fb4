"""Circular statistics against textbook values and against first principles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rascue.cue.circular import (
    mean_vector,
    rayleigh_p,
    slope,
    t_critical,
    unwrapped_deg,
    wrapped_deg,
)


@pytest.mark.parametrize(
    ("angle", "expected"),
    [(0, 0), (180, 180), (-180, 180), (181, -179), (-181, 179), (360, 0), (540, 180), (-725, -5)],
)
def test_angles_wrap_into_the_half_open_turn(angle, expected):
    assert wrapped_deg(angle) == expected


def test_mean_vector_of_equal_phases_is_one():
    vector = mean_vector([30.0] * 5)
    assert (vector.r, vector.angle_deg, vector.n) == (pytest.approx(1), pytest.approx(30), 5)


def test_mean_vector_of_spread_phases_is_nothing():
    assert mean_vector([0.0, 90.0, 180.0, -90.0]).r == pytest.approx(0.0, abs=1e-12)


def test_mean_direction_goes_over_the_seam():
    assert mean_vector([170.0, -170.0]).angle_deg == pytest.approx(180.0)


def test_rayleigh_agrees_with_chance():
    """Share of uniform samples with a longer vector, by trial."""
    rng = np.random.default_rng(7)
    angles = rng.uniform(-math.pi, math.pi, (20_000, 16))
    r = np.abs(np.exp(1j * angles).mean(axis=1))
    for length in (0.3, 0.43, 0.5):
        assert rayleigh_p(length, 16) == pytest.approx(float((r > length).mean()), abs=0.01)


def test_rayleigh_bounds():
    assert rayleigh_p(0.0, 16) == pytest.approx(1.0)
    assert rayleigh_p(1.0, 16) < 1e-6


def test_unwrapping_follows_a_drift_over_the_seam():
    assert unwrapped_deg([160, 175, -170, -155]) == [160, 175, 190, 205]


def test_slope_of_a_line():
    line = slope([1.0, 3.0, 5.0, 7.0])
    assert (line.per_step, line.standard_error, line.degrees_of_freedom) == (2.0, 0.0, 2)
    assert line.significant


def test_slope_agrees_with_least_squares():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 10, 16) + 0.5 * np.arange(16)
    (fit, _), covariance = np.polyfit(np.arange(16), values, 1, cov=True)
    line = slope(list(values))
    assert line.per_step == pytest.approx(fit)
    assert line.standard_error == pytest.approx(math.sqrt(covariance[0, 0]))


def test_slope_of_noise_is_rarely_significant():
    rng = np.random.default_rng(5)
    found = sum(slope(list(rng.normal(0, 10, 16))).significant for _ in range(4000))
    assert found / 4000 == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize(
    ("dof", "t"), [(3, 3.182), (6, 2.447), (10, 2.228), (14, 2.145), (30, 2.042), (1000, 1.962)]
)
def test_t_quantile_agrees_with_the_table(dof, t):
    assert t_critical(dof) == pytest.approx(t, rel=0.01)
