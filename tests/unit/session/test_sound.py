"""The keeper carries out sound effects and opens a lost output again."""

from __future__ import annotations

import queue
import threading
import time

import pytest

from rascue.core.clock import after
from rascue.core.events import CancelFrom, FadeAll, MakeReady, ScheduleBeat
from rascue.core.types import AudioState, Beat, BeatOutcome, DacFrame, EngineNs, Note
from rascue.session import sound
from rascue.session.opening import Work
from rascue.session.sound import REOPEN_EVERY_S, SoundKeeper
from tests.unit.session.rig import START_NS, UnpluggableOut


def a_beat(index: int, frame: int) -> Beat:
    return Beat(index, START_NS, DacFrame(frame), 0.5, "click", False, -18.0, 0)


def at(seconds: float) -> EngineNs:
    return after(START_NS, seconds)


def at_once(work: Work) -> None:
    work()


def opened() -> tuple[SoundKeeper, UnpluggableOut]:
    out = UnpluggableOut()
    keeper = SoundKeeper(out, run=at_once)
    assert keeper.poll(at(0)).state is AudioState.RUNNING
    return keeper, out


def outcomes(keeper: SoundKeeper, seconds: float) -> list[tuple[int, BeatOutcome]]:
    return [(beat.beat_index, beat.outcome) for beat in keeper.poll(at(seconds)).played]


def test_effects_are_carried_out_in_order():
    keeper, out = opened()
    keeper.apply(
        [
            Note(START_NS, "mark", "no sound"),
            ScheduleBeat(a_beat(0, 4800)),
            ScheduleBeat(a_beat(1, 9600)),
            ScheduleBeat(a_beat(2, 14400)),
            CancelFrom(DacFrame(9600)),
            ScheduleBeat(a_beat(3, 19200)),
        ]
    )
    assert outcomes(keeper, 0.5) == [
        (0, BeatOutcome.PLAYED), (1, BeatOutcome.CANCELLED),
        (2, BeatOutcome.CANCELLED), (3, BeatOutcome.PLAYED),
    ]  # fmt: skip
    assert max(peak for _, peak in out.peaks) > 0.05


def test_fading_takes_everything_back():
    keeper, out = opened()
    keeper.apply([ScheduleBeat(a_beat(0, 4800)), FadeAll(0.005)])
    assert outcomes(keeper, 0.5) == [(0, BeatOutcome.CANCELLED)]
    assert max(peak for _, peak in out.peaks) == 0.0


def test_without_a_device_the_state_says_why():
    out = UnpluggableOut()
    out.unplugged = True
    status = SoundKeeper(out, run=at_once).poll(at(0))
    assert status.state is AudioState.LOST
    assert status.clock is None
    assert status.detail.startswith("test output is not available")


def test_without_a_device_effects_are_dropped():
    keeper, out = opened()
    out.unplug()
    keeper.poll(at(0.1))
    keeper.apply([ScheduleBeat(a_beat(0, 9600))])
    out.unplugged = False
    assert outcomes(keeper, 2.0) == []
    assert outcomes(keeper, 3.0) == []


def test_a_lost_device_says_so_with_its_last_words():
    keeper, out = opened()
    out.unplug()
    assert keeper.poll(at(0.1)).detail == "unplugged"


def test_an_absent_device_is_tried_again_once_in_a_while():
    tried = []

    class Counting(UnpluggableOut):
        def open(self, now_ns: EngineNs) -> None:
            tried.append(now_ns)
            super().open(now_ns)

    out = Counting()
    out.unplugged = True
    keeper = SoundKeeper(out, run=at_once)
    for tick in range(100):
        keeper.poll(at(0.05 * tick))
    assert len(tried) == 5 / REOPEN_EVERY_S
    out.unplugged = False
    assert keeper.poll(at(5.0)).state is AudioState.RUNNING


def test_a_driver_that_does_not_answer_holds_nothing_up():
    answers = threading.Event()

    class Slow(UnpluggableOut):
        def open(self, now_ns: EngineNs) -> None:
            assert answers.wait(60)
            super().open(now_ns)

    out = Slow()
    keeper = SoundKeeper(out)
    for tick in range(100):
        status = keeper.poll(at(0.05 * tick))
        keeper.apply([ScheduleBeat(a_beat(tick, 4800)), FadeAll(0.005)])
        assert (status.state, status.detail) == (AudioState.STARTING, "")
    answers.set()
    until_s = time.monotonic() + 60
    while keeper.poll(at(5.0)).state is not AudioState.RUNNING:
        assert time.monotonic() < until_s
        time.sleep(0.01)


def test_a_defect_met_while_opening_is_not_hidden():
    class Broken(UnpluggableOut):
        def open(self, now_ns: EngineNs) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        SoundKeeper(Broken(), run=at_once).poll(at(0))


def test_a_lost_device_is_closed_before_it_is_opened_again():
    asked = []

    class Telling(UnpluggableOut):
        def open(self, now_ns: EngineNs) -> None:
            asked.append("open")
            super().open(now_ns)

        def close(self) -> None:
            asked.append("close")
            super().close()

    out = Telling()
    keeper = SoundKeeper(out, run=at_once)
    keeper.poll(at(0))
    out.unplug()
    keeper.poll(at(0.1))
    assert keeper.poll(at(0.2)).detail == "unplugged"
    out.unplugged = False
    assert keeper.poll(at(1.0)).state is AudioState.RUNNING
    assert asked == ["close", "open"] * 2


def test_a_device_is_closed_once():
    keeper, out = opened()
    keeper.close()
    keeper.close()
    assert out.poll(at(0.1)).state is AudioState.CLOSED


def test_samples_are_made_beside_the_main_thread_also_while_no_device_is_there(monkeypatch):
    made = queue.Queue()
    monkeypatch.setattr(
        sound, "make_ready", lambda name, *_: made.put((name, threading.current_thread().name))
    )
    SoundKeeper(UnpluggableOut(), run=at_once).apply([MakeReady(("bell", "wood"))])
    assert [made.get(timeout=10) for _ in range(2)] == [("bell", "samples"), ("wood", "samples")]
    assert made.empty()
