"""The recorder stores without making anyone wait, and turns trouble with the disk into faults."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from rascue.core.errors import StoreError
from rascue.core.events import EngineInput, Record, Tick
from rascue.core.faults import FaultCode
from rascue.core.types import EngineNs, Note
from rascue.session import recorder as module
from rascue.session.recorder import Recorder
from rascue.store.reader import SessionReader
from rascue.store.writer import SessionWriter
from tests.store.samples import a_header

WAIT_S = 10.0
"""Longest a test waits for the recorder's thread; it takes milliseconds."""


class Standing:
    """A clock that stands: nothing is committed but what is urgent."""

    def now_ns(self) -> EngineNs:
        return EngineNs(0)


class Told:
    """What the recorder said, as it came."""

    def __init__(self) -> None:
        self.stored: queue.Queue[Sequence[Record]] = queue.Queue()
        self.faults: queue.Queue[tuple[FaultCode, bool, str]] = queue.Queue()

    def on_stored(self, records: Sequence[Record]) -> None:
        if records:
            self.stored.put(records)

    def on_fault(self, code: FaultCode, raised: bool, detail: str) -> None:
        self.faults.put((code, raised, detail))

    def all_faults(self) -> list[tuple[FaultCode, bool, str]]:
        return list(self.faults.queue)


class FailingWriter(SessionWriter):
    """A real writer whose disk refuses while ``broken`` is set."""

    broken = False

    def commit(self) -> None:
        if self.broken:
            raise StoreError("s.sqlite: the disk is full; free space on it")
        super().commit()


class SlowWriter(SessionWriter):
    """A real writer whose disk stands still until ``go`` is set."""

    def __init__(self, path: Path) -> None:
        self.go = threading.Event()
        super().__init__(path, a_header(), "{}")

    def append(self, given: EngineInput, outputs: Sequence[Record]) -> None:
        assert self.go.wait(WAIT_S)
        super().append(given, outputs)


def a_note(k: int) -> Note:
    return Note(EngineNs(k), "mark", str(k))


def notes_in(path: Path) -> list[str]:
    with SessionReader(path) as reader:
        return [note.text for note in reader.records(Note)]


@pytest.fixture
def told():
    return Told()


def test_what_happened_is_told_once_it_is_in_the_file(tmp_path, told):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    recorder.put(Tick(EngineNs(1)), [a_note(1)])
    assert list(told.stored.get(timeout=WAIT_S)) == [a_note(1)]
    assert notes_in(writer.path) == ["1"]
    recorder.close()
    assert told.all_faults() == []


def test_mere_samples_wait_and_are_written_at_the_end(tmp_path, told):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    for k in range(50):
        recorder.put(Tick(EngineNs(k)), [])
    recorder.close()
    with SessionReader(writer.path) as reader:
        assert len(list(reader.inputs())) == 50
        assert reader.summary().closed


def test_closing_leaves_one_file_with_everything(tmp_path, told):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    for k in range(200):
        recorder.put(Tick(EngineNs(k)), [a_note(k)])
    recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["s.sqlite"]
    assert notes_in(writer.path) == [str(k) for k in range(200)]


def test_a_disk_that_refuses_is_a_fault_and_the_therapy_still_hears_of_everything(tmp_path, told):
    writer = FailingWriter(tmp_path / "s.sqlite", a_header(), "{}")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    recorder.put(Tick(EngineNs(1)), [a_note(1)])
    told.stored.get(timeout=WAIT_S)
    writer.broken = True
    recorder.put(Tick(EngineNs(2)), [a_note(2)])
    fault = told.faults.get(timeout=WAIT_S)
    assert fault == (FaultCode.STORE_FAILED, True, "s.sqlite: the disk is full; free space on it")
    assert list(told.stored.get(timeout=WAIT_S)) == [a_note(2)]
    recorder.put(Tick(EngineNs(3)), [a_note(3)])
    assert list(told.stored.get(timeout=WAIT_S)) == [a_note(3)]


def test_what_was_stored_before_the_disk_refused_stays_readable(tmp_path, told):
    writer = FailingWriter(tmp_path / "s.sqlite", a_header(), "{}")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    recorder.put(Tick(EngineNs(1)), [a_note(1)])
    told.stored.get(timeout=WAIT_S)
    writer.broken = True
    recorder.put(Tick(EngineNs(2)), [a_note(2)])
    told.faults.get(timeout=WAIT_S)
    recorder.close()
    assert notes_in(writer.path) == ["1"]


def test_a_stalled_disk_is_told_once_and_taken_back(tmp_path, told, monkeypatch):
    monkeypatch.setattr(module, "QUEUE_ITEMS", 10)
    writer = SlowWriter(tmp_path / "s.sqlite")
    recorder = Recorder(writer, Standing(), told.on_stored, told.on_fault)
    for k in range(100):
        recorder.put(Tick(EngineNs(k)), [a_note(k)])
    slow = (FaultCode.STORE_SLOW, True, "part of the log was lost")
    assert told.all_faults() == [slow]
    writer.go.set()
    while recorder._items.qsize():
        told.stored.get(timeout=WAIT_S)
    recorder.put(Tick(EngineNs(100)), [a_note(100)])
    assert told.all_faults() == [slow, (FaultCode.STORE_SLOW, False, "part of the log was lost")]
    recorder.close()
    kept = notes_in(writer.path)
    assert kept[:10] == [str(k) for k in range(10)]
    assert kept[-1] == "100"
