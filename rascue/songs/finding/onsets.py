"""Samples -> how much begins to sound at each moment, coarse for tempo and fine for instants.

Pure; float64 envelopes with one value a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from rascue.songs.finding.harmony import changes_of_harmony, sums_around

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

CUE_BANDS_HZ: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "bass": (0.0, 150.0),
        "middle": (400.0, 1500.0),
        "upper": (1500.0, 5000.0),
        "high": (5000.0, HIGHEST_HZ),
    }
)
"""What begins there is a cue of its own: bass and bass drum, chords, snare, cymbals. Default."""

SWELL_HZ: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"bass swells": (0.0, 150.0), "middle swells": (150.0, 2000.0)}
)
SWELL_S = 0.25
"""Louder for so long than so long before: long notes rather than short ones. Default."""

CLEAR = 1.5
"""An attack is stronger than this many standard deviations of the fine envelope. Default."""

CONTRAST_S = 0.5
"""Surroundings reach 1 s to both sides, their spread is taken over 4 s. Default."""

BATCH = 4096
"""Frames transformed at once: bounds memory."""


@dataclass(frozen=True, slots=True)
class Onsets:
    """What begins when; ``fine`` has steps of ``FINE_S``, the others of ``FRAME_S``.

    ``cues`` has what begins, or changes, by kind; ``sounding`` whether there is music at all.
    """

    coarse: Envelope
    fine: Envelope
    cues: Mapping[str, Envelope]
    sounding: NDArray[np.bool_]


def onsets_of(song: NDArray[np.float32], rate_hz: int) -> Onsets:
    """Return the envelopes of a mono song; frame n is centered at n steps from the first sample."""
    levels, centers_hz = _levels(song, rate_hz, FRAME_S, WINDOW_S)
    fine = _rise(_levels(song, rate_hz, FINE_S, FINE_WINDOW_S)[0], lag=3)
    changes = changes_of_harmony(song, rate_hz, len(levels), FRAME_S)
    kinds = {name: local_contrast(change) for name, change in changes.items()}
    return Onsets(
        coarse=local_contrast(_rise(levels, lag=2)),
        fine=fine / (fine.std() + 1e-12),
        cues=MappingProxyType({**_cues(levels, centers_hz), **kinds}),
        sounding=_sounding(levels),
    )


def _cues(levels: NDArray[np.float32], centers_hz: Envelope) -> dict[str, Envelope]:
    """Return what begins in each range, and where it becomes louder for longer."""

    def within(low: float, high: float) -> NDArray[np.float32]:
        return levels[:, (centers_hz >= low) & (centers_hz < high)]

    begins = {
        name: local_contrast(_rise(within(low, high), lag=4 if name == "bass" else 2))
        for name, (low, high) in CUE_BANDS_HZ.items()
    }
    swells = {
        name: local_contrast(_swell(within(low, high).sum(axis=1)))
        for name, (low, high) in SWELL_HZ.items()
    }
    return {**begins, **swells}


def _swell(level: NDArray[np.float32]) -> Envelope:
    """Return by how much the level of the next quarter second is above that of the last."""
    width = round(SWELL_S / FRAME_S)
    before, after = sums_around(level.astype(np.float64), width)
    swell: Envelope = np.maximum(after - before, 0.0) / width
    return swell


def _sounding(levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return whether it is clearly louder than the softest moment of the file."""
    loud = ndimage.maximum_filter1d(levels.mean(axis=1), round(0.2 / FRAME_S))
    sounding: NDArray[np.bool_] = loud > 0.5 * (loud.min() + np.median(loud))
    return sounding


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
) -> tuple[NDArray[np.float32], Envelope]:
    """Return the compressed level of bands, (frames, bands), and their centers, Hz."""
    size = round(window_s * rate_hz)
    window = np.hanning(size).astype(np.float32)
    frames = int(len(song) / (step_s * rate_hz))
    bank, centers_hz = _bands(size, rate_hz)
    padded = np.pad(song, (size // 2, size))
    levels = np.empty((frames, bank.shape[1]), np.float32)
    offsets = np.arange(size)
    for first in range(0, frames, BATCH):
        begins = np.rint(np.arange(first, min(first + BATCH, frames)) * step_s * rate_hz)
        block = padded[begins.astype(np.int64)[:, None] + offsets] * window
        levels[first : first + BATCH] = np.abs(fft.rfft(block, axis=1)).astype(np.float32) @ bank
    compressed: NDArray[np.float32] = np.log1p(COMPRESSION * levels / (levels.max() + 1e-12))
    return compressed, centers_hz


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


def _bands(size: int, rate_hz: int) -> tuple[NDArray[np.float32], Envelope]:
    """Return triangles evenly spaced in pitch, (bins, bands), and their centers, Hz.

    There is none without a bin of its own.
    """
    bins_hz = np.arange(size // 2 + 1) * rate_hz / size
    corners = np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, 0.45 * rate_hz), BANDS + 2)
    low, mid, high = corners[:-2], corners[1:-1], corners[2:]
    up = (bins_hz[:, None] - low) / (mid - low)
    down = (high - bins_hz[:, None]) / (high - mid)
    triangles = np.clip(np.minimum(up, down), 0.0, None)
    has_bins = triangles.sum(axis=0) > 0
    kept = triangles[:, has_bins]
    bank: NDArray[np.float32] = (kept / kept.sum(axis=0)).astype(np.float32)
    return bank, mid[has_bins]


def local_contrast(envelope: Envelope) -> Envelope:
    """Return the envelope above its surroundings, in units of its own spread around there."""
    half = round(CONTRAST_S / FRAME_S)
    mean = ndimage.uniform_filter1d(envelope, 4 * half + 1)
    above = np.maximum(envelope - mean, 0.0)
    spread = np.sqrt(np.maximum(ndimage.uniform_filter1d(above**2, 16 * half + 1), 0.0))
    contrast: Envelope = above / (spread + 0.1 * above.std() + 1e-12)
    return contrast
