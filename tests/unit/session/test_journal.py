"""The journal keeps a session from its start to its end, and passes on what lies outside."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rascue.core.events import CloseSession, OpenSession, Record, Tick
from rascue.core.faults import FaultCode
from rascue.core.types import EngineNs, Note
from rascue.session.host import HostClock
from rascue.session.journal import Journal
from rascue.store.location import session_file_name
from rascue.store.reader import SessionReader
from tests.store.samples import a_header


def a_note(text: str) -> Note:
    return Note(EngineNs(1), "mark", text)


class Told:
    def __init__(self) -> None:
        self.stored: list[Record] = []
        self.faults: list[tuple[FaultCode, bool]] = []

    def on_stored(self, records: Sequence[Record]) -> None:
        self.stored += records

    def on_fault(self, code: FaultCode, raised: bool, _detail: str) -> None:
        self.faults.append((code, raised))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def journal(tmp_path, told):
    made = Journal(tmp_path / "sessions", "{}", HostClock(), told.on_stored, told.on_fault)
    yield made
    made.close()


def test_outside_a_session_records_pass_on_at_once(journal, told, tmp_path):
    journal.take(Tick(EngineNs(1)), [a_note("before")])
    assert told.stored == [a_note("before")]
    assert list(tmp_path.iterdir()) == []


def test_a_session_is_kept_from_its_first_input_to_its_last(journal, told):
    header = a_header()
    journal.take(Tick(EngineNs(1)), [a_note("before")])
    journal.take(Tick(EngineNs(2)), [OpenSession(header), a_note("first")])
    path = journal.path
    assert path is not None
    assert path.name == session_file_name(header)
    journal.take(Tick(EngineNs(3)), [a_note("last"), CloseSession()])
    assert journal.path is None
    journal.take(Tick(EngineNs(4)), [a_note("after")])
    with SessionReader(path) as reader:
        assert [note.text for note in reader.records(Note)] == ["first", "last"]
        assert reader.summary().closed
    assert [note.text for note in told.stored] == ["before", "first", "last", "after"]


def test_closing_a_running_session_keeps_what_was_taken(journal):
    journal.take(Tick(EngineNs(1)), [OpenSession(a_header())])
    for k in range(20):
        journal.take(Tick(EngineNs(k)), [])
    path = journal.path
    journal.close()
    with SessionReader(path) as reader:
        assert len(list(reader.inputs())) == 21


def test_a_file_that_cannot_be_made_is_a_fault_and_records_pass_on(tmp_path, told):
    (tmp_path / "sessions").write_text("in the way")
    journal = Journal(tmp_path / "sessions", "{}", HostClock(), told.on_stored, told.on_fault)
    journal.take(Tick(EngineNs(1)), [OpenSession(a_header()), a_note("first")])
    assert told.faults == [(FaultCode.STORE_FAILED, True)]
    assert told.stored == [a_note("first")]
    assert journal.path is None


def test_a_session_file_is_never_overwritten(journal, told):
    journal.take(Tick(EngineNs(1)), [OpenSession(a_header()), a_note("kept"), CloseSession()])
    journal.take(Tick(EngineNs(2)), [OpenSession(a_header()), a_note("other")])
    assert told.faults == [(FaultCode.STORE_FAILED, True)]
    assert a_note("other") in told.stored
