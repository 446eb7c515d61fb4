"""Which command is accepted in which state, and what the engine answers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rascue import registry
from rascue.core.events import CloseSession, FadeAll, OpenSession, Reply, Tick
from rascue.core.faults import FAULT_TABLE, Effect, Fault, FaultCode
from rascue.core.types import Command, Note
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from tests.unit.session.rig import START_NS, WALK, Rig, a_program, cued, notes, picked, uncued

IN_A_SESSION = ("resume", "end", "skip_block", "adjust_tempo", "adjust_level", "mark")
FORBID_A_START = [code for code in FaultCode if FAULT_TABLE[code].effect >= Effect.NO_START]


# --- without a session -------------------------------------------------------------------------


def test_a_new_engine_is_idle():
    rig = Rig()
    assert rig.state == "idle"
    assert not rig.engine.in_session
    assert rig.engine.view().therapy is None


@pytest.mark.parametrize("kind", IN_A_SESSION)
def test_without_a_session_there_is_nothing_to_do(kind):
    reply = Rig().answer(kind)
    assert (reply.ok, reply.text) == (False, f"{kind}: no session is running; press start first")


def test_stop_silences_also_without_a_session():
    effects = Rig().ask("stop")
    assert effects == [FadeAll(0.005), Reply("c1", ok=True, text="the sound is off")]


def test_an_unknown_command_is_refused():
    reply = Rig().answer("dance")
    assert (reply.ok, reply.text) == (False, 'unknown command "dance"')


def test_an_answer_names_its_command():
    effects = Rig().engine.handle(Command("abc", START_NS, "dance", {}, "x"))
    assert picked(effects, Reply)[0].command_id == "abc"


# --- start -------------------------------------------------------------------------------------


def test_a_session_opens_before_anything_is_said_about_it():
    rig = Rig().ready()
    effects = rig.ask("start", program=a_program(), subject_code="P7", started_utc="2026-01-31")
    opened = effects[0]
    assert isinstance(opened, OpenSession)
    assert opened.header.subject_code == "P7"
    assert opened.header.started_utc == "2026-01-31"
    assert opened.header.anchor_ns == rig.now_ns
    assert opened.header.sources == WALK.infos
    assert opened.header.program.name == "test"
    assert effects[-1] == Reply("c1", ok=True, text="the session begins")


def test_a_running_session_is_not_replaced():
    reply = Rig().begin().start()
    assert (reply.ok, reply.text) == (False, "a session is running; end it first")


@pytest.mark.parametrize("code", FORBID_A_START)
def test_no_start_while_a_grave_fault_is_raised(code):
    rig = Rig().ready()
    rig.state_fault(code)
    reply = rig.start()
    rule = FAULT_TABLE[code]
    assert (reply.ok, reply.text) == (False, f"not started: {rule.text} {rule.remedy}")
    assert rig.state == "idle"


@pytest.mark.parametrize("code", sorted(set(FaultCode) - set(FORBID_A_START)))
def test_a_slight_fault_forbids_nothing(code):
    rig = Rig().ready()
    rig.state_fault(code)
    assert rig.start().ok


@pytest.mark.parametrize("code", FORBID_A_START)
def test_a_start_is_accepted_once_the_fault_is_gone(code):
    rig = Rig().ready()
    rig.state_fault(code)
    rig.state_fault(code, raised=False)
    rig.ask("clear_fault", code=code.value)
    assert rig.start().ok


def test_no_start_without_samples():
    rig = Rig()
    rig.sensor_there = False
    rig.run(1.5)
    assert rig.start().text.startswith("not started: The sensor has gone quiet")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"program": None}, "start: no programme was given"),
        ({"program": {}}, 'programme: key "name" is missing; add it'),
        ({"subject_code": 3}, 'start: "subject_code" must be text'),
        (
            {"program": a_program(cued(9, strategy="fixt"))},
            'there is no cue strategy "fixt" (did you mean "fixed"?)',
        ),
        (
            {"program": a_program(cued(9, params={"gian": 1}))},
            'strategy fixed: unknown key "gian"',
        ),
        (
            {"program": a_program(uncued("rest", 9), cued(9, sound="clik"))},
            'programme: step 2: unknown sound "clik" (did you mean "click"?)',
        ),
        (
            {"program": a_program(cued(9, level_dbfs=-1.0))},
            'programme: key "step.0.level_dbfs" = -1.0 is not accepted',
        ),
    ],
)
def test_a_start_that_cannot_be_carried_out_says_why(changes, told):
    rig = Rig().ready()
    reply = rig.start(**changes)
    assert not reply.ok
    assert reply.text.startswith(told)
    assert rig.state == "idle"


@dataclass(frozen=True, slots=True)
class NoParams:
    """Nothing to set."""


class PhaseBound:
    """A strategy that needs to know when its sound is heard, to 5 ms."""

    name = "phase_bound"
    params_type = NoParams
    needs = StrategyNeeds(output_latency_sd_max_s=0.005)

    def __init__(self, params: NoParams) -> None:
        self.params = params

    def decide(self, now: CueInput) -> WantedCue:
        return WantedCue(now.target_spm, None, ())


@pytest.mark.parametrize(("latency_sd_s", "accepted"), [(0.005, True), (0.02, False)])
def test_a_strategy_bound_to_the_phase_needs_a_punctual_output(monkeypatch, latency_sd_s, accepted):
    find = registry.find
    installed = {"phase_bound": PhaseBound}
    monkeypatch.setattr(
        registry, "find", lambda kind, name: installed.get(name) or find(kind, name)
    )
    rig = Rig().ready()
    status = rig.out.poll(rig.now_ns)
    rig.give(type(status)(status.at_ns, status.state, status.clock, (), 0, 0.1, latency_sd_s))
    reply = rig.start(cued(60, strategy="phase_bound"))
    assert reply.ok is accepted
    if not accepted:
        assert reply.text == (
            'block 1 follows the phase of steps ("phase_bound"), but the delay of the sound output '
            "varies by 20 ms (at most 5 ms); use a wired output or another programme"
        )


# --- in a session ------------------------------------------------------------------------------


def test_tempo_by_hand_adds_up_to_a_bound_and_is_noted():
    rig = Rig().begin()
    effects = rig.ask("adjust_tempo", delta_spm=5)
    assert notes(effects, "tempo") == ["tempo by hand: +5 steps/min"]
    assert rig.answer("adjust_tempo", delta_spm=-2.0).text == "tempo by hand: +3 steps/min"
    assert rig.answer("adjust_tempo", delta_spm=100).text == "tempo by hand: +20 steps/min"
    assert rig.answer("adjust_tempo", delta_spm=-100).text == "tempo by hand: -20 steps/min"


def test_level_by_hand_adds_up_to_a_bound_and_is_noted():
    rig = Rig().begin()
    effects = rig.ask("adjust_level", delta_db=3)
    assert notes(effects, "level") == ["volume by hand: +3 dB"]
    assert rig.answer("adjust_level", delta_db=-100).text == "volume by hand: -18 dB"
    assert rig.answer("adjust_level", delta_db=100).text == "volume by hand: +18 dB"


@pytest.mark.parametrize("value", [None, "5", True, float("nan"), float("inf"), [1]])
@pytest.mark.parametrize(
    ("kind", "name"), [("adjust_tempo", "delta_spm"), ("adjust_level", "delta_db")]
)
def test_what_is_no_number_changes_nothing(kind, name, value):
    rig = Rig().begin()
    reply = rig.answer(kind, **{name: value})
    assert (reply.ok, reply.text) == (False, f'{kind}: "{name}" must be a number')
    view = rig.engine.view().therapy
    assert (view.tempo_offset_spm, view.level_offset_db) == (0.0, 0.0)


def test_a_mark_is_kept_with_its_words():
    effects = Rig().begin().ask("mark", text="turned at the door")
    assert picked(effects, Note)[0].text == "turned at the door"


def test_skipping_leads_to_the_next_block():
    rig = Rig().begin(uncued("baseline", 60), cued(60))
    assert rig.answer("skip_block").text == "on to the next block"
    effects = rig.run(0.1)
    assert notes(effects, "block") == ["block 2 of 2: cued"]


def test_skipping_the_last_block_ends_the_session():
    rig = Rig().begin(uncued("baseline", 60))
    rig.ask("skip_block")
    rig.run(2)
    assert rig.state == "ended"


@pytest.mark.parametrize("kind", ["resume", "skip_block", "adjust_tempo", "adjust_level"])
def test_what_can_have_no_effect_any_more_is_not_confirmed(kind):
    rig = Rig().begin()
    rig.run(3)
    rig.ask("end")
    reply = rig.answer(kind, delta_spm=1, delta_db=1)
    assert (reply.ok, reply.text) == (False, f"{kind}: the session is ending; start a new one")


@pytest.mark.parametrize("kind", ["stop", "end", "mark"])
def test_stopping_ending_and_marking_are_always_possible(kind):
    rig = Rig().begin()
    rig.run(3)
    rig.ask("end")
    assert rig.answer(kind).ok


def test_a_session_closes_once_and_the_next_may_begin():
    rig = Rig().begin()
    rig.run(2)
    rig.ask("end")
    effects = rig.run(2)
    assert len(picked(effects, CloseSession)) == 1
    assert rig.state == "ended"
    assert rig.start().ok
    assert rig.state != "ended"


# --- faults ------------------------------------------------------------------------------------


def test_a_latched_fault_stays_until_a_person_clears_it():
    rig = Rig().ready()
    rig.state_fault(FaultCode.STORE_FAILED)
    assert rig.state_fault(FaultCode.STORE_FAILED, raised=False) == []
    effects = rig.ask("clear_fault", code="store_failed")
    assert [fault.raised for fault in picked(effects, Fault)] == [False]
    assert FaultCode.STORE_FAILED not in rig.faults


def test_clearing_an_unknown_fault_is_refused():
    reply = Rig().answer("clear_fault", code="no_coffee")
    assert (reply.ok, reply.text) == (False, 'clear_fault: unknown fault "no_coffee"')


def test_a_tick_with_nothing_new_says_nothing():
    rig = Rig().ready()
    assert rig.engine.handle(Tick(rig.now_ns)) == []
