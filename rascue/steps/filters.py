"""Coefficients of the causal second-order filters that the kernels run; pure formulas.

The analog prototype is mapped by the bilinear transform with the corner pre-warped, in closed
form, so that any sampling rate gets its own coefficients and no design package is needed at run
time. A test compares them with ``scipy.signal.butter``.

Source: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".
"""

from __future__ import annotations

import math
from typing import NamedTuple

BUTTERWORTH_Q = math.sqrt(0.5)
"""Quality factor of a second-order Butterworth filter: flattest passband."""


class Biquad(NamedTuple):
    """Second-order section with a0 = 1, in the order of the C struct ``biquad_coefficients``."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def low_pass(corner_hz: float, rate_hz: float) -> Biquad:
    """Return a second-order Butterworth low-pass.

    Parameters
    ----------
    corner_hz
        Frequency of half power, Hz; above 0 and below ``rate_hz / 2``.
    rate_hz
        Samples per second.
    """
    cos_w, alpha = _angle(corner_hz, rate_hz)
    a0 = 1.0 + alpha
    b1 = (1.0 - cos_w) / a0
    return Biquad(b1 / 2, b1, b1 / 2, -2.0 * cos_w / a0, (1.0 - alpha) / a0)


def high_pass(corner_hz: float, rate_hz: float) -> Biquad:
    """Return a second-order Butterworth high-pass; parameters as in ``low_pass``."""
    cos_w, alpha = _angle(corner_hz, rate_hz)
    a0 = 1.0 + alpha
    b1 = -(1.0 + cos_w) / a0
    return Biquad(-b1 / 2, b1, -b1 / 2, -2.0 * cos_w / a0, (1.0 - alpha) / a0)


def low_pass_delay_s(corner_hz: float, rate_hz: float) -> float:
    """Return the delay of ``low_pass`` for signals well below its corner, s."""
    return 1.0 / (2.0 * rate_hz * math.tan(math.pi * corner_hz / rate_hz) * BUTTERWORTH_Q)


def _angle(corner_hz: float, rate_hz: float) -> tuple[float, float]:
    w = 2.0 * math.pi * corner_hz / rate_hz
    return math.cos(w), math.sin(w) / (2.0 * BUTTERWORTH_Q)
