"""Says in a therapist's words what the engine says in its own; every sentence of the live page.

The page's scripts put these texts in place and know nothing of states or thresholds.
"""

from __future__ import annotations

from typing import Any

from rascue.core.faults import Effect
from rascue.core.types import (
    AudioState,
    CadenceStatus,
    ProgramStep,
    SessionProgram,
    SessionState,
    StepKind,
    Target,
    TargetKind,
)
from rascue.link.messages import FaultNote, SensorState, Snapshot
from rascue.songs.name import song_named

UNKNOWN = "—"

STRATEGIES = {
    "fixed": ("Steady", "the beat keeps its tempo"),
    "match": ("Meet and lead", "the beat meets the person's own tempo, then leads to the target"),
    "follow": ("Mirror", "the beat follows the person"),
    "hold": ("Hold", "the beat keeps the tempo it has reached"),
    "mutual": ("Partner", "beat and person give way to each other"),
    "on_demand": ("Only when needed", "the beat comes when the walk falters"),
    "phase_start": ("Steady, from a step", "the beat starts on a step, then keeps its tempo"),
    "phase_lock": ("On the step", "each beat falls on a step"),
    "fractal": ("Natural", "the beat varies a little, as healthy walking does"),
    "progression": ("Step by step", "leads only while the person keeps up, eases off otherwise"),
    "asymmetric": ("Left and right", "left and right steps have their own beat"),
}
"""Registered name -> (plain name, what it does)."""

SOUNDS = {
    "click": "Click",
    "woodblock": "Woodblock",
    "bell": "Bell",
    "drum": "Drum",
    "gravel": "Footstep on gravel",
    "halves": "Beat and its half",
    "thirds": "Beat and its thirds",
    "count": "Voice: one, two, three, four",
    "count2": "Voice: one, two",
    "count3": "Voice: one, two, three",
    "march": "March",
    "waltz": "Waltz",
    "folk": "Folk",
    "island": "Island",
    "ballad": "Ballad",
    "groove": "Groove",
}
"""Name of a sound -> plain name."""

SIDES = {
    "": "alike",
    "timbre": "every second beat lower",
    "ear": "every second beat in the other ear",
}
"""Part of a sound's name -> how the beats of the two sides differ."""

KINDS = {
    StepKind.BASELINE: "Own tempo, no beat (measured)",
    StepKind.CUED: "Walk with the beat",
    StepKind.FADE: "Beat fades out",
    StepKind.REST: "Rest",
    StepKind.PROBE: "Walk on without the beat",
}

_STATES = {
    SessionState.IDLE: ("Ready", "off"),
    SessionState.BASELINE: ("Measuring the own tempo", "ok"),
    SessionState.CUEING: ("Beat on", "ok"),
    SessionState.HOLDING: ("Holding the beat", "warn"),
    SessionState.FADING: ("Beat is fading", "warn"),
    SessionState.SILENT: ("No beat now", "off"),
    SessionState.ENDED: ("Session ended", "off"),
    SessionState.FAULTED: ("Stopped by a fault", "bad"),
}

_STOPPED = ("Stopped, no beat", "off")

_CADENCE = {
    CadenceStatus.STEADY: "steady",
    CadenceStatus.CHANGING: "changing",
    CadenceStatus.SPARSE: "not enough steps yet",
    CadenceStatus.STANDING: "standing",
}

_SENSOR_TONES = {
    SensorState.NONE: "bad",
    SensorState.STARTING: "warn",
    SensorState.RUNNING: "ok",
    SensorState.STALE: "bad",
    SensorState.LOST: "bad",
}

_SOUND_TONES = {
    AudioState.CLOSED: "off",
    AudioState.STARTING: "warn",
    AudioState.RUNNING: "ok",
    AudioState.LOST: "bad",
}

_FAULT_TONES = {Effect.NOTE: "note", Effect.WARN: "warn"}

