"""Programme loudness of a recording, as broadcasters measure it.

Source: ITU-R BS.1770-4, annex 1: K-weighting, blocks of 0.4 s, two gates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Biquads of BS.1770-4, tables 1 and 2, for 48 kHz: a high shelf for the head, a high pass.
DESIGN_RATE_HZ = 48_000
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))

BLOCK_S, OVERLAP = 0.4, 0.75
OFFSET_LUFS = -0.691
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0


def loudness_lufs(samples: NDArray[np.float64], rate_hz: int) -> float:
    """Return the integrated loudness of one channel, LUFS.

    Parameters
    ----------
    samples
        Shape (n,), at least 0.4 s, full scale 1.
    rate_hz
        48000: the filters are given for this rate only.

    Returns
    -------
    float
        Minus infinity for silence.

    Raises
    ------
    ValueError
        For another rate.
    """
    if rate_hz != DESIGN_RATE_HZ:
        raise ValueError(f"loudness is measured at {DESIGN_RATE_HZ} Hz, not at {rate_hz} Hz")
    weighted = _k_weighted(samples)
    size, step = round(BLOCK_S * rate_hz), round(BLOCK_S * (1 - OVERLAP) * rate_hz)
    starts = range(0, len(weighted) - size + 1, step)
    power = np.array([np.mean(weighted[at : at + size] ** 2) for at in starts])
    loud = power[_lufs(power) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return -np.inf
    return float(_lufs(loud[_lufs(loud) > _lufs(loud.mean()) + RELATIVE_GATE_LU].mean()))


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return OFFSET_LUFS + 10.0 * np.log10(np.maximum(power, 1e-30))


def _k_weighted(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the samples behind both filters, whose ringing has died away within the padding."""
    length = len(samples) + DESIGN_RATE_HZ
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    response = np.ones_like(z)
    for (b0, b1, b2), (a1, a2) in (SHELF, HIGH_PASS):
        response *= (b0 + b1 * z + b2 * z**2) / (1 + a1 * z + a2 * z**2)
    weighted: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(samples, length) * response, length)
    return weighted[: len(samples)]


A_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
A_GAIN_DB = 2.0
"""A-weighting as a formula. Source: IEC 61672-1, annex E; 0 dB at 1 kHz."""


def a_weighted_tone_s(samples: NDArray[np.floating], rate_hz: int) -> float:
    """Return for how long a full-scale tone of 1 kHz would have the A-weighted energy of a sound.

    Parameters
    ----------
    samples
        Shape (n,), full scale 1.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    float
        Seconds.
    """
    length = len(samples) + rate_hz // 10
    spectrum = np.fft.rfft(samples.astype(np.float64), length)
    hz = np.fft.rfftfreq(length, 1 / rate_hz).astype(np.float64)
    power = np.abs(spectrum) ** 2 * a_weight(hz) ** 2
    energy = (2.0 * power.sum() - power[0]) / length  # Parseval; the spectrum is one-sided
    return float(energy / rate_hz / TONE_POWER)


TONE_POWER = 0.5
"""Mean square of a full-scale tone."""


def a_weight(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gain of A-weighting at frequencies, Hz."""
    f1, f2, f3, f4 = A_POLES_HZ
    square = hz**2
    gain: NDArray[np.float64] = (
        f4**2
        * square**2
        / ((square + f1**2) * np.sqrt((square + f2**2) * (square + f3**2)) * (square + f4**2))
    )
    return gain * 10 ** (A_GAIN_DB / 20.0)
