"""What engine and dashboard say to each other: one JSON object a line, versioned, no free form.

engine -> client    Hello, once after connecting; Snapshot, 10 a second; Event, for each record the
                    store has committed; Answer, one for each request
client -> engine    Request

Both sides refuse what they do not know: a message with an unknown key, kind or version is an
error with one line of text, never a guess.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from rascue.core.errors import LinkError
from rascue.core.faults import Effect, FaultCode
from rascue.core.types import AudioState, CadenceStatus, SessionState, StepKind

LINK_VERSION: Final = 1
"""Raised by one whenever a message changes; both processes come from one package."""

LINE_MAX_BYTES = 1_000_000
"""Longest line either side accepts: default, not evidence. A programme is a few kB."""

SNAPSHOT_PERIOD_S = 0.1
"""Time between two snapshots, s. Source: ARCHITECTURE section 7."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Message(_Part):
    v: Literal[1] = LINK_VERSION


# --- engine -> client --------------------------------------------------------------------------


class SoundOffer(_Part):
    """A sound that may be chosen; ``keys`` are those that music may be played in."""

    name: str
    group: str
    keys: tuple[str, ...] = ()


class Hello(_Message):
    """First line on every connection. ``boot_id`` changes with each start of the computer."""

    type: Literal["hello"] = "hello"
    engine_version: str
    boot_id: str
    sounds: tuple[SoundOffer, ...] = ()


class SensorState(StrEnum):
    """How the sensor does, for a lamp."""

    NONE = "none"
    """No sensor is configured or none was found."""
    STARTING = "starting"
    RUNNING = "running"
    STALE = "stale"
    """Connected, but no sample for longer than it should take."""
    LOST = "lost"


class SensorLamp(_Part):
    """The sensor in one look.

    ``text`` names it for people; a simulated one begins with "simulated". ``age_s`` is the time
    since its newest sample, s, at least 0; None before the first.
    """

    state: SensorState
    text: str
    age_s: float | None = Field(default=None, ge=0)


class SoundLamp(_Part):
    """The sound output in one look.

    ``audible`` is False where nobody can hear it; ``calibrated`` says whether its loudness was
    measured; ``unsteady_ms`` is the spread of its delay where that is too wide for cues that follow
    the steps, ms, else None.
    """

    state: AudioState
    text: str
    audible: bool
    calibrated: bool = False
    unsteady_ms: float | None = None


class FaultNote(_Part):
    """A raised fault with the words of ``core.faults.FAULT_TABLE``."""

    code: FaultCode
    effect: Effect
    text: str
    remedy: str
    detail: str = ""
    latched: bool = False


class Snapshot(_Message):
    """All that a person beside the walker may want to know now.

    Parameters
    ----------
    seq
        Counts the snapshots of one engine from 0.
    at_ns
        Engine time of the snapshot.
    session_id, session_file
        None outside a session; the file is the path of the session's log.
    block_index, block_count
        Block of the programme, counted from 0; ``block_count`` is 0 without a programme.
    block_kind
        What the block is for; None without a programme.
    block_elapsed_s, block_left_s, elapsed_s, planned_s
        Times in block and session, s, at least 0.
    cadence_spm
        Measured cadence, steps/min; None when ``cadence_status`` says it is not known.
    baseline_spm, target_spm, cue_spm
        The person's uncued cadence, what the programme aims at, what the beat does now,
        steps/min; None when not known or silent.
    level_dbfs
        Peak level of a beat, dB re full scale; None while silent.
    tempo_offset_spm, level_offset_db
        What people added by hand, steps/min and dB.
    consistency_r
        Length of the mean phase vector, 0..1; None with too few steps.
    asynchrony_mean_ms
        Step minus beat, ms; negative when the step comes first; None with too few steps.
    locked
        True while the person walks with the beat.
    stopped
        True after a person pressed stop, until the session is resumed or ended.
    hearing_week_share, hearing_session_share
        What the person's ears have had, as shares of what a week allows.
    explanation
        The newest decision in one sentence.
    preview
        Sound that somebody listens to outside a session, "" when nobody does.
    """

    type: Literal["snapshot"] = "snapshot"
    seq: int = Field(ge=0)
    at_ns: int
    state: SessionState
    session_id: str | None = None
    session_file: str | None = None
    subject_code: str = ""
    program_title: str = ""
    block_index: int = 0
    block_count: int = 0
    block_title: str = ""
    block_kind: StepKind | None = None
    block_elapsed_s: float = 0.0
    block_left_s: float = 0.0
    elapsed_s: float = 0.0
    planned_s: float = 0.0
    cadence_spm: float | None = None
    cadence_status: CadenceStatus = CadenceStatus.SPARSE
    baseline_spm: float | None = None
    target_spm: float | None = None
    cue_spm: float | None = None
    level_dbfs: float | None = None
    tempo_offset_spm: float = 0.0
    level_offset_db: float = 0.0
    consistency_r: float | None = Field(default=None, ge=0, le=1)
    asynchrony_mean_ms: float | None = None
    locked: bool = False
    stopped: bool = False
    n_steps: int = 0
    n_beats: int = 0
    hearing_week_share: float = Field(default=0.0, ge=0)
    hearing_session_share: float = Field(default=0.0, ge=0)
    explanation: str = ""
    preview: str = ""
    sensor: SensorLamp
    sound: SoundLamp
    faults: tuple[FaultNote, ...] = ()