# Bands of the mean vector length, the lowest bound first to fit. Default, not evidence.
_CONSISTENCY = ((0.9, "very even"), (0.75, "even"), (0.5, "somewhat uneven"), (0.0, "uneven"))

_ON_BEAT_MS = 20.0
"""Within this a step counts as "on the beat" in words, ms: default, not evidence."""

IN_SESSION = frozenset(SessionState) - {SessionState.IDLE, SessionState.ENDED}
"""States in which a session runs."""


def strategy_words(name: str) -> str:
    """Return the plain name of a cue strategy; an unknown one keeps its own."""
    return STRATEGIES.get(name, (name, ""))[0]


def sound_words(name: str) -> str:
    """Return the plain name of a sound with key and sides; an unknown one keeps its own."""
    if song_named(name) is not None:
        return "a song of their own"
    first, *rest = name.split(":")
    plain = SOUNDS.get(first, first)
    return ", ".join([plain, *(SIDES.get(part, part.replace("-", " ")) for part in rest)])


def target_words(target: Target | None) -> str:
    """Return what a block aims at, "105 % of own tempo" or "90 to 110 steps/min"."""
    if target is None:
        return UNKNOWN
    unit = "steps/min" if target.kind is TargetKind.ABSOLUTE else "% of own tempo"
    if target.end_value is None:
        return f"{target.value:g} {unit}"
    return f"{target.value:g} to {target.end_value:g} {unit}"


def block_words(step: ProgramStep) -> dict[str, str]:
    """Return a programme block as a row for people."""
    return {
        "title": step.title or KINDS[step.kind],
        "kind": KINDS[step.kind],
        "length": minutes(step.duration_s),
        "policy": strategy_words(step.strategy) if step.strategy else UNKNOWN,
        "does": STRATEGIES.get(step.strategy, ("", ""))[1],
        "target": target_words(step.target),
    }


def program_policies(program: SessionProgram) -> str:
    """Return the plain names of all policies in a programme, each once, in order."""
    names = (strategy_words(step.strategy) for step in program.steps if step.strategy)
    return ", ".join(dict.fromkeys(names)) or "no beat"


