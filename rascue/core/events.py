"""What goes into the engine and what comes out of it; both sides are stored with the session.

An input log fed to a fresh engine gives the same outputs bit for bit, so nothing may reach the
engine but through one of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast, get_args

from rascue.core.clockmap import ClockMap
from rascue.core.faults import Fault
from rascue.core.types import (
    ActivityChange,
    AudioState,
    Beat,
    CadenceEstimate,
    Command,
    CueDecision,
    DacFrame,
    EngineNs,
    FinalContactEvent,
    GaitFlag,
    ImuBlock,
    Note,
    PlayedBeat,
    PlayedFrame,
    SensorHealth,
    SessionHeader,
    SoundDose,
    StepEvent,
    StepRefined,
    StrideRecord,
    StrideTravel,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on; sent 20 times a second so that the engine needs no clock of its own."""

    at_ns: EngineNs


@dataclass(frozen=True, slots=True)
class AudioStatus:
    """What the sound output reports.

    Parameters
    ----------
    clock
        Frame -> engine time of the *converter's input*, i.e. without ``latency_s``; None until
        the fit is good enough.
    played
        Outcomes since the last report, in order of frames.
    underflows
        Interruptions since the stream was opened.
    device
        Name of the device that is open, "" while none is.
    latency_measured
        True when a calibration found the latency, False when the driver states it.
    audible
        False where nobody can hear the result.
    level_offset_db
        Measured level at the ear, dB(A), minus level in the stream, dBFS; None when nobody did.
    sound_trouble
        Why the sound asked for is not heard and clicks take its place; "" when it is.
    """

    at_ns: EngineNs
    state: AudioState
    clock: ClockMap | None
    played: tuple[PlayedFrame, ...]
    underflows: int
    latency_s: float
    latency_sd_s: float
    detail: str = ""
    device: str = ""
    latency_measured: bool = False
    audible: bool = False
    level_offset_db: float | None = None
    sound_trouble: str = ""


EngineInput = Tick | ImuBlock | AudioStatus | Command | Fault
"""Everything the engine may be told. A ``Fault`` comes from a source thread or the store."""

Record = (
    StepEvent
    | StepRefined
    | FinalContactEvent
    | ActivityChange
    | SensorHealth
    | GaitFlag
    | CadenceEstimate
    | StrideRecord
    | StrideTravel
    | CueDecision
    | Beat
    | PlayedBeat
    | SoundDose
    | Fault
    | Note
)
"""Everything the engine states about the session; one table each in the session file."""

_RECORD_TYPES: tuple[type, ...] = get_args(Record)


@dataclass(frozen=True, slots=True)
class ScheduleBeat:
    """Give this beat to the sound output now."""

    beat: Beat


@dataclass(frozen=True, slots=True)
class MakeReady:
    """Make the samples of these sounds before they are needed."""

    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CancelFrom:
    """Take back every scheduled sound that starts at this frame or later."""

    frame: DacFrame


@dataclass(frozen=True, slots=True)
class FadeAll:
    """Silence everything that sounds within ``ramp_s`` and drop all that is scheduled (R1)."""

    ramp_s: float


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to a command: done, or refused with one line that says why."""

    command_id: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session begins: everything from the present input on belongs to it."""

    header: SessionHeader


@dataclass(frozen=True, slots=True)
class CloseSession:
    """The session is over; the present input is its last."""


SoundEffect = ScheduleBeat | MakeReady | CancelFrom | FadeAll
SessionEffect = OpenSession | CloseSession
Effect = SoundEffect | SessionEffect | Reply | Record
"""Everything the engine asks of the world around it, in order."""


def records_among(effects: Iterable[Effect]) -> list[Record]:
    """Return those effects that state something about the session, in order."""
    return [cast(Record, effect) for effect in effects if isinstance(effect, _RECORD_TYPES)]
