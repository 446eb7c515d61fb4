"""Onsets -> rows of instants that may be the beats: each tempo, each place within it. Pure.

1. For each tempo, the row of instants with the largest sum of onset strength, less a penalty for
   intervals that differ from the local tempo: dynamic programming, a block of frames at a time.
2. Onto a smooth line, and as far as there is music.
3. The same row moved to every other place within the beat at which much begins, and half a beat on.

Source for 1: D. P. W. Ellis, J. New Music Research 36(1), 2007.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from rascue.songs.finding.onsets import FRAME_S, Envelope, Onsets
from rascue.songs.finding.smooth import smooth_line
from rascue.songs.finding.tempo import likely_intervals, local_intervals

TIGHTNESS = 8000.0
"""Weight of the penalty on intervals, of the squared logarithm. With 1000 a row went over to the
off-beat and back in 11 of 17 hard pieces, with 4000 and more in none (docs/songs.md)."""

SHORTEST, LONGEST = 0.8, 1.25
"""Intervals that are tried, of the local interval: others never pay. Default."""

LEAST_BEATS = 12
FINENESS = 24
"""Places within the beat that are looked at."""

HALF = 0.5

PLACES = 5
LOUD = 0.25
"""So many other places are tried, where so much begins of what does at the strongest. Default."""


@dataclass(frozen=True, slots=True)
class Row:
    """Instants that may be the beats, frames.

    Parameters
    ----------
    fit
        How well its tempo fits the onsets, about 0..2.
    jitter
        Spread of the onsets around the smooth line, as a share of the interval.
    """

    frames: Envelope
    fit: float
    jitter: float

    @property
    def interval(self) -> float:
        """Median interval, frames."""
        return float(np.median(np.diff(self.frames)))


def possible_rows(onsets: Onsets) -> list[Row]:
    """Return all rows that are worth a look."""
    strength = onsets.coarse
    ends = _ends(onsets)
    return [
        row
        for interval in likely_intervals(strength)
        for base in _base_rows(strength, interval, ends)
        for row in _moved(base, strength, ends)
    ]


def _base_rows(strength: Envelope, interval: float, ends: tuple[int, int]) -> Iterator[Row]:
    local, fit = local_intervals(strength, interval)
    frames = _best_row(strength, local).astype(np.float64)
    if len(frames) >= LEAST_BEATS:
        line = smooth_line(frames)
        jitter = float(np.std(frames - line) / np.median(np.diff(frames)))
        whole = _over_all(line, ends)
        if len(whole) >= LEAST_BEATS:
            yield Row(whole, fit, jitter)


def _best_row(envelope: Envelope, interval: Envelope) -> NDArray[np.int64]:
    """Return the frames of the beats."""
    smooth = ndimage.gaussian_filter1d(envelope, 0.015 / FRAME_S)
    total, before = smooth.copy(), np.full(len(smooth), -1)
    block = max(int(SHORTEST * interval.min()), 1)
    for first in range(0, len(smooth), block):
        usual = float(interval[min(first + block // 2, len(smooth) - 1)])
        steps = np.arange(max(int(SHORTEST * usual), block), int(LONGEST * usual) + 1)
        frames = np.arange(max(first, int(steps[-1])), min(first + block, len(smooth)))
        if not len(frames):
            continue
        penalty = TIGHTNESS * np.log(steps / usual) ** 2 / 10.0
        options = total[frames[:, None] - steps] - penalty
        best = options.argmax(axis=1)
        gain = options[np.arange(len(frames)), best]
        good = gain > 0
        total[frames[good]] += gain[good]
        before[frames[good]] = frames[good] - steps[best[good]]
    last_bit = int(1.5 * interval[-1]) + 1
    frame = len(total) - last_bit + int(total[-last_bit:].argmax())
    row = []
    while frame >= 0:
        row.append(frame)
        frame = int(before[frame])
    return np.array(row[::-1])


def _ends(onsets: Onsets) -> tuple[int, int]:
    """Return a little before the first and after the last frame at which something begins."""
    clear = 0.25 * float(np.quantile(onsets.coarse, 0.98))
    begins = np.flatnonzero((onsets.coarse > clear) & onsets.sounding)
    margin = round(0.04 / FRAME_S)
    return int(begins[0]) - margin, int(begins[-1]) + margin


def _over_all(row: Envelope, ends: tuple[int, int]) -> Envelope:
    """Return the row from the first to the last end, at the tempo of its own ends."""
    first, last = ends
    head, tail = np.median(np.diff(row[:5])), np.median(np.diff(row[-5:]))
    earlier = np.arange(row[0] - head, max(first, 0) - 1e-9, -head)[::-1]
    later = np.arange(row[-1] + tail, last + 1e-9, tail)
    whole: Envelope = np.concatenate([earlier, row, later])
    return whole[(whole >= first) & (whole <= last)]


def _moved(base: Row, strength: Envelope, ends: tuple[int, int]) -> Iterator[Row]:
    """Yield the row, and the row at other places within the beat."""
    yield base
    smooth = ndimage.gaussian_filter1d(strength, 0.01 / FRAME_S)
    spans = np.diff(base.frames)
    nudges = np.arange(-1, 2) * max(int(base.interval / FINENESS), 1)
    for share in _places(base.frames, smooth):
        row = base.frames[:-1] + share * spans
        sums = [smooth[_within(row + nudge, len(smooth))].mean() for nudge in nudges]
        frames = _over_all(row + nudges[int(np.argmax(sums))], ends)
        if len(frames) >= LEAST_BEATS:
            yield Row(frames, base.fit, base.jitter)


def _places(row: Envelope, smooth: Envelope) -> list[float]:
    """Return shares of the beat at which much begins, and one half."""
    grid = row[:-1, None] + np.diff(row)[:, None] * np.arange(FINENESS) / FINENESS
    sums = smooth[_within(grid, len(smooth))].mean(axis=0)
    around = (np.roll(sums, 1) + 2.0 * sums + np.roll(sums, -1)) / 4.0
    is_peak = (around >= np.roll(around, 1)) & (around > np.roll(around, -1))
    peaks = [k for k in np.flatnonzero(is_peak & (around > LOUD * around.max()))]
    strongest = sorted((k for k in peaks if 1 < k < FINENESS - 1), key=lambda k: -around[k])
    shares = [float(k) / FINENESS for k in strongest[:PLACES]]
    has_half = any(abs(one - HALF) < 1.5 / FINENESS for one in shares)
    return shares if has_half else [*shares, HALF]


def _within(frames: Envelope, count: int) -> NDArray[np.int64]:
    nearest: NDArray[np.int64] = np.clip(np.rint(frames).astype(np.int64), 0, count - 1)
    return nearest
