"""Beats the sound output owes a report for; after an interruption they are placed anew. Pure.

Frames are exact only on an unbroken stream. After an underflow the line between frames and engine
time has moved, so what is still to sound is taken back, and given again, at the same due times,
once the line is known again.
"""

from __future__ import annotations

from dataclasses import replace

from rascue.core.clock import after, seconds_between
from rascue.core.events import AudioStatus, CancelFrom, Effect, ScheduleBeat
from rascue.core.types import (
    AudioState,
    Beat,
    BeatOutcome,
    DacFrame,
    EngineNs,
    Note,
    PlayedBeat,
    PlayedFrame,
)
from rascue.cue.planner import LEAD_MIN_S


class PendingBeats:
    """Beats given to the output whose outcome is not known yet."""

    def __init__(self) -> None:
        self._beats: dict[int, Beat] = {}
        self._taken_back: dict[int, Beat] = {}
        self._underflows: int | None = None

    def __len__(self) -> int:
        return len(self._beats)

    def add(self, beat: Beat) -> None:
        """Wait for the outcome of a beat that is being scheduled."""
        self._beats[beat.index] = beat

    def settle(self) -> None:
        """Give nothing again (R1): what was taken back stays silent."""
        self._taken_back.clear()

    def overdue(self, now_ns: EngineNs, within_s: float) -> list[Beat]:
        """Return the beats that were due more than ``within_s`` ago."""
        return [
            beat for beat in self._beats.values() if seconds_between(beat.due_ns, now_ns) > within_s
        ]

    def outcomes(self, status: AudioStatus) -> list[tuple[Beat, PlayedFrame]]:
        """Return each beat whose outcome is now known, in the order of the reports.

        An output that is lost takes all its beats along: they are cancelled.
        """
        reports = [report for report in status.played if not self._was_taken_back(report)]
        known = [
            (beat, report)
            for report in reports
            if (beat := self._beats.pop(report.beat_index, None)) is not None
        ]
        if status.state is AudioState.LOST:
            known += [(beat, _cancelled(beat)) for beat in self._beats.values()]
            self._beats.clear()
            self._taken_back.clear()
        return known

    def place_anew(self, status: AudioStatus) -> list[Effect]:
        """Take back what lies on a broken line, or give it again on the new one."""
        before, self._underflows = self._underflows, status.underflows
        if before is not None and status.underflows > before:
            return self._take_back(status.at_ns)
        if self._taken_back and status.clock is not None:
            return self._give_again(status)
        return []

    def _was_taken_back(self, report: PlayedFrame) -> bool:
        """Return whether a report only confirms that a beat was taken back."""
        beat = self._taken_back.get(report.beat_index)
        if beat is None:
            return False
        if report.outcome is BeatOutcome.CANCELLED:
            return True
        del self._taken_back[report.beat_index]  # it had begun before it could be taken back
        return False

    def _take_back(self, at_ns: EngineNs) -> list[Effect]:
        self._taken_back = {
            index: beat for index, beat in self._beats.items() if beat.due_ns > at_ns
        }
        if not self._taken_back:
            return []
        first = min(beat.frame for beat in self._taken_back.values())
        return [CancelFrom(first)]

    def _give_again(self, status: AudioStatus) -> list[Effect]:
        """Schedule what can still sound in time; the rest stays cancelled."""
        soonest_ns = after(status.at_ns, LEAD_MIN_S)
        waiting, self._taken_back = self._taken_back, {}
        effects: list[Effect] = []
        for beat in waiting.values():
            if beat.due_ns >= soonest_ns:
                moved = self._beats[beat.index] = _on(status, beat)
                effects.append(ScheduleBeat(moved))
            else:
                del self._beats[beat.index]
                effects.append(PlayedBeat(beat.index, beat.frame, None, 0.0, BeatOutcome.CANCELLED))
        return [*effects, Note(status.at_ns, "sound", "beats placed anew after an interruption")]


def _on(status: AudioStatus, beat: Beat) -> Beat:
    """Return the beat on the line that is known now."""
    if status.clock is None:
        return beat
    frame = status.clock.to_count(after(beat.due_ns, -status.latency_s))
    return replace(beat, frame=DacFrame(frame))


def _cancelled(beat: Beat) -> PlayedFrame:
    return PlayedFrame(beat.index, beat.frame, BeatOutcome.CANCELLED)
