"""What every exported column means; the data dictionary that goes with each download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

EXPORT_VERSION = 1
"""Raised when a column changes its meaning or goes; a new column does not raise it."""

_CLOCK = "engine clock (monotonic, ns)"
_DETECTOR = "step detector of this sensor (configuration and placement in session.json)"
_STRIDES = "pairs of initial contacts of one foot"
_GOOD = "good"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    unit
        Unit, or the kind of value where there is none ("text", "count", "0 or 1").
    method
        How the value came about.
    trust
        How far it can be relied on, in words a clinician can act on.
    """

    name: str
    unit: str
    meaning: str
    method: str
    trust: str = _GOOD


def _instant(name: str, what: str, method: str = _CLOCK, trust: str = _GOOD) -> tuple[Column, ...]:
    """Return the two columns of an instant: seconds for people, nanoseconds for machines."""
    return (
        Column(f"{name}_s", "s", f"{what}, from the start of the session", method, trust),
        Column(f"{name}_ns", "ns", f"{what}, on the engine clock", method, trust),
    )


_SIDE = Column("side", "L, R or empty", "foot", _DETECTOR, "empty where the method cannot tell")
_SOURCE = Column("source_id", "text", "sensor", "as configured")
_CONFIDENCE = Column(
    "confidence", "0..1", "confidence of the detector", _DETECTOR, "not calibrated as probability"
)
_DELAY = Column(
    "detection_delay_s", "s", "time from the event to its detection", "samples needed to be sure"
)

_TRAVEL = (
    "sensor on a foot: from rest to rest (zero-velocity update); at the lower back: rise and "
    "fall of the body as of a pendulum of the leg's length, in steady walking only"
)
_TRAVEL_TRUST = (
    "estimate, about +-8 % (foot) or +-26 % (lower back) for a person without own calibration; "
    "compare only within a person"
)

_DOSE = "energy of the beats that sounded, A-weighted; 1 is 80 dB(A) for 40 hours (or as set)"
_EARS = "estimated; rests on level_offset_db and on one setting of the amplifier"

