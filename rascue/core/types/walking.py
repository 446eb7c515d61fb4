"""What is found in samples: contacts, activity, signs of trouble, doubts about the sensor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.types.instants import EngineNs


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


class GaitSign(StrEnum):
    """A sign that walking is in trouble."""

    NEAR_STOP = "near_stop"
    """A step is overdue, or came so late, while the person was walking."""
    STUMBLE = "stumble"
    """A step came much too early for an otherwise even walk."""
    FREEZE = "freeze"
    """The leg trembles instead of stepping."""


@dataclass(frozen=True, slots=True)
class GaitFlag:
    """A sign was raised or cleared.

    Parameters
    ----------
    at_ns
        When it began or ended.
    measure
        What it rests on: interval over the usual one (near-stop: at least so much; stumble),
        trembling over walking power (freeze); that of the moment of clearing when cleared.
    source_id
        The sensor; "" where contacts of all sensors tell it.
    """

    at_ns: EngineNs
    detected_ns: EngineNs
    sign: GaitSign
    raised: bool
    measure: float
    source_id: str


@dataclass(frozen=True, slots=True)
class StrideTravel:
    """How long a stride was; told with its ``StrideRecord`` or one stride later.

    Parameters
    ----------
    ic_ns, next_ic_ns
        The contacts that bound the stride, as in its record.
    length_m
        Horizontal distance, not below 0.
    speed_mps
        The same over the time in which it was travelled.
    error_pct
        Measured error of the method for a person without own calibration, % of length and speed
        (RMS); None in a file from before it was stated.
    """

    side: Side
    ic_ns: EngineNs
    next_ic_ns: EngineNs
    detected_ns: EngineNs
    length_m: float
    speed_mps: float
    source_id: str
    error_pct: float | None = None


DetectorEvent = StepEvent | StepRefined | FinalContactEvent | ActivityChange | SensorHealth
"""Everything a step detector may report."""
