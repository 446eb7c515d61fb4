from __future__ import annotations

import json

from rascue.core.events import Tick
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CueDecision,
    DacFrame,
    EngineNs,
    Note,
    PlayedBeat,
    Side,
    StrideRecord,
)
from rascue.export.summary import summarize, write_summary
from tests.store.samples import some_items

START_NS = 1_000_000_000


def at(seconds):
    return EngineNs(START_NS + round(seconds * 1e9))


def a_decision(seconds, allowed_spm):
    return CueDecision(at(seconds), "fixed", 1, 100.0, allowed_spm, 0.0, -18.0, ())


def two_blocks():
    """30 s of baseline at 120 steps/min, then 30 s with cues at 100 steps/min."""
    slow = [StrideRecord(Side.LEFT, 1, at(30 + 1.2 * k), at(0), 1.2) for k in range(25)]
    fast = [StrideRecord(Side.LEFT, 1, at(1.0 * k), at(0), 1.0) for k in range(30)]
    outputs = [
        Note(at(0), "block", "block 1 of 2"),
        *fast,
        Note(at(30), "block", "block 2 of 2"),
        Note(at(31), "mark", "turn"),
        *slow,
        a_decision(40, 101.0),
        a_decision(50, 100.0),
        a_decision(59, None),
    ]
    return [(Tick(at(0)), outputs), (Tick(at(60)), [])]


def test_figures_of_each_block(stored):
    first, second = summarize(stored(two_blocks()))["blocks"]
    assert (first["kind"], first["begin_s"], first["end_s"]) == ("baseline", 0.0, 30.0)
    assert (second["kind"], second["begin_s"], second["end_s"]) == ("cued", 30.0, 60.0)
    assert (first["n_strides"], first["cadence_mean_spm"]) == (30, 120.0)
    assert (second["n_strides"], second["cadence_mean_spm"]) == (25, 100.0)
    assert (first["cue_last_spm"], second["cue_last_spm"]) == (None, 100.0)


def test_counts(stored):
    beats = [Beat(k, at(0), DacFrame(k), 0.5, "click", False, -18.0, 0) for k in range(4)]
    reports = [
        PlayedBeat(0, DacFrame(0), at(0), 0.0, BeatOutcome.PLAYED),
        PlayedBeat(1, DacFrame(1), at(0), 0.0, BeatOutcome.PLAYED),
        PlayedBeat(2, DacFrame(2), None, 0.0, BeatOutcome.LATE),
    ]
    faults = [Fault(at(0), FaultCode.SENSOR_GAP, raised) for raised in (True, False, True)]
    summary = summarize(stored([(Tick(at(0)), [*beats, *reports, *faults])]))
    assert summary["n_beats_planned"] == 4
    assert summary["n_beats"] == {"late": 1, "played": 2}
    assert summary["n_faults"] == {"sensor_gap": 2}


def test_a_session_that_ended_before_its_first_block(stored):
    summary = summarize(stored([]))
    assert (summary["blocks"], summary["duration_s"], summary["n_steps"]) == ([], 0.0, 0)


def test_the_file_is_strict_json(stored, tmp_path):
    reader = stored(some_items(60))
    write_summary(reader, tmp_path / "summary.json")
    text = (tmp_path / "summary.json").read_text()
    assert json.loads(text, parse_constant=lambda _: 1 / 0) == summarize(reader)
