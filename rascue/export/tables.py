"""A stored session as rows of tables; columns as in ``dictionary.TABLES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from rascue.core.clock import seconds_between
from rascue.core.faults import FAULT_TABLE, Fault
from rascue.core.types import (
    ActivityChange,
    Beat,
    CadenceEstimate,
    CueDecision,
    EngineNs,
    FinalContactEvent,
    GaitFlag,
    Note,
    PlayedBeat,
    SensorHealth,
    SoundDose,
    StepEvent,
    StepRefined,
    StrideRecord,
    StrideTravel,
)
from rascue.export.dictionary import TABLES
from rascue.store.reader import SessionReader

Value = float | int | str | None
"""What stands in a cell; None is an empty one."""
Row = tuple[Value, ...]
_Named = dict[str, Value]


def rows(reader: SessionReader, table: str) -> Iterator[Row]:
    """Yield the rows of a table, in the order in which the engine stated them.

    Parameters
    ----------
    table
        A key of ``dictionary.TABLES``.
    """
    columns = TABLES[table]
    for named in _MAKERS[table](reader):
        yield tuple(named[column.name] for column in columns)


def _since_start(reader: SessionReader) -> Callable[[EngineNs | None], float | None]:
    start = reader.header.anchor_ns

    def since(instant: EngineNs | None) -> float | None:
        return None if instant is None else round(seconds_between(start, instant), 6)

    return since


def _steps(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    refined = {(item.source_id, item.index): item for item in reader.records(StepRefined)}
    for step in reader.records(StepEvent):
        better = refined.get((step.source_id, step.index))
        yield {
            "step_index": step.index,
            "contact_s": since(step.ic_ns),
            "contact_ns": step.ic_ns,
            "refined_contact_s": since(better.ic_ns if better else None),
            "detection_delay_s": _seconds(step.ic_ns, step.detected_ns),
            "side": (better or step).side.value,
            "confidence": step.confidence,
            "source_id": step.source_id,
        }


def _final_contacts(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for contact in reader.records(FinalContactEvent):
        yield {
            "contact_s": since(contact.fc_ns),
            "contact_ns": contact.fc_ns,
            "detection_delay_s": _seconds(contact.fc_ns, contact.detected_ns),
            "side": contact.side.value,
            "confidence": contact.confidence,
            "source_id": contact.source_id,
        }


def _strides(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    travels = {(item.side, item.ic_ns): item for item in reader.records(StrideTravel)}
    for index, stride in enumerate(reader.records(StrideRecord)):
        travel = travels.get((stride.side, stride.ic_ns))
        yield {
            "stride_index": index,
            "start_s": since(stride.ic_ns),
            "start_ns": stride.ic_ns,
            "end_s": since(stride.next_ic_ns),
            "end_ns": stride.next_ic_ns,
            "side": stride.side.value,
            "bout": stride.bout_id,
            "stride_time_s": stride.stride_time_s,
            "step_time_s": stride.step_time_s,
            "stance_time_s": stride.stance_time_s,
            "swing_time_s": stride.swing_time_s,
            "double_support_time_s": stride.double_support_time_s,
            "stride_length_m": travel.length_m if travel else None,
            "stride_speed_mps": travel.speed_mps if travel else None,
            "stride_length_error_pct": travel.error_pct if travel else None,
            "beat_index": stride.beat_index,
            "asynchrony_s": stride.asynchrony_s,
            "relative_phase_deg": stride.relative_phase_deg,
        }


def _cadence(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for estimate in reader.records(CadenceEstimate):
        yield {
            "at_s": since(estimate.at_ns),
            "at_ns": estimate.at_ns,
            "cadence_spm": estimate.cadence_spm,
            "sd_spm": estimate.sd_spm,
            "n_steps": estimate.n_steps,
            "window_s": estimate.window_s,
            "status": estimate.status.value,
        }


def _decisions(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for index, decision in enumerate(reader.records(CueDecision)):
        yield {
            "decision_index": index,
            "at_s": since(decision.at_ns),
            "at_ns": decision.at_ns,
            "strategy": decision.strategy,
            "program_block": decision.program_step + 1,
            "wanted_spm": decision.wanted_spm,
            "allowed_spm": decision.allowed_spm,
            "phase_shift_s": decision.phase_shift_s,
            "level_dbfs": decision.level_dbfs,
            "reason_codes": "; ".join(reason.code for reason in decision.reasons),
            "reasons": "; ".join(reason.text for reason in decision.reasons),
        }


def _beats(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    reports = {(item.index, item.frame): item for item in reader.records(PlayedBeat)}
    for beat in reader.records(Beat):
        report = reports.get((beat.index, beat.frame))
        sound_ns = report.sound_ns if report else None
        yield {
            "index": beat.index,
            "frame": beat.frame,
            "due_s": since(beat.due_ns),
            "sound_s": since(sound_ns),
            "sound_sd_s": report.sound_sd_s if report and sound_ns is not None else None,
            "interval_s": beat.interval_s,
            "sound": beat.sound,
            "accent": int(beat.accent),
            "level_dbfs": beat.level_dbfs,
            "outcome": report.outcome.value if report else None,
            "decision_index": beat.decision_index,
            "due_ns": beat.due_ns,
            "sound_ns": sound_ns,
        }


def _activity(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for change in reader.records(ActivityChange):
        yield {
            "at_s": since(change.at_ns),
            "at_ns": change.at_ns,
            "activity": change.activity.value,
            "bout": change.bout_id,
            "source_id": change.source_id,
        }


def _sensor_health(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for health in reader.records(SensorHealth):
        yield {
            "at_s": since(health.at_ns),
            "at_ns": health.at_ns,
            "concern": health.concern.value,
            "raised": int(health.raised),
            "detail": health.detail,
            "source_id": health.source_id,
        }


def _hearing(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for dose in reader.records(SoundDose):
        yield {
            "at_s": since(dose.at_ns),
            "at_ns": dose.at_ns,
            "session_share": dose.session_share,
            "week_share": dose.week_share,
            "level_offset_db": dose.level_offset_db,
        }


def _gait_flags(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for flag in reader.records(GaitFlag):
        yield {
            "at_s": since(flag.at_ns),
            "at_ns": flag.at_ns,
            "detection_delay_s": _seconds(flag.at_ns, flag.detected_ns),
            "sign": flag.sign.value,
            "raised": int(flag.raised),
            "measure": flag.measure,
            "source_id": flag.source_id,
        }


def _faults(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for fault in reader.records(Fault):
        rule = FAULT_TABLE[fault.code]
        yield {
            "at_s": since(fault.at_ns),
            "at_ns": fault.at_ns,
            "code": fault.code.value,
            "raised": int(fault.raised),
            "effect": rule.effect.name.lower(),
            "text": rule.text,
            "remedy": rule.remedy,
            "detail": fault.detail,
        }


def _notes(reader: SessionReader) -> Iterator[_Named]:
    since = _since_start(reader)
    for note in reader.records(Note):
        yield {
            "at_s": since(note.at_ns),
            "at_ns": note.at_ns,
            "kind": note.kind,
            "text": note.text,
        }


def _seconds(earlier: EngineNs, later: EngineNs) -> float:
    return round(seconds_between(earlier, later), 6)


_MAKERS: Mapping[str, Callable[[SessionReader], Iterator[_Named]]] = MappingProxyType(
    {
        "steps": _steps,
        "final_contacts": _final_contacts,
        "strides": _strides,
        "cadence": _cadence,
        "decisions": _decisions,
        "beats": _beats,
        "activity": _activity,
        "sensor_health": _sensor_health,
        "hearing": _hearing,
        "gait_flags": _gait_flags,
        "faults": _faults,
        "notes": _notes,
    }
)
