"""A few beats outside a session, so that a person can hear a sound before choosing it. Pure.

They pass the same guard, planner, mixer and cap as those of a session; stop ends them at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rascue.audio.hearing_dose import level_max_dbfs
from rascue.core.clock import after, seconds_between
from rascue.core.events import AudioStatus, ScheduleBeat
from rascue.core.limits import CueLimits
from rascue.core.types import DacFrame, EngineNs
from rascue.cue.base import WantedCue
from rascue.cue.guard import GuardState, allow
from rascue.cue.planner import LEAD_MIN_S, BeatPlanner, BeatStyle

LENGTH_S = 12.0
"""Long enough for two bars of music at any usual cadence, s. Default."""

NOTICE_S = 1.0
"""Time to make the samples before the first beat, s."""

FIRST_INDEX = 1_200_000
"""Numbers of its beats begin here, at the start of a phrase, so that a report which comes late is
not taken for one about a session's beat."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to hear.

    Parameters
    ----------
    sound, accent_every, intensity
        As in a block of a programme.
    cue_spm
        Beats a minute; the limits hold.
    level_dbfs
        Peak level of a beat, dB re full scale; limits and the cap of the output hold.
    """

    sound: str
    accent_every: int
    intensity: float
    cue_spm: float
    level_dbfs: float


class Preview:
    """One sound for a few seconds.

    Parameters
    ----------
    limits
        The envelope of the device.
    horizon_s
        How far ahead beats are given to the sound output, s.
    """

    def __init__(
        self, wanted: Wanted, limits: CueLimits, horizon_s: float, now_ns: EngineNs
    ) -> None:
        self.wanted = wanted
        self._limits = limits
        self._planner = BeatPlanner(horizon_s)
        self._first_ns = after(now_ns, NOTICE_S)

    def is_over(self, now_ns: EngineNs) -> bool:
        """Return whether all of it was given to the output."""
        return seconds_between(self._first_ns, now_ns) > LENGTH_S

    def tick(self, now_ns: EngineNs, audio: AudioStatus | None) -> list[ScheduleBeat]:
        """Return the beats that have come within the horizon."""
        too_early = now_ns < after(self._first_ns, -2 * LEAD_MIN_S)
        if audio is None or audio.clock is None or too_early or self.is_over(now_ns):
            return []
        clock, latency_s, wanted = audio.clock, audio.latency_s, self.wanted

        def to_frame(due_ns: EngineNs) -> DacFrame:
            return DacFrame(clock.to_count(after(due_ns, -latency_s)))

        highest = level_max_dbfs(audio.level_offset_db, self._limits.level_max_dbfs)
        limits = replace(self._limits, level_max_dbfs=highest)
        wish = WantedCue(wanted.cue_spm, self._first_ns, ())
        decision = allow(wish, wanted.level_dbfs, GuardState(now_ns), limits, "preview", 0)
        beats = self._planner.plan(
            now_ns,
            decision,
            0,
            to_frame=to_frame,
            align_to_ns=self._first_ns,
            style=BeatStyle(wanted.sound, wanted.accent_every, wanted.intensity),
        )
        return [ScheduleBeat(replace(beat, index=FIRST_INDEX + beat.index)) for beat in beats]
