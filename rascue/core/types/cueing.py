"""From a wish to a sound: decisions, beats, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.instants import DacFrame, EngineNs


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value is what it is, for a person and for a machine."""

    code: str
    text: str
    from_value: float | None = None
    to_value: float | None = None


@dataclass(frozen=True, slots=True)
class CueDecision:
    """What was wanted, what was allowed, and why; silence is ``allowed_spm`` None."""

    at_ns: EngineNs
    strategy: str
    program_step: int
    wanted_spm: float | None
    allowed_spm: float | None
    phase_shift_s: float
    level_dbfs: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Beat:
    """One planned sound.

    Parameters
    ----------
    due_ns
        Instant at which the onset leaves the loudspeaker.
    frame
        Frame of the stream at which the sound starts; output latency is already subtracted.
    interval_s
        Time from the previous beat (or the nominal interval for the first), s.
    decision_index
        Index of the decision, counted in the session from 0, that this beat carries out.
    intensity
        0..1, how full music is; other sounds take no notice.
    """

    index: int
    due_ns: EngineNs
    frame: DacFrame
    interval_s: float
    sound: str
    accent: bool
    level_dbfs: float
    decision_index: int
    intensity: float = 0.5


class BeatOutcome(StrEnum):
    """What became of a planned beat."""

    PLAYED = "played"
    LATE = "late"
    """Its frame had passed when the mixer saw it; it was dropped, never played late."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PlayedBeat:
    """What became of a beat; ``sound_ns`` is None unless it was played."""

    index: int
    frame: DacFrame
    sound_ns: EngineNs | None
    sound_sd_s: float
    outcome: BeatOutcome
