"""Onset envelope -> which tempi are likely, and how each of them goes through the song. Pure.

1. The envelope is compared with itself one interval later, and two, three and four.
2. The interval that fits best, near the tempi at which people walk, is the first; its simple
   multiples and the strongest others are tried as well.
3. For each, again in windows, near the whole song's interval, so that a song may drift.

Source: D. P. W. Ellis, J. New Music Research 36(1), 2007. Deviations: 2; local tempo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from rascue.songs.finding.onsets import FRAME_S, Envelope

SLOWEST_BPM, FASTEST_BPM = 52.0, 190.0
"""Within these a beat is sought: people walk at 60 to 140, and the player takes half or double."""

LIKED_BPM, LIKED_OCTAVES = 110.0, 0.8
"""Center and width of the preference among tempi that fit alike: where people walk. Default."""

MULTIPLES = (1.0, 2.0, 1 / 2, 3.0, 1 / 3, 3 / 2, 2 / 3, 4 / 3, 3 / 4)
STRONGEST = 4
ALIKE = 0.08
"""Intervals that differ by less, as a share, are one. Default."""

WINDOW_S, WINDOW_STEP_S = 12.0, 2.0
DRIFT_MAX = 0.12
"""The local tempo is sought so far around the tempo of the whole song, as a share. Default."""


def likely_intervals(envelope: Envelope) -> list[float]:
    """Return intervals of beats to try, frames."""
    shortest, longest = 60 / FASTEST_BPM / FRAME_S, 60 / SLOWEST_BPM / FRAME_S
    lags = np.arange(round(shortest), round(longest) + 1)
    strengths = _strengths(envelope, lags)
    peaks = np.flatnonzero(strengths == ndimage.maximum_filter1d(strengths, 9))
    strongest = peaks[np.argsort(-strengths[peaks], kind="stable")][:STRONGEST]
    octaves = np.log2(60 / (lags * FRAME_S) / LIKED_BPM) / LIKED_OCTAVES
    first = float(lags[np.argmax(strengths * np.exp(-0.5 * octaves**2))])
    kept: list[float] = []
    for one in [*(first * multiple for multiple in MULTIPLES), *lags[strongest].tolist()]:
        new = all(abs(np.log(one / other)) >= ALIKE for other in kept)
        if shortest <= one <= longest and new:
            kept.append(float(one))
    return kept


def local_intervals(envelope: Envelope, overall: float) -> tuple[Envelope, float]:
    """Return the interval around each frame, frames, near ``overall``; and how well it fits."""
    reach = np.exp(DRIFT_MAX)
    lags = np.arange(int(np.ceil(overall / reach)), int(overall * reach) + 1)
    size, step = round(WINDOW_S / FRAME_S), round(WINDOW_STEP_S / FRAME_S)
    centers = np.arange(0, len(envelope), step)
    scores = []
    for center in centers:
        part = envelope[max(0, center - size // 2) : center + size // 2]
        scores.append(_strengths(np.pad(part, (0, max(0, size - len(part)))), lags))
    path = _smooth_path(np.array(scores), lags)
    local: Envelope = np.interp(np.arange(len(envelope)), centers, path)
    return local, float(np.max(scores, axis=1).mean())


def autocorrelation(envelope: Envelope, longest: int) -> Envelope:
    """Return how like the envelope is to itself so many frames later, 1 at 0; (longest + 1,)."""
    size = len(envelope) + longest
    centered = envelope - envelope.mean()
    power = np.abs(np.fft.rfft(centered, size)) ** 2
    found = np.fft.irfft(power, size)[: longest + 1]
    scaled: Envelope = found / (found[0] + 1e-12)
    return scaled


def _strengths(envelope: Envelope, lags: NDArray[np.int64]) -> Envelope:
    """Return how well each interval fits: with itself, twice, four times and thrice it."""
    found = autocorrelation(envelope, 4 * int(lags[-1]) + 4)
    blurred = ndimage.maximum_filter1d(found, 3)
    strength: Envelope = (
        found[lags] + 0.6 * blurred[2 * lags] + 0.4 * blurred[4 * lags] + 0.2 * blurred[3 * lags]
    )
    return strength


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
