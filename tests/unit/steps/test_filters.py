"""Filter coefficients in closed form against scipy's design."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from rascue.steps import filters

RATES_HZ = (50.0, 64.0, 100.0, 104.2, 204.8, 416.0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("corner_hz", [0.5, 3.5, 15.0])
@pytest.mark.parametrize(
    ("design", "kind"), [(filters.low_pass, "lowpass"), (filters.high_pass, "highpass")]
)
def test_coefficients_are_those_of_scipy(design, kind, corner_hz, rate_hz) -> None:
    b, a = signal.butter(2, corner_hz, kind, fs=rate_hz)
    assert design(corner_hz, rate_hz) == pytest.approx((*b, *a[1:]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_stated_delay_is_the_delay_of_slow_signals(rate_hz) -> None:
    coefficients = filters.low_pass(10.0, rate_hz)
    b, a = coefficients[:3], (1.0, *coefficients[3:])
    _, delay_samples = signal.group_delay((b, a), [0.1], fs=rate_hz)
    stated_s = filters.low_pass_delay_s(10.0, rate_hz)
    assert np.allclose(delay_samples / rate_hz, stated_s, rtol=1e-3)