_TABLES = {
    "steps": (
        Column("step_index", "count", "number of the contact of its sensor, from 0", "counted"),
        *_instant("contact", "initial contact of the foot, as known at the time", _DETECTOR),
        Column(
            "refined_contact_s",
            "s",
            "initial contact, estimated again with later samples; empty if it was not",
            _DETECTOR,
        ),
        _DELAY,
        Column(
            "side", "L, R or empty", "foot, as known last", _DETECTOR, "empty if it cannot tell"
        ),
        _CONFIDENCE,
        _SOURCE,
    ),
    "final_contacts": (
        *_instant("contact", "the foot leaves the ground", _DETECTOR, "less certain than steps"),
        _DELAY,
        _SIDE,
        _CONFIDENCE,
        _SOURCE,
    ),
    "strides": (
        Column("stride_index", "count", "number of the stride, from 0", "counted"),
        *_instant("start", "first contact of the stride", _DETECTOR),
        *_instant("end", "next contact of the same foot", _DETECTOR),
        _SIDE,
        Column("bout", "count", "walking bout, from 1", _DETECTOR),
        Column("stride_time_s", "s", "from contact to next contact of the same foot", _STRIDES),
        Column("step_time_s", "s", "from the other foot's contact to this one", _STRIDES),
        Column(
            "stance_time_s", "s", "foot on the ground", _STRIDES, "needs final contacts; moderate"
        ),
        Column("swing_time_s", "s", "foot in the air", _STRIDES, "needs final contacts; moderate"),
        Column(
            "double_support_time_s",
            "s",
            "both feet on the ground, the two times of a stride together",
            _STRIDES,
            "needs a sensor on each foot, and final contacts; moderate",
        ),
        Column(
            "stride_length_m",
            "m",
            "length of the stride; empty where it could not be measured",
            _TRAVEL,
            _TRAVEL_TRUST,
        ),
        Column("stride_speed_mps", "m/s", "that length over its time", _TRAVEL, _TRAVEL_TRUST),
        Column(
            "stride_length_error_pct",
            "%",
            "measured error of length and speed for a person without own calibration (RMS)",
            "docs/detectors.md",
            "of this method in recordings with references, not of this stride",
        ),
        Column("beat_index", "count", "beat nearest to the contact", "nearest in time"),
        Column(
            "asynchrony_s",
            "s",
            "contact minus sounding of that beat; negative: the step came first",
            "nearest in time",
            "includes what is not known of the sound's latency (session.json)",
        ),
        Column(
            "relative_phase_deg",
            "degree",
            "asynchrony as a part of the beat interval; 360 is one interval",
            "nearest in time",
        ),
    ),
    "cadence": (
        *_instant("at", "instant of the estimate"),
        Column("cadence_spm", "steps/min", "running cadence", "robust running estimate"),
        Column("sd_spm", "steps/min", "spread of the estimate (SD)", "robust running estimate"),
        Column("n_steps", "count", "steps it rests on", "counted"),
        Column("window_s", "s", "length of walking it rests on", "first to last of those steps"),
        Column(
            "status",
            "steady, changing, sparse or standing",
            "how far it can be used; no number while sparse or standing",
            "spread and age of the steps",
        ),
    ),
    "decisions": (
        Column("decision_index", "count", "number of the decision, from 0", "counted"),
        *_instant("at", "instant of the decision"),
        Column("strategy", "text", "cue strategy that asked", "programme"),
        Column("program_block", "count", "block of the programme, from 1", "programme"),
        Column("wanted_spm", "beats/min", "tempo the strategy asked for", "strategy"),
        Column("allowed_spm", "beats/min", "tempo after all limits; empty: silence", "limits"),
        Column("phase_shift_s", "s", "shift of the next beat against the pulse", "strategy"),
        Column("level_dbfs", "dB re full scale", "peak level of a beat", "programme and limits"),
        Column("reason_codes", "text", "why, as words for machines; separated by ;", "limits"),
        Column("reasons", "text", "why, in words; separated by ;", "limits"),
    ),
    "beats": (
        Column("index", "count", "number of the beat, from 0", "counted"),
        Column("frame", "frames", "frame of the sound stream at which it starts", "planner"),
        Column("due_s", "s", "planned onset at the loudspeaker, from the start", "planner"),
        Column(
            "sound_s",
            "s",
            "onset at the loudspeaker as reported by the output, from the start",
            "frame and clock of the output",
            "spread in sound_sd_s; constant part of the latency in session.json",
        ),
        Column("sound_sd_s", "s", "spread of that report (SD)", "clock of the output"),
        Column("interval_s", "s", "planned time since the previous beat", "planner"),
        Column("sound", "text", "name of the sound", "programme"),
        Column("accent", "0 or 1", "1: the beat is accented", "programme"),
        Column("level_dbfs", "dB re full scale", "peak level", "programme and limits"),
        Column(
            "outcome",
            "played, late, cancelled or empty",
            "what became of it; empty: the session ended before a report",
            "report of the output",
        ),
        Column("decision_index", "count", "decision it carries out", "planner"),
        Column("due_ns", "ns", "planned onset, on the engine clock", _CLOCK),
        Column("sound_ns", "ns", "reported onset, on the engine clock", _CLOCK),
    ),
    "activity": (
        *_instant("at", "instant of the change", _DETECTOR),
        Column("activity", "text", "what the person does from then on", _DETECTOR),
        Column("bout", "count", "walking bout, from 1", _DETECTOR),
        _SOURCE,
    ),
    "sensor_health": (
        *_instant("at", "instant at which the doubt arose or went"),
        Column("concern", "text", "what is doubted", _DETECTOR),
        Column("raised", "0 or 1", "1: arose, 0: went", _DETECTOR),
        Column("detail", "text", "more about it", _DETECTOR),
        _SOURCE,
    ),
    "hearing": (
        *_instant("at", "instant of the account"),
        Column(
            "session_share", "share of a week", "sound that ears had in this session", _DOSE, _EARS
        ),
        Column(
            "week_share", "share of a week", "the same in the seven days until now", _DOSE, _EARS
        ),
        Column(
            "level_offset_db",
            "dB",
            "measured level at the ear, dB(A), over the level in the stream, dBFS",
            "calibration of the output",
            "empty: nobody measured it, and a conservative figure was taken",
        ),
    ),
    "gait_flags": (
        *_instant("at", "instant at which the sign of trouble began or ended", _DETECTOR),
        _DELAY,
        Column(
            "sign",
            "near_stop, stumble or freeze",
            "what it looks like: a step overdue, a step much too early, trembling in place",
            "times of the contacts; freeze: acceleration of one leg",
            "a sign, no diagnosis; rates of false ones in docs/detectors.md",
        ),
        Column("raised", "0 or 1", "1: began, 0: ended", "thresholds with hysteresis"),
        Column(
            "measure",
            "ratio",
            "interval over the usual one; freeze: power of trembling over that of walking",
            "times of the contacts; freeze: acceleration of one leg",
        ),
        Column("source_id", "text", "sensor; empty where all contacts tell it", "as configured"),
    ),
    "faults": (
        *_instant("at", "instant at which the fault came or went"),
        Column("code", "text", "name of the fault", "fault table"),
        Column("raised", "0 or 1", "1: came, 0: went", "fault table"),
        Column("effect", "text", "what it does to the cue", "fault table"),
        Column("text", "text", "what it means", "fault table"),
        Column("remedy", "text", "what to do", "fault table"),
        Column("detail", "text", "more about it", "whoever raised it"),
    ),
    "notes": (
        *_instant("at", "instant of the note"),
        Column("kind", "text", "mark by a person, or a change with its cause", "engine"),
        Column("text", "text", "the note", "engine or person"),
    ),
}

TABLES: Mapping[str, tuple[Column, ...]] = MappingProxyType(_TABLES)
"""Table -> its columns, in the order of the file."""

DICTIONARY_HEADER = ("table", "column", "unit", "meaning", "method", "trust")


def dictionary_rows() -> list[tuple[str, ...]]:
    """Return one row per column of every table, under ``DICTIONARY_HEADER``."""
    return [
        (table, column.name, column.unit, column.meaning, column.method, column.trust)
        for table, columns in TABLES.items()
        for column in columns
    ]
