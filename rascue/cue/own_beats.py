"""Steps against the beats a strategy has placed itself, as they become known. Pure.

A strategy sees beats when they are given to the sound output, up to a horizon before they sound,
and contacts some 0.1 s after they happened; here both are put on one time line.
"""

from __future__ import annotations

from collections import deque

from rascue.core.types import StepEvent
from rascue.cue.base import CueInput
from rascue.cue.beat_track import BeatTrack, HeardBeat, StepOnBeat


class OwnBeats:
    """Judges each step once, as soon as the beat after it is placed."""

    def __init__(self) -> None:
        self._track = BeatTrack()
        self._waiting: deque[StepEvent] = deque()
        self._last_index: int | None = None

    def update(self, now: CueInput) -> list[tuple[StepEvent, StepOnBeat]]:
        """Take what is new; return the steps that can be judged now, with their beats.

        Steps without a beat near them are left out.
        """
        beat = now.last_beat
        if beat is not None and beat.index != self._last_index:
            self._last_index = beat.index
            self._track.add(HeardBeat(beat.index, beat.due_ns, beat.interval_s))
        self._waiting.extend(now.new_steps)
        judged = []
        while self._waiting and self._decided(self._waiting[0]):
            step = self._waiting.popleft()
            on_beat = self._track.match(step.ic_ns)
            if on_beat is not None:
                judged.append((step, on_beat))
        return judged

    def _decided(self, step: StepEvent) -> bool:
        """Whether a beat after the step is known."""
        return self._track.last_ns is not None and step.ic_ns < self._track.last_ns
