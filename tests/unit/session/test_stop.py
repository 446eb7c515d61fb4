"""R1: a stop silences within 200 ms in every state, and only a person starts the beat again."""

from __future__ import annotations

import pytest

from rascue.core.events import FadeAll
from rascue.core.faults import FaultCode
from rascue.core.limits import STOP_WITHIN_S
from rascue.core.types import BeatOutcome, PlayedBeat
from tests.unit.session.rig import TICK_S, Rig, beats, cued, picked, uncued

RATE_HZ = 48_000


def in_baseline() -> Rig:
    rig = Rig().begin(uncued("baseline", 60), cued(60))
    rig.run(10)
    return rig


def while_cueing() -> Rig:
    rig = Rig().begin()
    rig.run(10)
    return rig


def while_holding() -> Rig:
    rig = while_cueing()
    rig.state_fault(FaultCode.SENSOR_LOST)
    rig.run(2)
    return rig


def while_fading() -> Rig:
    rig = while_holding()
    rig.run(rig.config.limits.hold_max_s)
    return rig


def at_rest() -> Rig:
    rig = Rig().begin(uncued("rest", 60), cued(60))
    rig.run(10)
    return rig


def while_stopped() -> Rig:
    rig = while_cueing()
    rig.ask("stop")
    rig.run(2)
    return rig


STATES = {
    "baseline": in_baseline,
    "cueing": while_cueing,
    "holding": while_holding,
    "fading": while_fading,
    "silent": at_rest,
}
BUSY = [*STATES.values(), while_stopped]


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_reached(state):
    assert STATES[state]().state == state


@pytest.mark.parametrize("reach", BUSY)
def test_a_stop_fades_everything_and_leaves_silence(reach):
    rig = reach()
    effects = rig.ask("stop")
    assert picked(effects, FadeAll) == [FadeAll(0.005)]
    assert rig.state == "silent"
    assert rig.engine.view().therapy.stopped


@pytest.mark.parametrize("reach", BUSY)
def test_after_a_stop_no_beat_is_placed(reach):
    rig = reach()
    rig.ask("stop")
    assert beats(rig.run(30)) == []


@pytest.mark.parametrize("reach", BUSY)
def test_after_a_stop_nothing_sounds(reach):
    rig = reach()
    stopped_frame = rig.out.poll(rig.now_ns).clock.to_count(rig.now_ns)
    rig.ask("stop")
    rig.run(5)
    after_frame = stopped_frame + STOP_WITHIN_S * RATE_HZ
    loudest = max(peak for last, peak in rig.out.peaks if last > after_frame + TICK_S * RATE_HZ)
    assert loudest == 0.0


def test_beats_already_given_to_the_output_are_taken_back():
    rig = while_cueing()
    while not (placed := beats(rig.run(TICK_S))):
        pass
    rig.ask("stop")
    outcomes = [(beat.index, beat.outcome) for beat in picked(rig.run(1), PlayedBeat)]
    assert outcomes == [(placed[0].index, BeatOutcome.CANCELLED)]


@pytest.mark.parametrize("kind", ["skip_block", "adjust_tempo", "adjust_level", "mark"])
def test_no_other_command_starts_the_beat_again(kind):
    rig = Rig().begin(cued(60), cued(60, 90))
    rig.run(10)
    rig.ask("stop")
    assert rig.answer(kind, delta_spm=5, delta_db=3).ok
    assert beats(rig.run(5)) == []


def test_a_fault_that_goes_does_not_start_the_beat_again():
    rig = while_holding()
    rig.ask("stop")
    rig.state_fault(FaultCode.SENSOR_LOST, raised=False)
    assert beats(rig.run(10)) == []


def test_an_output_that_returns_does_not_start_the_beat_again():
    rig = while_cueing()
    rig.ask("stop")
    rig.out.unplug()
    rig.run(2)
    rig.out.unplugged = False
    assert beats(rig.run(5)) == []
    assert FaultCode.AUDIO_LOST not in rig.faults


def test_a_person_starts_it_again_where_the_programme_stood():
    rig = Rig().begin(uncued("rest", 5), cued(60))
    rig.run(15)
    elapsed_s = rig.engine.view().therapy.block_elapsed_s
    rig.ask("stop")
    rig.run(30)
    assert rig.answer("resume").text == "the beat goes on"
    assert beats(rig.run(2))
    assert rig.state == "cueing"
    assert rig.engine.view().therapy.block_elapsed_s == pytest.approx(elapsed_s + 2, abs=0.1)
    assert not rig.engine.view().therapy.stopped


def test_an_end_silences_as_a_stop_does():
    rig = while_cueing()
    assert picked(rig.ask("end"), FadeAll) == [FadeAll(0.005)]
    assert beats(rig.run(10)) == []
    assert rig.state == "ended"
