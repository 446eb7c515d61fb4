"""The nouns of the system: what one stage hands to the next.

All are frozen, with units in their names, and carry no behavior beyond trivial properties.
Arrays are read-only by agreement: a stage that needs to change one makes its own copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

EngineNs = NewType("EngineNs", int)
"""An instant on the engine's one clock (CLOCK_MONOTONIC), integer nanoseconds."""

DacFrame = NewType("DacFrame", int)
"""An instant on the sound device's clock: frames since the stream was opened."""

SensorTick = NewType("SensorTick", int)
"""An instant on a sensor's own clock, in its own ticks."""


# --- sensor ------------------------------------------------------------------------------------


class Placement(StrEnum):
    """Where a sensor is worn."""

    LOWER_BACK = "lower_back"
    LEFT_FOOT = "left_foot"
    RIGHT_FOOT = "right_foot"
    LEFT_SHANK = "left_shank"
    RIGHT_SHANK = "right_shank"
    THIGH = "thigh"
    POCKET = "pocket"
    UNKNOWN = "unknown"


class Frame(StrEnum):
    """The axes that the samples of a block refer to."""

    SENSOR = "sensor"
    """As printed on the chip; nothing is known about how it is worn."""
    BODY = "body"
    """x up, y right, z forward (``is``, ``ml``, ``pa`` as in Mobilise-D), right-handed."""


class BlockFlag(IntFlag):
    """What a consumer must know about the samples of one block."""

    NONE = 0
    GAP_BEFORE = 1
    """Samples are missing between the previous block and this one."""
    SATURATED = 2
    """At least one value stands at the end of the sensor's range."""
    TIME_UNLOCKED = 4
    """The sensor clock is not yet (or no longer) tied to the engine clock within its bound."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a sensor source states about itself before its first sample.

    Parameters
    ----------
    source_id
        Name of the source, unique in a session ("waist", "left_foot").
    placement
        Where it is worn; ``Placement.UNKNOWN`` when nobody said.
    rate_hz
        Nominal sampling rate, samples per second.
    has_gyro
        False for an accelerometer alone; blocks then carry ``gyr_dps`` of shape (0, 3).
    acc_range_mps2, gyr_range_dps
        Largest absolute value the sensor can report; None when not known.
    description
        One line for people: chip and bus, or the file it comes from.
    """

    source_id: str
    placement: Placement
    rate_hz: float
    has_gyro: bool
    acc_range_mps2: float | None = None
    gyr_range_dps: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ImuBlock:
    """Consecutive samples of one IMU.

    Parameters
    ----------
    t_ns
        int64 (n,), engine time of each sample, strictly increasing, n >= 1.
    acc_mps2
        float32 (n, 3), specific force: about 9.81 upward at rest.
    gyr_dps
        float32 (n, 3), or (0, 3) when the sensor has no gyroscope.
    time_sd_s
        Standard deviation of the sample times, s; 0 for recordings.
    """

    source_id: str
    seq: int
    t_ns: NDArray[np.int64]
    acc_mps2: NDArray[np.float32]
    gyr_dps: NDArray[np.float32]
    frame: Frame = Frame.SENSOR
    flags: BlockFlag = BlockFlag.NONE
    time_sd_s: float = 0.0

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.t_ns)

    @property
    def first_ns(self) -> EngineNs:
        """Instant of the first sample."""
        return EngineNs(int(self.t_ns[0]))

    @property
    def last_ns(self) -> EngineNs:
        """Instant of the last sample."""
        return EngineNs(int(self.t_ns[-1]))


# --- steps -------------------------------------------------------------------------------------


