"""Fractal (1/f) sequences of given scaling. Pure; the seed is an argument.

Source: spectral synthesis, FIELD C11: ``|X(f)|`` proportional to ``f ** (-beta / 2)`` with random
phases and ``beta = 2 * alpha - 1``, where ``alpha`` is the exponent that detrended fluctuation
analysis finds again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLIP_SD = 3.0


def fractal_noise(n: int, alpha: float, seed: int) -> NDArray[np.float64]:
    """Return ``n`` values of mean 0 and SD 1, clipped at 3 SD.

    Parameters
    ----------
    n
        Length; at least 512 makes the scaling measurable (FIELD C11).
    alpha
        0.5 is white noise, 1 is 1/f noise.
    """
    rng = np.random.default_rng(seed)
    frequency = np.fft.rfftfreq(n)[1:]
    amplitude = frequency ** (-(2.0 * alpha - 1.0) / 2.0)
    phase = rng.uniform(0.0, 2.0 * np.pi, len(frequency))
    spectrum = np.concatenate(([0.0], amplitude * np.exp(1j * phase)))
    noise = np.fft.irfft(spectrum, n)
    scaled: NDArray[np.float64] = np.clip(noise / noise.std(), -CLIP_SD, CLIP_SD)
    return scaled
