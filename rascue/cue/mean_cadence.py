"""The person's tempo over whole strides. Pure; shared by strategies."""

from __future__ import annotations

from collections import deque

from rascue.cue.base import CueInput


class MeanCadence:
    """Mean of the cadence at the last contacts, an even number of them.

    Unequal left and right steps therefore do not make it alternate.
    """

    def __init__(self, strides: int) -> None:
        self._recent_spm: deque[float] = deque(maxlen=2 * strides)

    def update(self, now: CueInput) -> float | None:
        """Take what is new; return the mean, steps/min; None until enough strides were made."""
        if now.cadence.cadence_spm is not None:
            self._recent_spm.extend(now.cadence.cadence_spm for _ in now.new_steps)
        if len(self._recent_spm) < (self._recent_spm.maxlen or 0):
            return None
        return sum(self._recent_spm) / len(self._recent_spm)

    def forget(self) -> None:
        """Begin anew."""
        self._recent_spm.clear()