class Side(StrEnum):
    """Which foot; UNKNOWN when the detector cannot say."""

    LEFT = "L"
    RIGHT = "R"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One initial contact, announced as soon as the detector is confident enough.

    Parameters
    ----------
    index
        Counts the contacts of one source from 0.
    ic_ns
        Best estimate of the instant of contact at the time of announcement.
    detected_ns
        Time of the sample that let the detector decide; ``detected_ns - ic_ns`` is its delay.
    confidence
        0..1; 1 is certain.
    """

    index: int
    ic_ns: EngineNs
    detected_ns: EngineNs
    side: Side
    confidence: float
    source_id: str


@dataclass(frozen=True, slots=True)
class StepRefined:
    """A better time (or side) for a contact already announced; the log keeps both."""

    index: int
    ic_ns: EngineNs
    detected_ns: EngineNs
    side: Side
    source_id: str


@dataclass(frozen=True, slots=True)
class FinalContactEvent:
    """A foot left the ground; only from detectors that can tell."""

    fc_ns: EngineNs
    detected_ns: EngineNs
    side: Side
    confidence: float
    source_id: str


class Activity(StrEnum):
    """What the wearer is doing, as far as one sensor can tell."""

    UNKNOWN = "unknown"
    STANDING = "standing"
    WALKING = "walking"
    TURNING = "turning"


@dataclass(frozen=True, slots=True)
class ActivityChange:
    """The wearer began to walk, stand or turn; ``bout_id`` counts walking bouts from 1."""

    at_ns: EngineNs
    detected_ns: EngineNs
    activity: Activity
    bout_id: int
    source_id: str


class SensorConcern(StrEnum):
    """A doubt about the sensor itself; the text for people stands in ``core.faults``."""

    STUCK = "stuck"
    SATURATED = "saturated"
    LOOSE = "loose"
    UPSIDE_DOWN = "upside_down"
    SWAPPED_FEET = "swapped_feet"
    WRONG_UNITS = "wrong_units"


@dataclass(frozen=True, slots=True)
class SensorHealth:
    """A concern was raised or cleared by a detector."""

    at_ns: EngineNs
    source_id: str
    concern: SensorConcern
    raised: bool
    detail: str


DetectorEvent = StepEvent | StepRefined | FinalContactEvent | ActivityChange | SensorHealth
"""Everything a step detector may report."""


# --- cadence -----------------------------------------------------------------------------------


class CadenceStatus(StrEnum):
    """How far a cadence estimate can be used."""

    STEADY = "steady"
    CHANGING = "changing"
    SPARSE = "sparse"
    """Too few steps yet, or too many rejected; no number is given."""
    STANDING = "standing"
    """No step for longer than a stride should take; no number is given."""


@dataclass(frozen=True, slots=True)
class CadenceEstimate:
    """Steps per minute as known at one instant.

    ``cadence_spm`` and ``sd_spm`` are None while ``status`` is SPARSE or STANDING.
    ``next_ic_ns`` is the predicted instant of the next contact with SD ``next_ic_sd_s``.
    """

    at_ns: EngineNs
    cadence_spm: float | None
    sd_spm: float | None
    n_steps: int
    window_s: float
    status: CadenceStatus
    next_ic_ns: EngineNs | None = None
    next_ic_sd_s: float | None = None


@dataclass(frozen=True, slots=True)
class StrideRecord:
    """One gait cycle, one row for a clinician; None where it was not measured."""

    side: Side
    bout_id: int
    ic_ns: EngineNs
    next_ic_ns: EngineNs
    stride_time_s: float
    step_time_s: float | None = None
    stance_time_s: float | None = None
    swing_time_s: float | None = None
    beat_index: int | None = None
    asynchrony_s: float | None = None
    relative_phase_deg: float | None = None


# --- programme ---------------------------------------------------------------------------------


class StepKind(StrEnum):
    """What one block of a programme is for."""

    BASELINE = "baseline"
    CUED = "cued"
    FADE = "fade"
    REST = "rest"
    PROBE = "probe"
    """Walking without cues to measure carry-over."""


class TargetKind(StrEnum):
    """What the target number of a programme block refers to."""

    ABSOLUTE = "absolute"
    """steps/min"""
    PERCENT_OF_BASELINE = "percent_of_baseline"
    """percent of the cadence measured in the BASELINE block; 100 is the person's own tempo"""


@dataclass(frozen=True, slots=True)
class Target:
    """Tempo a block aims at; with ``end_value`` it moves there evenly over the block."""

    kind: TargetKind
    value: float
    end_value: float | None = None


ParamValue = float | int | bool | str


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """One block of a programme.

    Parameters
    ----------
    duration_s
        Length of the block, s, greater than 0.
    target
        None in blocks without cues.
    strategy
        Registered name of the cue strategy ("fixed", "match", "follow"); "" without cues.
    params
        Parameters of the strategy, by name; missing ones keep their defaults.
    level_dbfs, end_level_dbfs
        Peak level of a beat; with an end level it moves there evenly over the block.
    accent_every
        1 = all beats alike, 2/3/4 = the first of so many is accented.
    max_rate_spm_per_s
        Tighter slew limit for this block, steps/min per s; None = the limit in force.
    """

    kind: StepKind
    duration_s: float
    title: str = ""
    target: Target | None = None
    strategy: str = ""
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    sound: str = "click"
    level_dbfs: float = -18.0
    end_level_dbfs: float | None = None
    accent_every: int = 1
    max_rate_spm_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class SessionProgram:
    """The prescription: blocks in order, kept with the session that ran it."""

    name: str
    version: str
    title: str
    rationale: str
    steps: tuple[ProgramStep, ...]

    @property
    def duration_s(self) -> float:
        """Planned length of all blocks, s."""
        return sum(step.duration_s for step in self.steps)


# --- cue ---------------------------------------------------------------------------------------


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
    """

    index: int
    due_ns: EngineNs
    frame: DacFrame
    interval_s: float
    sound: str
    accent: bool
    level_dbfs: float
    decision_index: int


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


# --- audio -------------------------------------------------------------------------------------


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


# --- session -----------------------------------------------------------------------------------


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
