"""What people see of the engine: every view can be told, and tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.core.events import records_among
from rascue.core.faults import FAULT_TABLE, FaultCode
from rascue.core.types import AudioState, CadenceEstimate, EngineNs, Note, PlayedBeat
from rascue.link.messages import EventKind, SensorState, encode, parse_from_engine
from rascue.session.snapshot import events_of, snapshot_of
from tests.unit.session.rig import WALK, Rig, cued, uncued


def shown(rig: Rig, infos=WALK.infos, path: Path | None = None):
    snapshot = snapshot_of(7, rig.engine.view(), infos, rig.out.capabilities, path)
    assert parse_from_engine(encode(snapshot)) == snapshot
    return snapshot


def test_an_idle_engine_shows_sensor_and_sound_and_no_session():
    seen = shown(Rig().ready())
    assert (seen.seq, seen.state) == (7, "idle")
    assert seen.session_id is None
    assert seen.session_file is None
    assert seen.sensor.state is SensorState.RUNNING
    assert seen.sensor.text.startswith("simulated")
    assert seen.sound.state is AudioState.RUNNING
    assert not seen.sound.audible


def test_a_session_shows_block_tempo_and_file():
    rig = Rig().begin(uncued("baseline", 20), cued(60, spm=95, title="Walk on"))
    rig.run(40)
    seen = shown(rig, path=Path("/data/s.sqlite"))
    assert seen.session_file == "/data/s.sqlite"
    assert (seen.block_index, seen.block_count, seen.block_title) == (1, 2, "Walk on")
    assert seen.planned_s == 80
    assert seen.block_elapsed_s + seen.block_left_s == pytest.approx(60)
    assert seen.target_spm == 95
    assert seen.cue_spm == pytest.approx(95)
    assert seen.baseline_spm is not None
    assert seen.cadence_spm is not None
    assert seen.explanation


def test_every_moment_of_a_lively_session_can_be_told():
    rig = Rig().begin(uncued("baseline", 5), cued(15), cued(10, kind="fade"))
    for step in range(200):
        rig.run(0.2)
        if step % 40 == 25:
            rig.ask("stop")
            shown(rig)
        if step % 40 == 30:
            rig.ask("resume")
        rig.walking = step % 60 < 40
        rig.sensor_there = step % 90 < 80
        shown(rig)


def test_a_stop_by_a_person_shows_until_it_is_resumed():
    rig = Rig().begin()
    rig.run(3)
    rig.ask("stop")
    assert shown(rig).stopped
    rig.ask("resume")
    assert not shown(rig).stopped


@pytest.mark.parametrize("code", list(FaultCode))
def test_a_fault_is_shown_with_its_words(code):
    rig = Rig().ready()
    rig.state_fault(code)
    note = next(note for note in shown(rig).faults if note.code is code)
    rule = FAULT_TABLE[code]
    assert (note.text, note.remedy, note.effect) == (rule.text, rule.remedy, rule.effect)
    assert note.latched is rule.latched


def test_the_lamp_of_the_sensor_follows_its_faults():
    rig = Rig()
    assert shown(rig).sensor.state is SensorState.STARTING
    assert shown(rig).sensor.age_s is None
    rig.run(0.5)
    assert shown(rig).sensor.state is SensorState.RUNNING
    rig.sensor_there = False
    rig.run(2)
    assert shown(rig).sensor.state is SensorState.STALE
    assert shown(rig).sensor.age_s == pytest.approx(2, abs=0.1)
    rig.state_fault(FaultCode.SENSOR_LOST)
    assert shown(rig).sensor.state is SensorState.LOST
    assert shown(rig, infos=()).sensor.state is SensorState.NONE


def test_the_lamp_of_the_sound_says_why_it_is_lost():
    rig = Rig()
    assert shown(rig).sound.state is AudioState.CLOSED
    rig.run(0.2)
    rig.out.unplug()
    rig.run(0.1)
    assert shown(rig).sound.state is AudioState.LOST
    assert shown(rig).sound.text == "unplugged"
    rig.run(2)
    assert shown(rig).sound.text.startswith("test output is not available")


def test_what_people_follow_live_becomes_an_event():
    rig = Rig().begin(cued(60))
    records = records_among(rig.run(10))
    events = list(events_of(records))
    assert {event.kind for event in events} >= {
        EventKind.STEP, EventKind.BEAT, EventKind.DECISION, EventKind.STATE
    }  # fmt: skip
    for event in events:
        assert parse_from_engine(encode(event)).kind is event.kind


def test_notes_of_state_are_told_apart():
    at = EngineNs(1)
    kinds = [event.kind for event in events_of([Note(at, "state", "x"), Note(at, "mark", "y")])]
    assert kinds == [EventKind.STATE, EventKind.NOTE]


def test_what_nobody_follows_live_stays_in_the_file():
    rig = Rig().begin(cued(60))
    records = [r for r in records_among(rig.run(10)) if isinstance(r, CadenceEstimate | PlayedBeat)]
    assert records
    assert list(events_of(records)) == []
