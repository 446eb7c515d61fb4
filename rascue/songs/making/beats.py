"""Onset envelopes -> the instants of the beats, by tempo, dynamic programming and refinement. Pure.

1. Tempo: autocorrelation of the coarse envelope, with its double and its half, weighted by a wide
   preference for tempi at which people walk; then again in windows, near the first, so that a song
   may drift.
2. Beats: the row of instants with the largest sum of onset strength, less a penalty for intervals
   that differ from the local tempo.
3. Refinement: each beat goes to the fine onset near it, then onto a smooth line through its
   neighbors, so that a single early note does not move it.

Accuracy as shown by ``rascue bench song`` and docs/songs.md.

Source: D. P. W. Ellis, J. New Music Research 36(1), 2007, for 1 and 2. Deviations: local tempo; 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from rascue.songs.making.onsets import FINE_S, FRAME_S, Envelope, Onsets

Beats = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 45.0, 210.0
LIKED_BPM, LIKED_OCTAVES = 110.0, 0.8
"""Center and width of the preference among tempi that fit alike: where people walk. Default."""

WINDOW_S, WINDOW_STEP_S = 12.0, 2.0
DRIFT_MAX = 0.12
"""The local tempo is sought so far around the tempo of the whole song, as a share. Default."""

TIGHTNESS = 1000.0
"""Weight of the penalty on intervals, of the squared logarithm; better than 300 on 104 pieces that
are not held out (docs/songs.md)."""

BASS_RATIO = 1.15
"""Beats move halfway when the bass begins there so much more strongly. Default."""

NEAR_S = 0.04
"""How far from a beat its onset is sought, s. Default."""

SMOOTHED_BEATS = 6
"""Neighbors on each side of a beat that the smooth line goes through. Default."""

LATE_S = -0.001
"""By how much fine onsets are found late, s; chosen on the pieces that are not held out."""


@dataclass(frozen=True, slots=True)
class FoundBeats:
    """Instants of the beats, s, strictly increasing: ``played`` as they were, and ``smooth``.

    Both are empty when nothing begins to sound anywhere.
    """

    played: Beats
    smooth: Beats


def beats_of(onsets: Onsets) -> FoundBeats:
    """Return the beats of a song."""
    if onsets.coarse.max(initial=0.0) <= 0.0:
        return FoundBeats(np.zeros(0), np.zeros(0))
    interval = _local_intervals(onsets.coarse)
    row = _on_the_bass(_best_row(onsets.coarse, interval), onsets)
    rough = row * FRAME_S
    played = _at_onsets(rough, onsets.fine) - LATE_S
    smooth = _smooth(played)
    return FoundBeats(played[smooth > 0], smooth[smooth > 0])


# --- tempo -------------------------------------------------------------------------------------


def _lags() -> NDArray[np.int64]:
    return np.arange(round(60 / FASTEST_BPM / FRAME_S), round(60 / SLOWEST_BPM / FRAME_S) + 1)


def _autocorrelation(envelope: Envelope, longest: int) -> Envelope:
    size = len(envelope) + longest
    centered = envelope - envelope.mean()
    power = np.abs(np.fft.rfft(centered, size)) ** 2
    found = np.fft.irfft(power, size)[: longest + 1]
    scaled: Envelope = found / (found[0] + 1e-12)
    return scaled


def _strengths(envelope: Envelope, lags: NDArray[np.int64]) -> Envelope:
    """Return how well each interval fits: with itself, twice, four times and thrice it."""
    found = _autocorrelation(envelope, 4 * int(lags[-1]) + 4)
    blurred = ndimage.maximum_filter1d(found, 3)
    strength: Envelope = (
        found[lags] + 0.6 * blurred[2 * lags] + 0.4 * blurred[4 * lags] + 0.2 * blurred[3 * lags]
    )
    return strength


def _tempo_interval(envelope: Envelope) -> float:
    """Return the interval of the beats in the whole song, frames."""
    lags = _lags()
    octaves = np.log2(60 / (lags * FRAME_S) / LIKED_BPM) / LIKED_OCTAVES
    return float(lags[np.argmax(_strengths(envelope, lags) * np.exp(-0.5 * octaves**2))])


def _local_intervals(envelope: Envelope) -> Envelope:
    """Return the interval of the beats around each frame, frames."""
    overall = _tempo_interval(envelope)
    lags = _lags()
    lags = lags[np.abs(np.log(lags / overall)) <= DRIFT_MAX]
    size, step = round(WINDOW_S / FRAME_S), round(WINDOW_STEP_S / FRAME_S)
    centers = np.arange(0, len(envelope), step)
    scores = []
    for center in centers:
        part = envelope[max(0, center - size // 2) : center + size // 2]
        scores.append(_strengths(np.pad(part, (0, max(0, size - len(part)))), lags))
    path = _smooth_path(np.array(scores), lags)
    local: Envelope = np.interp(np.arange(len(envelope)), centers, path)
    return local


def _smooth_path(scores: NDArray[np.float64], lags: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one interval for each window: strong ones that change little (Viterbi)."""
    change = np.abs(np.log(lags[:, None] / lags[None, :]))
    penalty = 20.0 * change
    total, came_from = scores[0], []
    for score in scores[1:]:
        options = total[:, None] - penalty
        came_from.append(options.argmax(axis=0))
        total = options.max(axis=0) + score
    at = int(total.argmax())
    path = [at]
    for back in reversed(came_from):
        at = int(back[at])
        path.append(at)
    chosen: NDArray[np.int64] = lags[np.array(path[::-1])]
    return chosen


