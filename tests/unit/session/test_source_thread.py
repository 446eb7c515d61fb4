"""A sensor's thread: delivers blocks, tells of loss and return, opens again by itself."""

from __future__ import annotations

import queue

import pytest

from rascue.core.errors import SensorUnavailable, UnavailableReason
from rascue.core.events import EngineInput
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import EngineNs, ImuBlock, Placement, SourceInfo
from rascue.sensor.base import EndOfRecording
from rascue.session import source_thread
from rascue.session.fault_board import FaultBoard
from rascue.session.lost_sensors import LostSensors
from rascue.session.source_thread import SourceThread
from tests.unit.session.rig import WALK

WAIT_S = 10.0
LOST = SensorUnavailable("waist", UnavailableReason.NO_ACK)


class Standing:
    def now_ns(self) -> EngineNs:
        return EngineNs(7)


class Scripted:
    """A source that does one thing after another; at the end of the script nothing comes."""

    def __init__(self, opens: list[Exception | None], reads: list[ImuBlock | Exception]) -> None:
        self.opens = opens
        self.reads = reads
        self.n_closed = 0

    @property
    def info(self) -> SourceInfo:
        return WALK.infos[0]

    def open(self) -> None:
        error = self.opens.pop(0) if self.opens else None
        if error is not None:
            raise error

    def read(self, timeout_s: float) -> ImuBlock | None:
        del timeout_s
        if not self.reads:
            return None
        found = self.reads.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        self.n_closed += 1


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(source_thread, "RETRY_AFTER_S", (0.0,))


def delivered(source: Scripted, count: int) -> list[str]:
    """Run a thread on the source; return what it delivered first, in words."""
    inbox: queue.Queue[EngineInput] = queue.Queue()
    thread = SourceThread(source, inbox.put, LostSensors(inbox.put, Standing()))
    thread.start()
    found = [_in_words(inbox.get(timeout=WAIT_S)) for _ in range(count)]
    thread.close()
    assert source.n_closed >= 1
    return found


def _in_words(given: EngineInput) -> str:
    if isinstance(given, Fault):
        assert given.code is FaultCode.SENSOR_LOST
        assert given.at_ns == 7
        return f"lost: {given.detail}" if given.raised else "there"
    assert isinstance(given, ImuBlock)
    return f"block {given.seq}"


def test_blocks_are_delivered_in_order_after_the_word_that_it_is_there():
    blocks = [WALK.block(k) for k in (1, 2, 3)]
    seqs = [f"block {block.seq}" for block in blocks]
    assert delivered(Scripted([], list(blocks)), 4) == ["there", *seqs]


def test_a_sensor_that_does_not_open_is_tried_again():
    told = delivered(Scripted([LOST, LOST, None], [WALK.block(1)]), 4)
    assert told == [
        f"lost: lower back: {LOST}",
        f"lost: lower back: {LOST}",
        "there",
        f"block {WALK.block(1).seq}",
    ]


def test_a_sensor_lost_while_reading_is_opened_again():
    told = delivered(Scripted([], [WALK.block(1), LOST, WALK.block(2)]), 5)
    assert told[2:4] == [f"lost: lower back: {LOST}", "there"]
    assert told[4] == f"block {WALK.block(2).seq}"


def test_the_end_of_a_recording_is_told_and_final():
    source = Scripted([], [WALK.block(1), EndOfRecording()])
    told = delivered(source, 3)
    assert told[2] == "lost: lower back: the recording is at its end"
    assert source.n_closed == 1


def test_closing_ends_a_thread_that_waits_for_its_sensor(monkeypatch):
    monkeypatch.setattr(source_thread, "RETRY_AFTER_S", (3600.0,))
    inbox: queue.Queue[EngineInput] = queue.Queue()
    thread = SourceThread(Scripted([LOST], []), inbox.put, LostSensors(inbox.put, Standing()))
    thread.start()
    inbox.get(timeout=WAIT_S)
    thread.close()
    assert not thread._thread.is_alive()


def test_of_two_lost_sensors_each_is_named_until_it_is_back():
    board = FaultBoard()
    told = []

    def take(given: EngineInput) -> None:
        assert isinstance(given, Fault)
        told.extend(board.update(given.at_ns, given.code, given.raised, given.detail))

    sensors = LostSensors(take, Standing())
    sensors.state(Placement.LEFT_FOOT, lost=True, detail="no answer")
    sensors.state(Placement.RIGHT_FOOT, lost=True, detail="bus gone")
    assert [f.detail for f in board.raised] == ["left foot: no answer; right foot: bus gone"]
    sensors.state(Placement.LEFT_FOOT, lost=False, detail="")
    assert [f.detail for f in board.raised] == ["right foot: bus gone"]
    sensors.state(Placement.RIGHT_FOOT, lost=False, detail="")
    assert board.raised == ()
    assert [f.raised for f in told] == [True, False]
