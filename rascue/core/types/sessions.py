"""A session as a whole, and what people ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.instants import EngineNs
from rascue.core.types.prescription import SessionProgram
from rascue.core.types.sensing import SourceInfo


class SessionState(StrEnum):
    """Where the engine is."""

    IDLE = "idle"
    BASELINE = "baseline"
    CUEING = "cueing"
    HOLDING = "holding"
    """Information was lost: the last allowed tempo goes on, unchanged."""
    FADING = "fading"
    SILENT = "silent"
    """In a session, without cues: rest, probe, or paused by a person."""
    ENDED = "ended"
    FAULTED = "faulted"


@dataclass(frozen=True, slots=True)
class SessionHeader:
    """What a session file says about itself; the only place where wall time meets engine time.

    ``started_utc`` is ISO 8601 text, or "" where it is not known (replay of a recording).
    """

    session_id: str
    subject_code: str
    started_utc: str
    anchor_ns: EngineNs
    boot_id: str
    software: str
    config_sha256: str
    program: SessionProgram
    sources: tuple[SourceInfo, ...]
    audio_name: str
    audio_rate_hz: int
    audio_latency_s: float
    audio_latency_measured: bool = False
    audio_level_offset_db: float | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person asked for; answered by an acknowledgment or a refusal with a reason.

    ``at_ns`` is when the engine received it; ``args`` holds plain JSON values.
    """

    id: str
    at_ns: EngineNs
    kind: str
    args: Mapping[str, object]
    actor: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log: a mark by a person, or a change of state with its cause."""

    at_ns: EngineNs
    kind: str
    text: str
