"""Samples -> how much begins to sound at each moment, coarse for tempo and fine for instants.

Pure; float64 envelopes with one value a frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

Envelope = NDArray[np.float64]

FRAME_S = 0.005
"""Step of the coarse envelope, s: a tenth of the 70 ms within which a beat counts as found."""

WINDOW_S = 0.043
"""Length of its window, s: two low notes must be told apart. Default."""

FINE_S = 0.001
FINE_WINDOW_S = 0.006
"""Step and window of the fine envelope, s: an onset is placed to about a millisecond. Default."""

BANDS = 36
LOWEST_HZ, HIGHEST_HZ = 40.0, 12_000.0
COMPRESSION = 100.0
"""Levels are log(1 + this * magnitude / loudest): soft onsets count too. Default."""

LOW_BANDS = 6
"""The lowest bands, up to about 150 Hz: bass and bass drum."""

CLEAR = 1.5
"""An attack is stronger than this many standard deviations of the fine envelope. Default."""

BATCH = 4096
"""Frames transformed at once: bounds memory."""


@dataclass(frozen=True, slots=True)
class Onsets:
    """What begins when; ``fine`` has steps of ``FINE_S``, the others of ``FRAME_S``.

    ``low`` is what begins in the bass alone.
    """

    coarse: Envelope
    low: Envelope
    fine: Envelope


def onsets_of(song: NDArray[np.float32], rate_hz: int) -> Onsets:
    """Return the envelopes of a mono song; frame n is centered at n steps from the first sample."""
    levels = _levels(song, rate_hz, FRAME_S, WINDOW_S)
    half = round(0.5 / FRAME_S)
    fine = _rise(_levels(song, rate_hz, FINE_S, FINE_WINDOW_S), lag=3)
    return Onsets(
        coarse=_local_contrast(_rise(levels, lag=2), half),
        low=_local_contrast(_rise(levels[:, :LOW_BANDS], lag=4), half),
        fine=fine / (fine.std() + 1e-12),
    )


def attacks(onsets: Onsets, rate_hz: int) -> NDArray[np.int64]:
    """Return the samples at which something begins clearly, the strongest first."""
    fine = onsets.fine
    peaks = np.flatnonzero(
        (fine == ndimage.maximum_filter1d(fine, round(0.06 / FINE_S))) & (fine > CLEAR)
    )
    strongest = peaks[np.argsort(-fine[peaks], kind="stable")]
    found: NDArray[np.int64] = np.rint(strongest * FINE_S * rate_hz).astype(np.int64)
    return found


def _levels(
    song: NDArray[np.float32], rate_hz: int, step_s: float, window_s: float
) -> NDArray[np.float32]:
    """Return the compressed level of each band in each frame, (frames, bands)."""
    size = round(window_s * rate_hz)
    window = np.hanning(size).astype(np.float32)
    frames = int(len(song) / (step_s * rate_hz))
    bank = _bands(size, rate_hz)
    padded = np.pad(song, (size // 2, size))
    levels = np.empty((frames, bank.shape[1]), np.float32)
    offsets = np.arange(size)
    for first in range(0, frames, BATCH):
        begins = np.rint(np.arange(first, min(first + BATCH, frames)) * step_s * rate_hz)
        block = padded[begins.astype(np.int64)[:, None] + offsets] * window
        levels[first : first + BATCH] = np.abs(fft.rfft(block, axis=1)).astype(np.float32) @ bank
    compressed: NDArray[np.float32] = np.log1p(COMPRESSION * levels / (levels.max() + 1e-12))
    return compressed


def _rise(levels: NDArray[np.float32], lag: int) -> Envelope:
    """Return the rise of the levels, summed over the bands.

    Each level is compared with the loudest of three neighboring bands ``lag`` frames ago, so that a
    vibrato is no onset. Source: S. Böck and G. Widmer, DAFx 2013 (SuperFlux).
    """
    before = ndimage.maximum_filter1d(levels, 3, axis=1)
    rise = np.zeros(len(levels))
    rise[lag:] = np.maximum(levels[lag:] - before[:-lag], 0.0).sum(axis=1)
    # The rise is seen in the middle between the two frames that are compared.
    return np.roll(rise, -(lag // 2))


def _bands(size: int, rate_hz: int) -> NDArray[np.float32]:
    """Return triangles evenly spaced in pitch, (bins, bands); none without a bin of its own."""
    bins_hz = np.arange(size // 2 + 1) * rate_hz / size
    corners = np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, 0.45 * rate_hz), BANDS + 2)
    low, mid, high = corners[:-2], corners[1:-1], corners[2:]
    up = (bins_hz[:, None] - low) / (mid - low)
    down = (high - bins_hz[:, None]) / (high - mid)
    triangles = np.clip(np.minimum(up, down), 0.0, None)
    kept = triangles[:, triangles.sum(axis=0) > 0]
    bank: NDArray[np.float32] = (kept / kept.sum(axis=0)).astype(np.float32)
    return bank


def _local_contrast(envelope: Envelope, half: int) -> Envelope:
    """Return the envelope above its surroundings, in units of its own spread around there."""
    mean = ndimage.uniform_filter1d(envelope, 4 * half + 1)
    above = np.maximum(envelope - mean, 0.0)
    spread = np.sqrt(np.maximum(ndimage.uniform_filter1d(above**2, 16 * half + 1), 0.0))
    contrast: Envelope = above / (spread + 0.1 * above.std() + 1e-12)
    return contrast
