"""One session in a few figures, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from rascue.core.clock import seconds_between
from rascue.core.faults import Fault
from rascue.core.types import (
    Beat,
    CueDecision,
    EngineNs,
    Note,
    PlayedBeat,
    StrideRecord,
)
from rascue.export.statistics import walk_figures
from rascue.store.reader import SessionReader

BLOCK_NOTE = "block"
"""Kind of the note that marks the entry into a block of the programme."""


def summarize(reader: SessionReader) -> dict[str, Any]:
    """Return the figures of a session as a JSON value; units stand in the names.

    A figure is a number, or the sentence that says why there is none ("not enough strides").
    ``blocks`` repeats them for each block of the programme that was entered.
    """
    light, header = reader.summary(), reader.header
    strides = reader.records(StrideRecord)
    outcomes = Counter(beat.outcome.value for beat in reader.records(PlayedBeat))
    faults = Counter(fault.code.value for fault in reader.records(Fault) if fault.raised)
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
        "n_faults": dict(sorted(faults.items())),
        **asdict(walk_figures(strides)),
        "blocks": list(_blocks(reader, strides)),
    }


def write_summary(reader: SessionReader, path: Path) -> None:
    """Write the summary of a session as a JSON file."""
    text = json.dumps(summarize(reader), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _blocks(reader: SessionReader, strides: Sequence[StrideRecord]) -> Iterator[dict[str, Any]]:
    """Yield the figures of each block; blocks are entered in the order of the programme."""
    start, program = reader.header.anchor_ns, reader.header.program
    entries = [note.at_ns for note in reader.records(Note) if note.kind == BLOCK_NOTE]
    end = EngineNs(start + round(reader.summary().duration_s * 1e9))
    decisions = reader.records(CueDecision)
    for number, (begin, after_it) in enumerate(pairwise([*entries, max([end, *entries])])):
        step = program.steps[number]
        own = [stride for stride in strides if begin <= stride.ic_ns < after_it]
        yield {
            "block": number + 1,
            "kind": step.kind.value,
            "title": step.title,
            "begin_s": round(seconds_between(start, begin), 3),
            "end_s": round(seconds_between(start, after_it), 3),
            "cue_last_spm": _last_cue_spm(decisions, begin, after_it),
            **asdict(walk_figures(own)),
        }


def _last_cue_spm(decisions: Sequence[CueDecision], begin: EngineNs, end: EngineNs) -> float | None:
    """Return the last tempo that sounded in ``[begin, end)``; None without a cue."""
    given = [
        decision.allowed_spm
        for decision in decisions
        if begin <= decision.at_ns < end and decision.allowed_spm is not None
    ]
    return given[-1] if given else None
