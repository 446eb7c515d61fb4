"""One table: fault -> effect -> what a person reads. Code only raises a fault."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from rascue.core.types import EngineNs


class Effect(IntEnum):
    """What a fault does to the therapy; the strongest of all raised ones wins."""

    NOTE = 0
    WARN = 1
    NO_START = 2
    """A session cannot be started; a running one goes on with a warning."""
    HOLD = 3
    """Keep the last allowed tempo, adapt nothing; after ``hold_max_s`` fade."""
    FADE = 4
    STOP = 5


class FaultCode(StrEnum):
    """Every fault the service knows."""

    SENSOR_GAP = "sensor_gap"
    SENSOR_STALE = "sensor_stale"
    SENSOR_LOST = "sensor_lost"
    SENSOR_CONCERN = "sensor_concern"
    """Any of the next six, in session files of version 1."""
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_SATURATED = "sensor_saturated"
    SENSOR_LOOSE = "sensor_loose"
    SENSOR_UPSIDE_DOWN = "sensor_upside_down"
    SENSOR_UNITS = "sensor_units"
    FEET_SWAPPED = "feet_swapped"
    SENSOR_UNORIENTED = "sensor_unoriented"
    TIME_UNLOCKED = "time_unlocked"
    CADENCE_IMPLAUSIBLE = "cadence_implausible"
    WALKER_STOPPED = "walker_stopped"
    NEAR_STOP = "near_stop"
    STUMBLE = "stumble"
    FREEZING = "freezing"
    BEAT_LATE = "beat_late"
    BEATS_LATE_OFTEN = "beats_late_often"
    AUDIO_UNDERRUN = "audio_underrun"
    AUDIO_LOST = "audio_lost"
    AUDIO_SILENT = "audio_silent"
    SONG_UNAVAILABLE = "song_unavailable"
    AUDIO_UNSTEADY = "audio_unsteady"
    BEATS_UNREPORTED = "beats_unreported"
    SOUND_LOWERED = "sound_lowered"
    SOUND_SPENT = "sound_spent"
    STORE_FULL = "store_full"
    STORE_SLOW = "store_slow"
    STORE_FAILED = "store_failed"
    DASHBOARD_GONE = "dashboard_gone"
    ENGINE_LAG = "engine_lag"
    NOT_FOLLOWING = "not_following"
    STOP_BUTTON_GONE = "stop_button_gone"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """What one fault does and how it is told."""

    effect: Effect
    text: str
    remedy: str
    latched: bool = False
    """True: stays raised until a person clears it."""


FAULT_TABLE: dict[FaultCode, FaultRule] = {
    FaultCode.SENSOR_GAP: FaultRule(
        Effect.WARN, "Some sensor samples are missing.", "Check cable and strap."
    ),
    FaultCode.SENSOR_STALE: FaultRule(
        Effect.HOLD,
        "The sensor has gone quiet; the beat is held and will fade.",
        "Check cable, battery and strap of the sensor.",
    ),
    FaultCode.SENSOR_LOST: FaultRule(
        Effect.HOLD,
        "The sensor cannot be reached; the beat is held and will fade.",
        "Check that the sensor is plugged in; it is used again as soon as it answers.",
    ),
    FaultCode.SENSOR_CONCERN: FaultRule(
        Effect.WARN, "The sensor's signal looks wrong.", "Check how the sensor is worn."
    ),
    FaultCode.SENSOR_STUCK: FaultRule(
        Effect.HOLD,
        "The sensor repeats one value; the beat is held and will fade.",
        "Check its cable, or restart it.",
    ),
    FaultCode.SENSOR_SATURATED: FaultRule(
        Effect.WARN,
        "The movement is larger than the sensor can measure.",
        "Choose a larger range of the sensor.",
    ),
    FaultCode.SENSOR_LOOSE: FaultRule(
        Effect.WARN,
        "The sensor shakes on its strap: steps may be missed or invented.",
        "Pull the strap tight.",
    ),
    FaultCode.SENSOR_UPSIDE_DOWN: FaultRule(
        Effect.WARN,
        "The sensor is upside down, compared with how it was mounted.",
        "Turn it round, or record anew with rascue mount how it is worn.",
    ),
    FaultCode.SENSOR_UNITS: FaultRule(
        Effect.WARN,
        "The sensor's acceleration is far from gravity on average.",
        "Run rascue imucheck; for a recording, check its units.",
    ),
    FaultCode.FEET_SWAPPED: FaultRule(
        Effect.WARN,
        "The left and the right foot sensor seem to be exchanged.",
        "Exchange them; sides and asymmetry are the wrong way round until then.",
    ),
    FaultCode.SENSOR_UNORIENTED: FaultRule(
        Effect.NOTE,
        "How the sensor is worn is not known yet.",
        "It is found in the first steps: let the person walk straight ahead.",
    ),
    FaultCode.TIME_UNLOCKED: FaultRule(
        Effect.HOLD,
        "The sensor's clock is not yet tied to ours.",
        "Wait a few seconds; if it stays, restart the sensor.",
    ),
    FaultCode.CADENCE_IMPLAUSIBLE: FaultRule(
        Effect.HOLD,
        "The measured cadence is not plausible; the beat is held.",
        "Check that the sensor sits where it is set up to be.",
    ),
    FaultCode.WALKER_STOPPED: FaultRule(
        Effect.NOTE, "No steps: the person stands.", "The beat fades if no step follows."
    ),
    FaultCode.NEAR_STOP: FaultRule(
        Effect.NOTE,
        "A step is overdue: a beat that sounds keeps its tempo.",
        "Look at the person: a hesitation, or the walk is about to end.",
    ),
    FaultCode.STUMBLE: FaultRule(
        Effect.NOTE,
        "A step came much too early, as in a stumble: a beat that sounds keeps its tempo.",
        "Look at the person; press stop if walking is not safe.",
    ),
    FaultCode.FREEZING: FaultRule(
        Effect.NOTE,
        "The leg trembles in place, as in freezing of gait.",
        "Stay beside the person; a programme with a freeze cue sounds it now.",
    ),
    FaultCode.BEAT_LATE: FaultRule(
        Effect.WARN, "A beat came too late and was left out.", "If it repeats, restart the service."
    ),
    FaultCode.BEATS_LATE_OFTEN: FaultRule(
        Effect.FADE,
        "Too many beats came too late; the beat fades.",
        "Close other work on this computer and start again.",
    ),
    FaultCode.AUDIO_UNDERRUN: FaultRule(
        Effect.WARN,
        "The sound was interrupted for a moment.",
        "If it repeats, choose a larger block size in the configuration.",
    ),
    FaultCode.AUDIO_LOST: FaultRule(
        Effect.NO_START,
        "The sound output is gone; the beat returns when it does.",
        "Plug it in again, or choose another output.",
    ),
    FaultCode.AUDIO_SILENT: FaultRule(
        Effect.NOTE,
        "No sound output is in use: beats are planned and logged but not heard.",
        "Choose an output with --audio, for example --audio portaudio.",
    ),
    FaultCode.SONG_UNAVAILABLE: FaultRule(
        Effect.WARN,
        "The song cannot be played; clicks take its place.",
        "Choose another sound, or prepare the song again on the page of songs.",
    ),
    FaultCode.AUDIO_UNSTEADY: FaultRule(
        Effect.WARN,
        "The delay of this sound output varies: steps and beats cannot be compared.",
        "Use a wired output; until then only beats that keep their own time.",
    ),
    FaultCode.BEATS_UNREPORTED: FaultRule(
        Effect.WARN,
        "The sound output does not confirm the beats it was given.",
        "Check that the sound output runs; restart the service if it stays.",
    ),
    FaultCode.SOUND_LOWERED: FaultRule(
        Effect.WARN,
        "The sound is turned down, so that what ears may have lasts to the end.",
        "Choose a softer level or a shorter programme.",
    ),
    FaultCode.SOUND_SPENT: FaultRule(
        Effect.FADE,
        "The sound that ears may have is used up; the beat fades.",
        "End the session; go on another day, and softer.",
    ),
    FaultCode.STORE_FULL: FaultRule(
        Effect.NO_START,
        "The disk is nearly full; no session can be started.",
        "Export old sessions and delete them.",
    ),
    FaultCode.STORE_SLOW: FaultRule(
        Effect.WARN, "The disk is slow; part of the log waits.", "Use a faster card or disk."
    ),
    FaultCode.STORE_FAILED: FaultRule(
        Effect.NO_START,
        "The log cannot be written; the beat goes on, but it is not recorded.",
        "Free space on the disk or check the card; then start a new session.",
        latched=True,
    ),
    FaultCode.DASHBOARD_GONE: FaultRule(
        Effect.WARN, "No dashboard is connected; the beat goes on.", "Open the page again."
    ),
    FaultCode.ENGINE_LAG: FaultRule(
        Effect.WARN, "The computer is too busy to keep up.", "Close other work on it."
    ),
    FaultCode.NOT_FOLLOWING: FaultRule(
        Effect.NOTE,
        "The person does not follow the beat.",
        "Try the person's own tempo, another sound, or a partner cue.",
    ),
    FaultCode.STOP_BUTTON_GONE: FaultRule(
        Effect.NO_START,
        "The stop button cannot be reached; stop on the tablet.",
        "Check its cable; it is used again as soon as it answers.",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault was raised, or cleared."""

    at_ns: EngineNs
    code: FaultCode
    raised: bool
    detail: str = ""


def strongest(codes: frozenset[FaultCode]) -> Effect:
    """Return the strongest effect among raised faults; NOTE when there are none."""
    return max((FAULT_TABLE[code].effect for code in codes), default=Effect.NOTE)
