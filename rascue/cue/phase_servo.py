"""How far steps lag behind beats now, and a small shift of the next beat to answer it. Pure.

Lag is averaged over one stride (two steps), so that unequal left and right steps do not make the
beats alternate. One judged step moves one beat, at most by ``SHIFT_MAX_RATIO``. Shifts in one
direction add up to a tempo of their own: beats get ahead of the fastest tempo prescribed by no
more than ``AHEAD_MAX_RATIO`` of an interval, however many there are.
"""

from __future__ import annotations

from collections import deque

from rascue.core.clock import after, seconds_between
from rascue.core.types import EngineNs
from rascue.cue.base import CueInput
from rascue.cue.beat_track import StepOnBeat
from rascue.cue.circular import mean_vector, wrapped_deg
from rascue.cue.own_beats import OwnBeats

SHIFT_MAX_RATIO = 0.03
"""Largest shift of one beat, share of the interval: below the threshold at which a change of
tempo is noticed (FIELD [21])."""

AHEAD_MAX_RATIO = 0.03
"""How far beats may get ahead of a pulse at the fastest tempo, share of its interval: one of the
largest shifts. Ten beats are then at most 0.3 % faster. Default, not evidence."""

STEPS_OF_STRIDE = 2


class PhaseServo:
    """Follows the lag of a person behind a strategy's own beats."""

    def __init__(self) -> None:
        self._own_beats = OwnBeats()
        self._recent_deg: deque[float] = deque(maxlen=STEPS_OF_STRIDE)
        self._shift_ratio = 0.0
        self._shifted_index = -1
        self._last_due_ns: EngineNs | None = None
        self._room_s = 0.0

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

    def next_beat_ns(self, now: CueInput, tempo_spm: float, fastest_spm: float) -> EngineNs | None:
        """Return where the next beat should fall; None leaves the pulse as it is.

        Parameters
        ----------
        tempo_spm
            Tempo wanted now, steps/min.
        fastest_spm
            What the beats may not exceed on average, whatever their phase asks for, steps/min.
        """
        self._count_room(now, 60.0 / fastest_spm)
        if now.last_beat is None or self._shift_ratio == 0.0:
            return None
        period_s = 60.0 / (now.cue_spm or tempo_spm)
        soonest_s = min(period_s, 60.0 / fastest_spm - self._room_s)
        return after(now.last_beat.due_ns, max(period_s * (1.0 + self._shift_ratio), soonest_s))

    def _count_room(self, now: CueInput, shortest_s: float) -> None:
        """Keep by how much the next beat may come before its time at the fastest tempo, s."""
        due_ns = None if now.last_beat is None else now.last_beat.due_ns
        if due_ns is None or self._last_due_ns is None:
            self._room_s = 0.0
        elif due_ns != self._last_due_ns:
            room_s = self._room_s + seconds_between(self._last_due_ns, due_ns) - shortest_s
            self._room_s = max(0.0, min(AHEAD_MAX_RATIO * shortest_s, room_s))
        self._last_due_ns = due_ns
