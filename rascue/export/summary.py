"""One session in a few figures, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rascue.core.clock import NS_PER_S, seconds_between
from rascue.core.faults import Fault
from rascue.core.types import (
    Beat,
    CueDecision,
    EngineNs,
    Note,
    PlayedBeat,
    SessionProgram,
    SoundDose,
    StrideRecord,
    StrideTravel,
)
from rascue.export.block_spans import BlockSpan, block_spans
from rascue.export.carry_over import carry_over
from rascue.export.crossover import compare_policies
from rascue.export.freezing import freeze_figures
from rascue.export.gait_figures import gait_figures
from rascue.export.responder import PROGRAM as RESPONDER_PROGRAM
from rascue.export.responder import responder_screen
from rascue.export.statistics import walk_figures
from rascue.store.reader import SessionReader


def summarize(reader: SessionReader) -> dict[str, Any]:
    """Return the figures of a session as a JSON value; units stand in the names.

    A figure is a number, or the sentence that says why there is none ("not enough strides").
    ``blocks`` repeats them for each block of the programme that was entered. Programmes made to
    find something out add ``carry_over``, ``responder_screen`` or ``policy_comparison``.
    """
    light, header = reader.summary(), reader.header
    strides, travels = reader.records(StrideRecord), reader.records(StrideTravel)
    outcomes = Counter(beat.outcome.value for beat in reader.records(PlayedBeat))
    faults = Counter(fault.code.value for fault in reader.records(Fault) if fault.raised)
    decisions = reader.records(CueDecision)
    end = EngineNs(header.anchor_ns + round(light.duration_s * NS_PER_S))
    spans = block_spans(header.program, reader.records(Note), end)
    return {
        "session_id": light.session_id,
        "subject_code": light.subject_code,
        "started_utc": light.started_utc,
        "software": header.software,
        "program": header.program.name,
        "program_version": header.program.version,
        "closed_in_order": light.closed,
        "duration_s": round(light.duration_s, 3),
        "n_steps": light.n_steps,
        "n_beats_planned": len(reader.records(Beat)),
        "n_beats": dict(sorted(outcomes.items())),
        **_hearing(reader.records(SoundDose)),
        "n_faults": dict(sorted(faults.items())),
        **asdict(walk_figures(strides)),
        **asdict(gait_figures(strides, travels)),
        **_freezing(reader, light.duration_s),
        **_conclusions(header.program, spans, strides, decisions),
        "blocks": [
            _block(span, header.anchor_ns, span.strides(strides), travels, decisions)
            for span in spans
        ],
    }


def _hearing(doses: Sequence[SoundDose]) -> dict[str, Any]:
    """Return what the ears had, shares of what a week allows."""
    last = doses[-1] if doses else None
    return {
        "hearing_session_share": last.session_share if last else 0.0,
        "hearing_week_share": last.week_share if last else "nothing was heard",
        "hearing_calibrated": last.level_offset_db is not None if last else "nothing was heard",
    }


def write_summary(reader: SessionReader, path: Path) -> None:
    """Write the summary of a session as a JSON file."""
    text = json.dumps(summarize(reader), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _block(
    span: BlockSpan,
    start: EngineNs,
    strides: Sequence[StrideRecord],
    travels: Sequence[StrideTravel],
    decisions: Sequence[CueDecision],
) -> dict[str, Any]:
    """Return the figures of one block; ``strides`` are those begun in it."""
    return {
        "block": span.index + 1,
        "kind": span.step.kind.value,
        "title": span.step.title,
        "strategy": span.step.strategy,
        "begin_s": round(seconds_between(start, span.begin_ns), 3),
        "end_s": round(seconds_between(start, span.end_ns), 3),
        "cue_last_spm": _last_cue_spm(decisions, span.begin_ns, span.end_ns),
        **asdict(walk_figures(strides)),
        **asdict(gait_figures(strides, travels)),
    }


def _freezing(reader: SessionReader, duration_s: float) -> dict[str, Any]:
    """Return the figures of freezing; nothing where no sensor sees it."""
    found = freeze_figures(reader, duration_s)
    return {} if found is None else asdict(found)


def _conclusions(
    program: SessionProgram,
    spans: Sequence[BlockSpan],
    strides: Sequence[StrideRecord],
    decisions: Sequence[CueDecision],
) -> dict[str, Any]:
    """Return what the programme was made to find out; nothing where it was made for training."""
    found: dict[str, Any] = {}
    kept = carry_over(spans, strides)
    if kept is not None:
        found["carry_over"] = asdict(kept)
    if program.name == RESPONDER_PROGRAM:
        screen = responder_screen(spans, strides, decisions)
        found["responder_screen"] = screen if isinstance(screen, str) else asdict(screen)
    compared = compare_policies(spans, strides)
    if compared is not None:
        found["policy_comparison"] = asdict(compared)
    return found


def _last_cue_spm(decisions: Sequence[CueDecision], begin: EngineNs, end: EngineNs) -> float | None:
    """Return the last tempo that sounded in ``[begin, end)``; None without a cue."""
    given = [
        decision.allowed_spm
        for decision in decisions
        if begin <= decision.at_ns < end and decision.allowed_spm is not None
    ]
    return given[-1] if given else None
