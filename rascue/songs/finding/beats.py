"""Onset envelopes -> the instants of the beats. Pure.

1. Rows of instants that may be the beats (``tempo``, ``rows``), and which of them it is
   (``cues``, ``choice``).
2. Refinement: each beat goes to the fine onset near it, then onto a smooth line through its
   neighbors (``smooth``), so that a single early note does not move it.

Accuracy as shown by ``rascue bench song`` and docs/songs.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.songs.finding.choice import choice_of
from rascue.songs.finding.onsets import FINE_S, FRAME_S, Envelope, Onsets
from rascue.songs.finding.smooth import smooth_line

Beats = NDArray[np.float64]

NEAR_S = 0.04
"""How far from a beat its onset is sought, s. Default."""

LATE_S = -0.001
"""By how much fine onsets are found late, s; chosen on pieces that are not held out."""

CLOSE_SHARE = 0.9
"""Below this share the choice was close: in kinds of music that were left out while fitting, more
than half of what was missed, and a sixth of what was right (docs/songs.md)."""


@dataclass(frozen=True, slots=True)
class FoundBeats:
    """Instants of the beats, s, strictly increasing; none when nothing begins to sound anywhere.

    ``other`` is what else might be the beats, empty when there is nothing; ``share`` how much
    speaks for those that were taken, 0..1.
    """

    beats: Beats
    other: Beats
    share: float

    @property
    def is_close(self) -> bool:
        """Whether a person should listen to both."""
        return self.share < CLOSE_SHARE and len(self.other) > 0


def beats_of(onsets: Onsets) -> FoundBeats:
    """Return the beats of a song."""
    nothing = np.zeros(0)
    choice = choice_of(onsets) if onsets.coarse.max(initial=0.0) > 0.0 else None
    if choice is None:
        return FoundBeats(nothing, nothing, 0.0)
    other = nothing if choice.other is None else _refined(choice.other, onsets.fine)
    return FoundBeats(_refined(choice.taken, onsets.fine), other, choice.share)


def _refined(row: Beats, fine: Envelope) -> Beats:
    """Return the beats of a row of frames at their onsets, on a smooth line, s."""
    beats = smooth_line(_at_onsets(row * FRAME_S, fine) - LATE_S)
    return beats[beats > 0]


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
