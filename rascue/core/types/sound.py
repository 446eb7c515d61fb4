"""What the sound output reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.cueing import BeatOutcome
from rascue.core.types.instants import DacFrame


@dataclass(frozen=True, slots=True)
class PlayedFrame:
    """Report of the mixer about one scheduled sound."""

    beat_index: int
    frame: DacFrame
    outcome: BeatOutcome


class AudioState(StrEnum):
    """State of the sound output."""

    CLOSED = "closed"
    STARTING = "starting"
    """Open, but its clock is not yet tied to the engine clock."""
    RUNNING = "running"
    LOST = "lost"
