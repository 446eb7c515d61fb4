"""Is a song fit to walk to? Says in plain words why not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rascue.songs.beat_map import LEAST_BEATS
from rascue.songs.making.beats import Beats
from rascue.songs.making.onsets import FRAME_S, Envelope

JITTER_MAX = 0.03
"""Spread of the intervals around their own slow drift, as a share. Source: AUDIO.md section 7c."""

RANGE_MAX = 0.25
"""Slowest and fastest part may differ so far, as a share: default; versions reach 12 % each way."""

CLEAR_LEAST = 1.5
"""Strength of onsets at the beats over that everywhere between: default."""


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How the beats go.

    Parameters
    ----------
    jitter
        Spread of intervals around their slow drift, as a share of the interval.
    span
        Difference of the fastest and the slowest part, as a share.
    clearness
        Strength at the beats over that between them; 1 is noise.
    """

    jitter: float
    span: float
    clearness: float

    @property
    def confidence(self) -> float:
        """How far the map can be trusted, 0..1; a rule of thumb, not a probability."""
        clear = min(max((self.clearness - 1.0) / 3.0, 0.0), 1.0)
        even = min(max(1.0 - self.jitter / JITTER_MAX / 2.0, 0.0), 1.0)
        return round(clear * even, 2)


def steadiness_of(beats: Beats, rough: Beats, strength: Envelope) -> Steadiness:
    """Return how the beats go.

    Parameters
    ----------
    beats, rough
        After and before smoothing, s.
    strength
        Coarse envelope of onsets.
    """
    intervals = np.diff(rough)
    around = np.array([np.median(intervals[max(0, k - 8) : k + 9]) for k in range(len(intervals))])
    drift = np.diff(beats)
    low, high = np.quantile(drift, [0.02, 0.98])
    frames = np.clip(np.rint(beats / FRAME_S).astype(int), 4, len(strength) - 5)
    at = np.mean([strength[f - 4 : f + 5].max() for f in frames])
    whole = strength[: len(strength) // 9 * 9].reshape(-1, 9)
    everywhere = whole.max(axis=1).mean()
    spread = 1.48 * float(np.median(np.abs(intervals - around)))
    spread = max(spread, float(np.std(np.clip(intervals - around, -0.3, 0.3)) / 2.0))
    return Steadiness(
        jitter=spread / float(np.median(intervals)),
        span=float(high / low - 1.0),
        clearness=float(at / (everywhere + 1e-9)),
    )


def refusal(beats: Beats, steady: Steadiness | None) -> str:
    """Return why a song cannot be walked to, "" when it can."""
    if steady is None or len(beats) < 2 * LEAST_BEATS:
        return "No beat was found. Choose a song with a clear, regular beat."
    if steady.clearness < CLEAR_LEAST:
        return "The beat is too faint to be found for certain. Choose a song with a clearer beat."
    if steady.jitter > JITTER_MAX:
        return (
            f"The beat is uneven: its intervals differ by {steady.jitter:.0%}. "
            "Choose a song that was played to a steady beat."
        )
    if steady.span > RANGE_MAX:
        return (
            f"The tempo changes by {steady.span:.0%} within the song. "
            "Choose one that keeps its tempo."
        )
    return ""
