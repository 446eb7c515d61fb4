from dataclasses import replace

import pytest

from rascue.core.errors import WrongUse
from rascue.core.events import Tick
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CadenceEstimate,
    CadenceStatus,
    CueDecision,
    DacFrame,
    EngineNs,
    Note,
    PlayedBeat,
    Reason,
    Side,
    StrideRecord,
)
from rascue.dashboard.session_files import (
    SessionFiles,
    decision_rows,
    fault_rows,
    is_demo,
    note_rows,
    session_series,
)
from rascue.store.reader import SessionReader
from tests.store.samples import a_header, some_items, write_session

ANCHOR_NS = a_header().anchor_ns


def at(t_s):
    return EngineNs(ANCHOR_NS + round(t_s * 1e9))


def estimate(t_s, cadence=100.0):
    status = CadenceStatus.STANDING if cadence is None else CadenceStatus.STEADY
    return CadenceEstimate(at(t_s), cadence, None, 8, 4.0, status)


def decision(t_s, allowed, text="because", step=1):
    return CueDecision(
        at(t_s), "match", step, allowed, allowed, 0.0, -18.0, (Reason("code", text),)
    )


def beat(index, t_s, decision_index, outcome=BeatOutcome.PLAYED):
    frame = DacFrame(index)
    return (
        Beat(index, at(t_s), frame, 0.6, "click", False, -18.0, decision_index),
        PlayedBeat(index, frame, at(t_s), 0.0, outcome),
    )


def stride(t_s, asynchrony_s):
    return StrideRecord(Side.LEFT, 1, at(t_s), at(t_s + 1.1), 1.1, asynchrony_s=asynchrony_s)


@pytest.fixture
def reader_of(tmp_path):
    def open_session(*records):
        items = [(Tick(at(0.0)), list(records))]
        return SessionReader(write_session(tmp_path / "s.sqlite", items))

    return open_session


def test_one_row_a_second(reader_of):
    with reader_of(*[estimate(k / 10, 100.0 + k) for k in range(25)]) as reader:
        assert session_series(reader)["cadence"] == [
            [0.0, 1.0, 2.0],
            [109.0, 119.0, 124.0],
            [None, None, None],
        ]


def test_the_cue_is_what_was_heard_and_ends_when_beats_end(reader_of):
    records = [
        *[estimate(second + 0.5) for second in range(7)],
        decision(0.0, 100.0),
        decision(1.0, 102.0),
        *beat(0, 0.4, decision_index=0),
        *beat(1, 1.0, decision_index=1),
        *beat(2, 1.6, decision_index=1, outcome=BeatOutcome.CANCELLED),
    ]
    with reader_of(*records) as reader:
        cue = session_series(reader)["cadence"][2]
    assert cue == [100.0, 102.0, 102.0, 102.0, None, None, None]


def test_a_hole_breaks_the_line_and_standing_is_a_gap(reader_of):
    with reader_of(estimate(0.1), estimate(1.1, None), estimate(9.1)) as reader:
        assert session_series(reader)["cadence"][:2] == [
            [0.0, 1.0, 2.0, 9.0],
            [100.0, None, None, 100.0],
        ]


def test_asynchrony_is_in_ms_with_gaps_and_without_unmatched_strides(reader_of):
    strides = [stride(1.0, -0.03), stride(2.1, None), stride(3.2, 0.0123), stride(20.0, 0.0)]
    with reader_of(*strides) as reader:
        assert session_series(reader)["asynchrony"] == [
            [1.0, 3.2, 4.2, 20.0],
            [-30.0, 12.3, None, 0.0],
        ]


def test_only_decisions_that_changed_something_are_told(reader_of):
    records = [
        decision(1, 100.0, "start"),
        decision(2, 100.2, "same when rounded"),
        decision(3, 102.0, "locked for 60 s"),
        decision(4, None, "rest", step=2),
    ]
    with reader_of(*records) as reader:
        rows = list(decision_rows(reader))
    assert [row["why"] for row in rows] == ["start", "locked for 60 s", "rest"]
    assert [row["allowed"] for row in rows] == ["100", "102", "silent"]
    assert rows[0]["policy"] == "Meet and lead"


def test_faults_and_notes_in_words(reader_of):
    records = [
        Fault(at(5), FaultCode.SENSOR_GAP, raised=True, detail="0.2 s"),
        Fault(at(6), FaultCode.SENSOR_GAP, raised=False),
        Note(at(7), "mark", "turned"),
    ]
    with reader_of(*records) as reader:
        raised, over = fault_rows(reader)
        assert (raised["at"], raised["remedy"], raised["detail"]) == (
            "0:05", "Check cable and strap.", "0.2 s",
        )  # fmt: skip
        assert (over["what"][:6], over["remedy"]) == ("Over: ", "")
        assert list(note_rows(reader)) == [{"at": "0:07", "kind": "mark", "text": "turned"}]
        assert session_series(reader)["marks"] == [(7.0, "turned")]


def test_a_simulated_session_is_marked():
    header = a_header()
    assert not is_demo(header)
    simulated = replace(header.sources[0], description="simulated walker: brisk")
    assert is_demo(replace(header, sources=(simulated,)))


def test_a_session_without_records_has_empty_charts(reader_of):
    with reader_of() as reader:
        series = session_series(reader)
    assert series == {"cadence": [[], [], []], "asynchrony": [[], []], "marks": []}


def test_the_list_is_newest_first_and_names_what_cannot_be_read(tmp_path):
    write_session(tmp_path / "20260101_a.sqlite", some_items(5))
    write_session(tmp_path / "20260301_b.sqlite", some_items(5))
    (tmp_path / "20260201_c.sqlite").write_bytes(b"not a session" * 100)
    listed = SessionFiles(tmp_path).all()
    assert [item.path.name[:8] for item in listed] == ["20260301", "20260201", "20260101"]
    assert listed[1].summary is None
    assert listed[1].problem
    assert str(tmp_path) not in listed[1].problem


def test_a_file_that_grows_is_looked_at_again(tmp_path):
    files = SessionFiles(tmp_path)
    path = write_session(tmp_path / "a.sqlite", some_items(5))
    first = files.all()[0]
    assert files.all()[0] is first
    path.unlink()
    write_session(path, some_items(200))
    assert files.all()[0].summary.n_steps > first.summary.n_steps


def test_a_missing_folder_is_an_empty_list(tmp_path):
    assert SessionFiles(tmp_path / "absent").all() == []


def test_an_unknown_session_is_refused(tmp_path):
    with pytest.raises(WrongUse, match="no such session"):
        SessionFiles(tmp_path).open("../../etc/passwd")
