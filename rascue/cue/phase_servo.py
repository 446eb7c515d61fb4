"""How far steps lag behind beats now, and a small shift of the next beat to answer it. Pure.

Lag is averaged over one stride (two steps), so that unequal left and right steps do not make the
beats alternate. One judged step moves one beat, at most by ``SHIFT_MAX_RATIO``.
"""

from __future__ import annotations

from collections import deque

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.cue.base import CueInput
from rascue.cue.beat_track import StepOnBeat
from rascue.cue.circular import mean_vector, wrapped_deg
from rascue.cue.own_beats import OwnBeats

SHIFT_MAX_RATIO = 0.03
"""Largest shift of one beat, share of the interval: below the threshold at which a change of
tempo is noticed (FIELD [21])."""

STEPS_OF_STRIDE = 2


class PhaseServo:
    """Follows the lag of a person behind a strategy's own beats."""

    def __init__(self) -> None:
        self._own_beats = OwnBeats()
        self._recent_deg: deque[float] = deque(maxlen=STEPS_OF_STRIDE)
        self._shift_ratio = 0.0
        self._shifted_index = -1

    @property
    def lag_deg(self) -> float | None:
        """Mean phase of the last stride against its beats, deg; positive: steps come later."""
        return mean_vector(list(self._recent_deg)).angle_deg if self._recent_deg else None

    def update(self, now: CueInput) -> list[StepOnBeat]:
        """Take what is new; return the steps that could be judged."""
        if now.last_beat is not None and now.last_beat.index != self._shifted_index:
            self._shifted_index = now.last_beat.index
            self._shift_ratio = 0.0
        judged = [on_beat for _, on_beat in self._own_beats.update(now)]
        self._recent_deg.extend(step.relative_phase_deg for step in judged)
        return judged

    def answer(self, share: float, anchor_deg: float) -> None:
        """Move the next beat by a share of the lag's distance from ``anchor_deg``."""
        if self.lag_deg is None:
            return
        shift = share * wrapped_deg(self.lag_deg - anchor_deg) / 360.0
        self._shift_ratio = max(-SHIFT_MAX_RATIO, min(SHIFT_MAX_RATIO, shift))

    def next_beat_ns(self, now: CueInput, tempo_spm: float) -> EngineNs | None:
        """Return where the next beat should fall; None leaves the pulse as it is."""
        if now.last_beat is None or self._shift_ratio == 0.0:
            return None
        period_s = 60.0 / (now.cue_spm or tempo_spm)
        return after(now.last_beat.due_ns, period_s * (1.0 + self._shift_ratio))
