"""The sound by which somebody measures how loud an output is: even noise around 1 kHz. Pure."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

NOISE = "calibration"
"""Its name; it is no cue and stands in no catalog."""

NOISE_DBFS = -20.0
"""Its level, dB re a full-scale tone: 65 to 90 dB(A) on usual headphones. Default."""

LOOP_S = 1
"""It repeats without a seam, because each partial turns round a whole number of times."""

LOWEST_HZ, HIGHEST_HZ = 707, 1414
"""The octave around 1 kHz, in which A-weighting changes nothing that counts: 0.1 dB in all."""

SEED = 3


@cache
def calibration_noise(rate_hz: int) -> NDArray[np.float32]:
    """Return one round of the noise, (rate_hz,), read-only, at ``NOISE_DBFS``."""
    hz = np.arange(LOWEST_HZ, HIGHEST_HZ + 1)
    phase_rad = np.random.default_rng(SEED).uniform(0.0, 2 * np.pi, len(hz))
    spectrum = np.zeros(LOOP_S * rate_hz // 2 + 1, np.complex128)
    each = 10.0 ** (NOISE_DBFS / 20.0) / np.sqrt(len(hz))  # their powers add up
    spectrum[hz * LOOP_S] = each * np.exp(1j * phase_rad) * LOOP_S * rate_hz / 2
    noise: NDArray[np.float32] = np.fft.irfft(spectrum).astype(np.float32)
    noise.setflags(write=False)
    return noise
