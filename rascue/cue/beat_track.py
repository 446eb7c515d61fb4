"""The beats that were heard, and which of them a step belongs to. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.cue.circular import wrapped_deg

BEATS_KEPT = 256
"""About two minutes of beats, for strides that are reported late. Default."""

GAP_RATIO = 1.5
"""Two beats further apart than this many planned intervals have a silence between them."""


@dataclass(frozen=True, slots=True)
class HeardBeat:
    """A beat that sounded; ``interval_s`` is the planned time since the one before it, s."""

    index: int
    sound_ns: EngineNs
    interval_s: float


@dataclass(frozen=True, slots=True)
class StepOnBeat:
    """One contact against its beat; negative values: the step came first.

    ``interval_s`` is the inter-beat interval the phase refers to.
    """

    ic_ns: EngineNs
    beat_index: int
    asynchrony_s: float
    relative_phase_deg: float
    interval_s: float


class BeatTrack:
    """The last beats heard, in order of time."""

    def __init__(self) -> None:
        self._beats: deque[HeardBeat] = deque(maxlen=BEATS_KEPT)

    @property
    def last_ns(self) -> EngineNs | None:
        """Instant of the last beat; None before the first."""
        return self._beats[-1].sound_ns if self._beats else None

    def add(self, beat: HeardBeat) -> bool:
        """Take a beat; return False for one that comes out of order."""
        last_ns = self.last_ns
        if last_ns is not None and beat.sound_ns <= last_ns:
            return False
        self._beats.append(beat)
        return True

    def match(self, ic_ns: EngineNs) -> StepOnBeat | None:
        """Return a contact against the nearest beat.

        None while the next beat is not known, and when no beat lies within half an interval.
        """
        k = bisect_right(self._beats, ic_ns, key=lambda beat: beat.sound_ns)
        if k == len(self._beats):
            return None
        later = self._beats[k]
        earlier = self._beats[k - 1] if k > 0 else None
        interval_s = _interval_s(earlier, later)
        nearest = later
        if earlier is not None and ic_ns - earlier.sound_ns <= later.sound_ns - ic_ns:
            nearest = earlier
        asynchrony_s = seconds_between(nearest.sound_ns, ic_ns)
        if abs(asynchrony_s) > interval_s / 2:
            return None
        phase_deg = wrapped_deg(360.0 * asynchrony_s / interval_s)
        return StepOnBeat(ic_ns, nearest.index, asynchrony_s, phase_deg, interval_s)


def _interval_s(earlier: HeardBeat | None, later: HeardBeat) -> float:
    """Return the time between two beats, s; the planned one if a silence lies between them."""
    if earlier is None:
        return later.interval_s
    measured_s = seconds_between(earlier.sound_ns, later.sound_ns)
    return measured_s if measured_s <= GAP_RATIO * later.interval_s else later.interval_s
