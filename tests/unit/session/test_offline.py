"""A session in time given from outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.config.program import program_from_dict
from rascue.core.clock import after
from rascue.core.clockmap import ClockMap
from rascue.core.errors import WrongUse
from rascue.core.events import AudioStatus, Tick
from rascue.core.types import AudioState, Beat, BeatOutcome, DacFrame, Note, PlayedFrame
from rascue.session.offline import STATUS_EVERY_S, OfflineSession, StatusFilter
from tests.unit.session.rig import START_NS, WALK, a_config, a_program, cued

CONFIG = a_config()


def a_session(*steps, open_log=None) -> OfflineSession:
    program = program_from_dict(a_program(*steps), "test")
    out = SilentOut("", AudioOutSettings())
    return OfflineSession(
        CONFIG, program, out, WALK.infos, START_NS, "P1", open_log=open_log, session_id="x"
    )


def test_a_session_runs_until_its_programme_is_over():
    session = a_session(cued(5))
    for k in range(1, 201):
        session.feed(WALK.block(k))
    assert session.finished
    assert session.engine.view().state == "ended"


def test_finishing_ends_a_running_session():
    session = a_session(cued(600))
    for k in range(1, 101):
        session.feed(WALK.block(k))
    records = session.finish()
    assert session.finished
    assert records[-1] == Note(records[-1].at_ns, "state", "ended: every beat is accounted for")


def test_finishing_a_finished_session_adds_nothing():
    session = a_session(cued(1))
    session.advance(after(START_NS, 5.0))
    assert session.finished
    assert session.finish() == []


def test_time_passes_without_samples():
    records = a_session(cued(600)).advance(after(START_NS, 4.0))
    assert sum(isinstance(record, Beat) for record in records) == 8


def test_a_programme_the_engine_refuses_is_told():
    with pytest.raises(WrongUse, match='there is no cue strategy "fixt"'):
        a_session(cued(5, strategy="fixt"))


def test_the_log_hears_of_every_input_from_the_start_command_on():
    kept = []

    def open_log(header):
        assert header.session_id == "x"
        return lambda given, records: kept.append((given, list(records)))

    session = a_session(cued(600), open_log=open_log)
    session.advance(after(START_NS, 1.0))
    assert kept[0][0].kind == "start"
    ticks = [given.at_ns for given, _ in kept if isinstance(given, Tick)]
    assert ticks == [after(START_NS, 0.05 * k) for k in range(21)]


def test_a_command_is_given_at_the_present_tick():
    session = a_session(cued(600))
    session.advance(after(START_NS, 2.0))
    records = session.command("mark", {"text": "here"})
    assert records == [Note(after(START_NS, 2.05), "mark", "here")]


# --- statuses that tell nothing new ------------------------------------------------------------


def a_status(seconds: float, **changes: object) -> AudioStatus:
    clock = ClockMap(0, START_NS, 48_000.0, 0.0, 1)
    plain = AudioStatus(after(START_NS, seconds), AudioState.RUNNING, clock, (), 0, 0.0, 0.0)
    return replace(plain, **changes)


def test_the_first_status_is_news():
    assert StatusFilter().passes(a_status(0))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": AudioState.LOST},
        {"underflows": 1},
        {"clock": None},
        {"played": (PlayedFrame(0, DacFrame(0), BeatOutcome.PLAYED),)},
    ],
)
def test_what_is_new_passes(changes):
    statuses = StatusFilter()
    statuses.passes(a_status(0))
    assert statuses.passes(a_status(0.05, **changes))


def test_what_tells_nothing_new_passes_once_a_second():
    statuses = StatusFilter()
    passed = [k for k in range(61) if statuses.passes(a_status(0.05 * k))]
    assert passed == [0, 20, 40, 60]
    assert STATUS_EVERY_S == 1.0