# --- beats -------------------------------------------------------------------------------------


def _best_row(envelope: Envelope, interval: Envelope) -> NDArray[np.int64]:
    """Return the frames of the beats."""
    smooth = ndimage.gaussian_filter1d(envelope, 0.015 / FRAME_S)
    total, before = smooth.copy(), np.full(len(smooth), -1)
    for frame in range(len(smooth)):
        near, far = int(interval[frame] * 0.6), int(interval[frame] * 1.6)
        if frame <= far:
            continue
        steps = np.arange(near, far + 1)
        penalty = TIGHTNESS * np.log(steps / interval[frame]) ** 2 / 10.0
        options = total[frame - steps] - penalty
        best = int(options.argmax())
        if options[best] > 0:
            total[frame] += options[best]
            before[frame] = frame - steps[best]
    last_bit = int(1.5 * interval[-1]) + 1
    frame = len(total) - last_bit + int(total[-last_bit:].argmax())
    row = []
    while frame >= 0:
        row.append(frame)
        frame = int(before[frame])
    return _without_silent_ends(np.array(row[::-1]), smooth)


def _on_the_bass(row: NDArray[np.int64], onsets: Onsets) -> NDArray[np.int64]:
    """Return the row, or what lies halfway between where the bass begins there instead.

    In most music the bass plays on the beat and chords may play off it.
    """
    between = (row[:-1] + row[1:]) // 2
    near = round(0.04 / FRAME_S)
    low = ndimage.maximum_filter1d(onsets.low, 2 * near + 1)
    on, off = float(low[row].mean()), float(low[between].mean()) if len(between) else 0.0
    return between if off > BASS_RATIO * on else row


def _without_silent_ends(row: NDArray[np.int64], smooth: Envelope) -> NDArray[np.int64]:
    """Return the row without beats before the first and after the last that sounds."""
    strength = ndimage.maximum_filter1d(smooth, round(0.06 / FRAME_S))[row]
    sounding = np.flatnonzero(strength > 0.25 * np.median(strength))
    return row[sounding[0] : sounding[-1] + 1] if len(sounding) else row


def _at_onsets(beats: NDArray[np.floating], fine: Envelope) -> Beats:
    """Return for each beat the onset near it that is strongest for its distance."""
    half = round(NEAR_S / FINE_S)
    offsets = np.arange(-half, half + 1)
    likely = np.exp(-0.5 * (offsets / (half / 1.5)) ** 2)
    padded = np.pad(fine, half)
    moved = []
    for beat in beats:
        center = round(beat / FINE_S)
        around = padded[center : center + 2 * half + 1]
        if len(around) < len(offsets) or around.max() <= 0:
            moved.append(np.nan)
        else:
            moved.append(beat + offsets[int((around * likely[: len(around)]).argmax())] * FINE_S)
    found = np.array(moved)
    return np.where(np.isnan(found), beats, found)


def _smooth(beats: Beats) -> Beats:
    """Return each beat on a parabola through its neighbors that few strays cannot bend."""
    return np.array([_on_parabola(beats, k) for k in range(len(beats))])


def _on_parabola(beats: Beats, k: int) -> float:
    around = np.arange(max(0, k - SMOOTHED_BEATS), min(len(beats), k + SMOOTHED_BEATS + 1))
    if len(around) < 6:  # noqa: PLR2004 - a parabola through fewer is no mean
        return float(beats[k])
    terms = np.vander(around - k, 3)
    weights = np.ones(len(around))
    for _ in range(4):
        line, *_ = np.linalg.lstsq(terms * weights[:, None], beats[around] * weights, rcond=None)
        off = beats[around] - terms @ line
        scale = 4.7 * max(1.48 * float(np.median(np.abs(off))), 0.002)
        weights = np.clip(1.0 - (off / scale) ** 2, 0.0, None)  # Tukey's biweight, its root
    return float(line[-1])
