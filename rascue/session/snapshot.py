"""Engine view and committed records -> messages of the link."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rascue.audio.base import AudioCapabilities
from rascue.audio.catalog import CATALOG, group_of, is_music
from rascue.audio.music.harmony import KEY_NAMES
from rascue.core.clock import seconds_between
from rascue.core.events import AudioStatus, Record
from rascue.core.faults import FAULT_TABLE, Fault, FaultCode
from rascue.core.types import AudioState, Beat, CueDecision, Note, SourceInfo, StepEvent
from rascue.link.messages import (
    Event,
    EventKind,
    FaultNote,
    SensorLamp,
    SensorState,
    Snapshot,
    SoundLamp,
    SoundOffer,
)
from rascue.session.commands import UNSTEADY_SD_S
from rascue.session.view import EngineView, TherapyView

STATE_NOTE = "state"
"""Kind of the note that tells of a change of state."""


def snapshot_of(
    seq: int,
    view: EngineView,
    sources: Sequence[SourceInfo],
    capabilities: AudioCapabilities,
    session_file: Path | None,
) -> Snapshot:
    """Return the snapshot that shows ``view``."""
    return Snapshot(
        seq=seq,
        at_ns=view.at_ns,
        state=view.state,
        cadence_spm=view.cadence.cadence_spm,
        cadence_status=view.cadence.status,
        sensor=_sensor_lamp(view, sources),
        sound=_sound_lamp(view.audio, capabilities),
        faults=tuple(_fault_note(fault) for fault in view.faults),
        preview=view.preview,
        session_file=str(session_file) if session_file else None,
        **(_therapy_fields(view.therapy) if view.therapy else {}),
    )


def events_of(records: Sequence[Record]) -> Iterator[Event]:
    """Yield an event for each record that people follow live."""
    for record in records:
        kind = _event_kind(record)
        if kind is not None:
            yield Event(kind=kind, data=_plain(record))


def sound_offers() -> tuple[SoundOffer, ...]:
    """Return every sound that may be chosen."""
    return tuple(
        SoundOffer(name=name, group=group_of(name), keys=KEY_NAMES if is_music(name) else ())
        for name in CATALOG
    )


def _event_kind(record: Record) -> EventKind | None:
    if isinstance(record, Note):
        return EventKind.STATE if record.kind == STATE_NOTE else EventKind.NOTE
    kinds: dict[type, EventKind] = {
        StepEvent: EventKind.STEP,
        Beat: EventKind.BEAT,
        CueDecision: EventKind.DECISION,
        Fault: EventKind.FAULT,
    }
    return kinds.get(type(record))


def _plain(record: Record) -> dict[str, Any]:
    return dataclasses.asdict(record)


def _therapy_fields(view: TherapyView) -> dict[str, Any]:
    mean_s = view.synchrony.asynchrony_mean_s
    program = view.header.program
    return {
        "session_id": view.header.session_id,
        "subject_code": view.header.subject_code,
        "program_title": program.title,
        "planned_s": program.duration_s,
        "block_index": view.block_index,
        "block_count": len(program.steps),
        "block_title": view.block.title,
        "block_kind": view.block.kind,
        "block_elapsed_s": view.block_elapsed_s,
        "block_left_s": view.block_left_s,
        "elapsed_s": view.elapsed_s,
        "baseline_spm": view.baseline_spm,
        "target_spm": view.target_spm,
        "cue_spm": view.cue_spm,
        "level_dbfs": view.level_dbfs,
        "tempo_offset_spm": view.tempo_offset_spm,
        "level_offset_db": view.level_offset_db,
        "consistency_r": view.synchrony.consistency_r,
        "asynchrony_mean_ms": None if mean_s is None else 1000.0 * mean_s,
        "locked": view.synchrony.locked,
        "n_steps": view.n_steps,
        "n_beats": view.n_beats,
        "stopped": view.stopped,
        "hearing_week_share": view.dose.week_share,
        "hearing_session_share": view.dose.session_share,
        "explanation": view.explanation,
    }


def _fault_note(fault: Fault) -> FaultNote:
    rule = FAULT_TABLE[fault.code]
    return FaultNote(
        code=fault.code,
        effect=rule.effect,
        text=rule.text,
        remedy=rule.remedy,
        detail=fault.detail,
        latched=rule.latched,
    )


def _sensor_lamp(view: EngineView, sources: Sequence[SourceInfo]) -> SensorLamp:
    text = ", ".join(dict.fromkeys(info.description or info.source_id for info in sources))
    age_s = _age_s(view)
    codes = {fault.code for fault in view.faults}
    if not sources:
        state = SensorState.NONE
    elif FaultCode.SENSOR_LOST in codes:
        state = SensorState.LOST
    elif FaultCode.SENSOR_STALE in codes:
        state = SensorState.STALE
    else:
        state = SensorState.STARTING if age_s is None else SensorState.RUNNING
    return SensorLamp(state=state, text=text, age_s=age_s)


def _age_s(view: EngineView) -> float | None:
    if view.last_sample_ns is None:
        return None
    return max(0.0, seconds_between(view.last_sample_ns, view.at_ns))


def _sound_lamp(status: AudioStatus | None, capabilities: AudioCapabilities) -> SoundLamp:
    state = status.state if status else AudioState.CLOSED
    detail = status.detail if status else ""
    device = status.device if status else ""
    return SoundLamp(
        state=state,
        text=detail or device or capabilities.name,
        audible=capabilities.audible,
        calibrated=status is not None and status.level_offset_db is not None,
        unsteady_ms=_unsteady_ms(status),
    )


def _unsteady_ms(status: AudioStatus | None) -> float | None:
    """Return the spread of the delay where some policies cannot use the output, ms; else None."""
    if status is None or status.latency_sd_s <= UNSTEADY_SD_S:
        return None
    return 1000.0 * status.latency_sd_s
