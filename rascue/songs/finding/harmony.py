"""Samples -> how much the pitches that sound change at each moment. Pure.

1. Levels of all semitones from A1 to C7, every 20 ms in windows of 0.2 s, at an eighth of the rate.
2. Octaves are laid together: twelve pitch classes.
3. The classes before a moment are compared with those after it: one less the cosine between them.

Chords and bass notes mostly change on beats, whatever drums and figures do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

Series = NDArray[np.float64]

SLOWER = 8
STEP_S, WINDOW_S = 0.02, 0.2
FFT_LEAST_S = 1.0 / 3.0
LOWEST_PITCH, PITCHES = 33, 64
"""MIDI numbers A1 to C7."""

COMPRESSION = 30.0
"""Levels are log(1 + this * level / loudest). Default."""

BATCH = 1024
"""Windows transformed at once: bounds memory."""

KINDS: Mapping[str, tuple[int, int, float, float]] = MappingProxyType(
    {
        "harmony": (0, 64, 0.36, 1.0),
        "chords": (20, 64, 0.7, 2.0),
        "bass notes": (0, 22, 0.28, 1.0),
    }
)
"""First and last pitch from the lowest; time compared on each side, s; power. Default."""


def changes_of_harmony(
    song: NDArray[np.float32], rate_hz: int, frames: int, frame_s: float
) -> dict[str, Series]:
    """Return for each kind how much changes at each frame, (frames,), 0..1."""
    levels = _pitch_levels(song, rate_hz)
    at = np.arange(frames) * frame_s / STEP_S
    found = {}
    for name, (first, last, side_s, power) in KINDS.items():
        change = _change(_classes(levels, first, last), round(side_s / STEP_S)) ** power
        found[name] = np.interp(at, np.arange(len(change)), change)
    return found


def sums_around(values: Series, width: int) -> tuple[Series, Series]:
    """Return the sums of ``width`` values before each place and from it on, along axis 0."""
    wide = [(width + 1, width)] + [(0, 0)] * (values.ndim - 1)
    total = np.cumsum(np.pad(values, wide), axis=0)
    here = np.arange(len(values)) + width
    return total[here] - total[here - width], total[here + width] - total[here]


def _pitch_levels(song: NDArray[np.float32], rate_hz: int) -> Series:
    """Return compressed levels, (steps, pitches)."""
    low = signal.resample_poly(song, 1, SLOWER).astype(np.float32)
    low_hz = rate_hz / SLOWER
    size, step = round(WINDOW_S * low_hz), round(STEP_S * low_hz)
    points = 1 << round(FFT_LEAST_S * low_hz - 1).bit_length()
    bins_hz = np.fft.rfftfreq(points, 1 / low_hz)
    centers_hz = 440.0 * 2.0 ** ((np.arange(PITCHES) + LOWEST_PITCH - 69) / 12)
    wide_hz = np.maximum(2 * centers_hz * (2 ** (1 / 24) - 1), 6.0)
    bank = np.clip(1.0 - np.abs(bins_hz[:, None] - centers_hz) / wide_hz, 0.0, None)
    padded = np.pad(low, (size // 2, size))
    window = np.hanning(size).astype(np.float32)
    levels = np.empty((len(low) // step, PITCHES))
    for first in range(0, len(levels), BATCH):
        begins = np.arange(first, min(first + BATCH, len(levels))) * step
        block = padded[begins[:, None] + np.arange(size)] * window
        levels[first : first + BATCH] = np.abs(fft.rfft(block, points, axis=1)) @ bank
    compressed: Series = np.log1p(COMPRESSION * levels / (levels.max() + 1e-9))
    return compressed


def _classes(levels: Series, first: int, last: int) -> Series:
    """Return levels of the twelve pitch classes, (steps, 12)."""
    classes = np.zeros((len(levels), 12))
    for number in range(first, last):
        classes[:, (number + LOWEST_PITCH) % 12] += levels[:, number]
    return classes


def _change(classes: Series, width: int) -> Series:
    """Return one less the cosine between before and after; little where one of them is silent."""
    before, after = sums_around(classes, width)
    size_before, size_after = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
    cosine = (before * after).sum(axis=1) / (size_before * size_after + 1e-6)
    least = np.minimum(size_before, size_after) / (np.median(size_before) + 1e-6)
    change: Series = np.clip(1.0 - cosine, 0.0, 1.0) * np.minimum(2.0 * least, 1.0)
    return change
