"""Turns allowed tempi into beats up to a horizon. Holds the pulse; called by the main thread.

Beats nearer than the horizon are fixed. Period and shift of a beat are those of the decision in
force when it is placed, so that many decisions between two beats do not add up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from rascue.core.clock import after, seconds_between
from rascue.core.types import Beat, CueDecision, DacFrame, EngineNs

HORIZON_S = 0.3
"""Longer than the worst stall of a Python task measured while another process was busy, 75 ms,
with room for the output's own buffer (ARCHITECTURE 7)."""

PAUSE_PERIODS = 2.0
"""From the last beat before a silence to the first one after it, periods, at least: a beat left
out is heard as a pause, half an interval more as a jump of the phase. Default, not evidence."""

LEAD_MIN_S = 0.1
"""Nearest future in which a beat is still placed, s: output buffer plus one tick. Default."""


@dataclass(frozen=True, slots=True)
class BeatStyle:
    """How beats sound: ``accent_every`` 1 makes all alike, n > 1 accents the first of every n.

    ``intensity``, 0..1, is how full music is.
    """

    sound: str = "click"
    accent_every: int = 1
    intensity: float = 0.5


@dataclass(frozen=True, slots=True)
class _Pulse:
    """The last position of the pulse, sounded or skipped."""

    due_ns: EngineNs
    period_s: float
    position: int


class BeatPlanner:
    """Places beats one after another on the engine's time line.

    Parameters
    ----------
    horizon_s
        How far ahead beats are placed, s.
    lead_min_s
        A beat due sooner than this can no longer be played in time, s; less than the horizon.

    Notes
    -----
    Due times strictly increase. While ``plan`` is called at least every
    ``horizon_s - lead_min_s`` no beat is lost, and none is ever doubled, whatever the pattern of
    calls. Beats missed in a longer stall are skipped, never sent late; the pulse keeps its phase.
    """

    def __init__(self, horizon_s: float = HORIZON_S, lead_min_s: float = LEAD_MIN_S) -> None:
        if not 0.0 <= lead_min_s < horizon_s:
            raise ValueError(f"lead_min_s {lead_min_s} must lie in [0, horizon_s {horizon_s})")
        self._horizon_s = horizon_s
        self._lead_min_s = lead_min_s
        self._pulse: _Pulse | None = None
        self._last_beat: Beat | None = None
        self._last_due_ns: EngineNs | None = None
        self._align_to_ns: EngineNs | None = None
        self._shifted_by_ns: EngineNs | None = None
        self._next_index = 0

    @property
    def last_beat(self) -> Beat | None:
        """The last beat placed; None when silent."""
        return self._last_beat

    @property
    def last_due_ns(self) -> EngineNs | None:
        """Instant of the last position of the pulse; None when silent."""
        return None if self._pulse is None else self._pulse.due_ns

    @property
    def last_period_s(self) -> float | None:
        """Period of the pulse when its last position was placed, s; None when silent."""
        return None if self._pulse is None else self._pulse.period_s

    @property
    def next_due_ns(self) -> EngineNs | None:
        """Instant of the next position if nothing changes; None when silent."""
        return None if self._pulse is None else after(self._pulse.due_ns, self._pulse.period_s)

    def silence(self) -> None:
        """Forget the pulse; the next beat starts a new one.

        Beats already placed may still sound; the new pulse leaves ``PAUSE_PERIODS`` after them.
        """
        self._pulse = None
        self._last_beat = None
        self._align_to_ns = None

    def plan(
        self,
        now_ns: EngineNs,
        decision: CueDecision,
        decision_index: int,
        *,
        style: BeatStyle,
        to_frame: Callable[[EngineNs], DacFrame],
        align_to_ns: EngineNs | None = None,
    ) -> list[Beat]:
        """Return the beats that have come within the horizon, in order.

        Parameters
        ----------
        decision
            What the guard allowed; silence forgets the pulse.
        decision_index
            Stored with each beat.
        style
            How the beats sound.
        to_frame
            Due time -> frame of the stream, output latency already subtracted.
        align_to_ns
            Where a beat should fall; used for the first beat after silence only, because later
            ones are moved by ``decision.phase_shift_s`` alone. The newest one given since the
            silence counts.
        """
        if decision.allowed_spm is None:
            self.silence()
            return []
        period_s = 60.0 / decision.allowed_spm
        self._align_to_ns = self._align_to_ns if align_to_ns is None else align_to_ns
        beats: list[Beat] = []
        while True:
            pulse = self._next_pulse(now_ns, decision, period_s)
            if pulse.due_ns > after(now_ns, self._horizon_s):
                return beats
            beat = Beat(
                index=self._next_index,
                due_ns=pulse.due_ns,
                frame=to_frame(pulse.due_ns),
                interval_s=self._interval_s(pulse),
                sound=style.sound,
                accent=style.accent_every > 1 and pulse.position % style.accent_every == 0,
                level_dbfs=decision.level_dbfs,
                decision_index=decision_index,
                intensity=style.intensity,
            )
            self._keep(pulse, beat, decision)
            beats.append(beat)

    def _next_pulse(self, now_ns: EngineNs, decision: CueDecision, period_s: float) -> _Pulse:
        """Return the next position that can still be played."""
        soonest_ns = after(now_ns, self._lead_min_s)
        if self._pulse is None:
            if self._last_due_ns is not None:
                paused_ns = after(self._last_due_ns, PAUSE_PERIODS * period_s)
                soonest_ns = max(soonest_ns, paused_ns)
            anchor_ns = soonest_ns if self._align_to_ns is None else self._align_to_ns
            periods = _periods_until(anchor_ns, soonest_ns, period_s)
            return _Pulse(after(anchor_ns, periods * period_s), period_s, 0)
        # One decision shifts one beat, also when it is planned with twice.
        shift_s = 0.0 if self._shifted_by_ns == decision.at_ns else decision.phase_shift_s
        due_ns = after(self._pulse.due_ns, period_s + shift_s)
        skipped = max(0, _periods_until(due_ns, soonest_ns, period_s))
        return _Pulse(
            after(due_ns, skipped * period_s), period_s, self._pulse.position + 1 + skipped
        )

    def _interval_s(self, pulse: _Pulse) -> float:
        """Return the time since the previous beat, the period for the first of a pulse."""
        if self._last_beat is None:
            return pulse.period_s
        return seconds_between(self._last_beat.due_ns, pulse.due_ns)

    def _keep(self, pulse: _Pulse, beat: Beat, decision: CueDecision) -> None:
        """Remember what the next beat builds on."""
        self._pulse, self._last_beat, self._last_due_ns = pulse, beat, beat.due_ns
        self._shifted_by_ns = decision.at_ns
        self._next_index += 1


def _periods_until(anchor_ns: EngineNs, soonest_ns: EngineNs, period_s: float) -> int:
    """Return the least number of periods after ``anchor_ns`` that is not before ``soonest_ns``."""
    return math.ceil(seconds_between(anchor_ns, soonest_ns) / period_s)
