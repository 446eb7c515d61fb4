"""What the engine shows of itself: one value, made on request, for the snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from rascue.core.events import AudioStatus
from rascue.core.faults import Fault
from rascue.core.types import (
    CadenceEstimate,
    EngineNs,
    ProgramStep,
    SessionHeader,
    SessionState,
    SoundDose,
)
from rascue.cue.base import Synchrony


@dataclass(frozen=True, slots=True)
class TherapyView:
    """The running session; tempi in steps/min, None where unknown or silent.

    ``stopped`` is True from a person's stop until the session is resumed.
    """

    header: SessionHeader
    block_index: int
    block: ProgramStep
    block_elapsed_s: float
    block_left_s: float
    elapsed_s: float
    baseline_spm: float | None
    target_spm: float | None
    cue_spm: float | None
    level_dbfs: float | None
    tempo_offset_spm: float
    level_offset_db: float
    synchrony: Synchrony
    n_steps: int
    n_beats: int
    dose: SoundDose
    stopped: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class EngineView:
    """State of the engine at one instant."""

    at_ns: EngineNs
    state: SessionState
    cadence: CadenceEstimate
    last_sample_ns: EngineNs | None
    audio: AudioStatus | None
    faults: tuple[Fault, ...]
    therapy: TherapyView | None
    preview: str
    """Name of the sound that somebody listens to outside a session, else ""."""
