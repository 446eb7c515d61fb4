"""What the sound output reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.cueing import BeatOutcome
from rascue.core.types.instants import DacFrame, EngineNs


@dataclass(frozen=True, slots=True)
class PlayedFrame:
    """Report of the mixer about one scheduled sound."""

    beat_index: int
    frame: DacFrame
    outcome: BeatOutcome


@dataclass(frozen=True, slots=True)
class SoundDose:
    """What a person's ears have had, as shares of what a week allows: 1 is all of it.

    Parameters
    ----------
    session_share, week_share
        In this session, and in the seven days until now with this session.
    audible
        False where nobody can hear the output; nothing is counted then.
    level_offset_db
        Measured level at the ear, dB(A), minus level in the stream, dBFS; None: nobody measured
        it, and the shares rest on a conservative assumption.
    """

    at_ns: EngineNs
    session_share: float
    week_share: float
    audible: bool
    level_offset_db: float | None


class AudioState(StrEnum):
    """State of the sound output."""

    CLOSED = "closed"
    STARTING = "starting"
    """Open, but its clock is not yet tied to the engine clock."""
    RUNNING = "running"
    LOST = "lost"