def minutes(seconds: float) -> str:
    """Return a length as minutes and seconds, "6:05"."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def live_view(now: Snapshot) -> dict[str, Any]:
    """Return all that the live page shows, as texts and tones ("ok", "warn", "bad", "off")."""
    return {
        **_session_view(now),
        **_numbers_view(now),
        "explanation": now.explanation,
        "preview": f"Listen: {sound_words(now.preview)}." if now.preview else "",
        "sensor": {
            "tone": _SENSOR_TONES[now.sensor.state],
            "text": now.sensor.text,
            "age_s": now.sensor.age_s,
        },
        "sound": {
            "tone": _sound_tone(now),
            "text": _sound(now),
        },
        "hearing": _hearing(now),
        "faults": [_fault(fault) for fault in now.faults],
    }


def _session_view(now: Snapshot) -> dict[str, Any]:
    in_session = now.state in IN_SESSION
    state_text, state_tone = _STOPPED if now.stopped else _STATES[now.state]
    return {
        "session": now.session_id if in_session else None,
        "state": now.state,
        "state_text": state_text,
        "state_tone": state_tone,
        "in_session": in_session,
        "can_resume": in_session and now.stopped,
        "is_demo": now.sensor.text.startswith("simulated"),
        "subject": now.subject_code,
        "program": now.program_title,
        "block": _block(now),
        "block_left": minutes(now.block_left_s),
        "block_share": _share(now.block_elapsed_s, now.block_elapsed_s + now.block_left_s),
        "elapsed": minutes(now.elapsed_s),
        "planned": minutes(now.planned_s),
    }


def _numbers_view(now: Snapshot) -> dict[str, Any]:
    return {
        "cadence": _number(now.cadence_spm),
        "cadence_note": _CADENCE[now.cadence_status],
        "target": _number(now.target_spm),
        "cue": _number(now.cue_spm),
        "baseline": _number(now.baseline_spm),
        "gap": _gap(now),
        "tempo_offset": _offset(now.tempo_offset_spm, "", "as planned"),
        "level_offset": _offset(now.level_offset_db, "dB", "as planned"),
        "sync": _sync(now),
        "sync_tone": "ok" if now.locked and now.cue_spm is not None else "off",
        "sync_detail": _sync_detail(now),
        "steps": now.n_steps,
        "beats": now.n_beats,
    }


def _block(now: Snapshot) -> str:
    if now.block_count == 0:
        return ""
    title = now.block_title or (KINDS[now.block_kind] if now.block_kind else "")
    return f"{now.block_index + 1} of {now.block_count}: {title}"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0f}"


def _share(part: float, whole: float) -> float:
    return round(min(part / whole, 1.0), 3) if whole > 0 else 0.0


def _offset(value: float, unit: str, zero: str) -> str:
    return zero if value == 0 else f"{value:+g} {unit}".strip()


def _gap(now: Snapshot) -> str:
    if now.cadence_spm is None or now.target_spm is None:
        return ""
    gap = round(now.cadence_spm) - round(now.target_spm)
    if gap == 0:
        return "on target"
    return f"{abs(gap)} {'above' if gap > 0 else 'below'} target"


def _sync(now: Snapshot) -> str:
    if now.cue_spm is None:
        return "No beat to walk with"
    if now.consistency_r is None:
        return "Listening for steps"
    return "Walking with the beat" if now.locked else "Not with the beat yet"


def _sync_detail(now: Snapshot) -> str:
    if now.consistency_r is None or now.cue_spm is None:
        return ""
    evenness = next(word for bound, word in _CONSISTENCY if now.consistency_r >= bound)
    parts = [f"{evenness} (R {now.consistency_r:.2f})"]
    if now.asynchrony_mean_ms is not None:
        parts.append(_asynchrony(now.asynchrony_mean_ms))
    return ", ".join(parts)


def _asynchrony(mean_ms: float) -> str:
    if abs(mean_ms) <= _ON_BEAT_MS:
        return "steps on the beat"
    return f"steps {abs(mean_ms):.0f} ms {'after' if mean_ms > 0 else 'before'} the beat"


def _sound(now: Snapshot) -> str:
    """Return the output with what a therapist must know before choosing a programme."""
    sound = now.sound
    if not sound.audible:
        return f"{sound.text}, not heard"
    remarks = [] if sound.calibrated else ["loudness uncalibrated"]
    if sound.unsteady_ms is not None:
        remarks.append(
            f"delay varies by {sound.unsteady_ms:.0f} ms: only for beats that keep their own time"
        )
    return ", ".join([sound.text, *remarks])


def _hearing(now: Snapshot) -> str:
    """Return what the ears have had, of what a week allows."""
    if now.session_id is None or not now.sound.audible:
        return ""
    week, session = 100 * now.hearing_week_share, 100 * now.hearing_session_share
    how = "" if now.sound.calibrated else ", estimated: output uncalibrated"
    return f"Ears: {week:.1f} % of a week's sound used, {session:.1f} % in this session{how}"


def _sound_tone(now: Snapshot) -> str:
    tone = _SOUND_TONES[now.sound.state]
    doubtful = not now.sound.audible or now.sound.unsteady_ms is not None
    return "warn" if tone == "ok" and doubtful else tone


def _fault(fault: FaultNote) -> dict[str, Any]:
    return {
        "code": fault.code,
        "tone": "note"
        if fault.effect is Effect.NOTE
        else "warn"
        if fault.effect is Effect.WARN
        else "bad",
        "text": fault.text,
        "remedy": fault.remedy,
        "detail": fault.detail,
        "latched": fault.latched,
    }