class EventKind(StrEnum):
    """What an event tells of."""

    STEP = "step"
    BEAT = "beat"
    DECISION = "decision"
    FAULT = "fault"
    NOTE = "note"
    STATE = "state"


class Event(_Message):
    """A record that is safely in the session file; ``data`` holds its fields by name."""

    type: Literal["event"] = "event"
    kind: EventKind
    data: dict[str, Any]


class Answer(_Message):
    """What became of a request; ``text`` is one line for people, the reason when refused.

    ``id`` is that of the request, or "" when the line could not be read.
    """

    type: Literal["answer"] = "answer"
    id: str
    ok: bool
    text: str


# --- client -> engine --------------------------------------------------------------------------

# A therapist moves by 1 or 5 steps/min and by 1 or 3 dB; the engine's limits hold the sum.
# Bounds of one request: default, not evidence.
_TempoDelta = Annotated[float, Field(ge=-20, le=20)]
_LevelDelta = Annotated[float, Field(ge=-12, le=12)]


class CommandKind(StrEnum):
    """Everything a person can ask of the engine."""

    START = "start"
    STOP = "stop"
    """R1: silent at once; the session goes on, silent, until resumed or ended."""
    RESUME = "resume"
    END = "end"
    ADJUST_TEMPO = "adjust_tempo"
    ADJUST_LEVEL = "adjust_level"
    SKIP_BLOCK = "skip_block"
    MARK = "mark"
    PREVIEW = "preview"
    """Some beats of a sound, outside a session."""
    CLEAR_FAULT = "clear_fault"


class StartArgs(_Part):
    """A programme as ``config.program.program_to_dict`` writes it, for whom, and wall time."""

    program: dict[str, Any]
    subject_code: str = Field(min_length=1, max_length=64)
    started_utc: str


class NoArgs(_Part):
    """The command says it all."""


class AdjustTempoArgs(_Part):
    """Change of the cue's tempo, steps/min."""

    delta_spm: _TempoDelta


class AdjustLevelArgs(_Part):
    """Change of the level of the beats, dB."""

    delta_db: _LevelDelta


class MarkArgs(_Part):
    """A remark for the log."""

    text: str = Field(max_length=500)


class PreviewArgs(_Part):
    """A sound to hear; tempo in steps/min, peak level in dB re full scale."""

    sound: str = Field(min_length=1, max_length=120)
    accent_every: int = Field(ge=1, le=8)
    intensity: float = Field(ge=0, le=1)
    cue_spm: float = Field(ge=30, le=180)
    level_dbfs: float = Field(ge=-60, le=0)


class ClearFaultArgs(_Part):
    """The latched fault a person has seen to."""

    code: FaultCode


COMMAND_ARGS: dict[CommandKind, type[_Part]] = {
    CommandKind.START: StartArgs,
    CommandKind.STOP: NoArgs,
    CommandKind.RESUME: NoArgs,
    CommandKind.END: NoArgs,
    CommandKind.ADJUST_TEMPO: AdjustTempoArgs,
    CommandKind.ADJUST_LEVEL: AdjustLevelArgs,
    CommandKind.SKIP_BLOCK: NoArgs,
    CommandKind.MARK: MarkArgs,
    CommandKind.PREVIEW: PreviewArgs,
    CommandKind.CLEAR_FAULT: ClearFaultArgs,
}
"""The arguments each command takes, all of them and no others."""


class Request(_Message):
    """Something a person asks for; answered once, by an ``Answer`` with the same ``id``."""

    type: Literal["command"] = "command"
    id: str = Field(min_length=1, max_length=64)
    kind: CommandKind
    args: dict[str, Any] = Field(default_factory=dict)
    actor: str = Field(max_length=64)

    @model_validator(mode="after")
    def _args_fit_kind(self) -> Request:
        COMMAND_ARGS[self.kind].model_validate(self.args)
        return self


# --- lines -------------------------------------------------------------------------------------

FromEngine = Hello | Snapshot | Event | Answer
Message = FromEngine | Request

_FROM_ENGINE: TypeAdapter[FromEngine] = TypeAdapter(
    Annotated[FromEngine, Field(discriminator="type")]
)


def encode(message: Message) -> bytes:
    """Return the message as one line of JSON with its line end."""
    return message.model_dump_json().encode() + b"\n"


def parse_from_engine(line: bytes) -> FromEngine:
    """Return the message the engine sent.

    Raises
    ------
    LinkError
        With one line that says what is wrong with it.
    """
    try:
        return _FROM_ENGINE.validate_json(line)
    except ValidationError as error:
        raise LinkError(f"the engine said something unknown: {_first_problem(error)}") from error


def parse_request(line: bytes) -> Request:
    """Return the request a client sent.

    Raises
    ------
    LinkError
        With one line that says what is wrong with it.
    """
    try:
        return Request.model_validate_json(line)
    except ValidationError as error:
        raise LinkError(f"request refused: {_first_problem(error)}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    if problem["loc"] and problem["loc"][-1] == "v":
        return f"it speaks another version than {LINK_VERSION}; restart engine and dashboard"
    return f"{where}: {problem['msg']}" if where else problem["msg"]
