"""A session from its start to its last beat: blocks, holding, fading, a lost output, the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from rascue.core.events import AudioStatus, CloseSession, Effect
from rascue.core.faults import FaultCode
from rascue.core.types import (
    BeatOutcome,
    CadenceEstimate,
    CueDecision,
    DacFrame,
    EngineNs,
    GaitFlag,
    GaitSign,
    PlayedBeat,
    PlayedFrame,
    StrideRecord,
)
from rascue.session.therapy import NOT_FOLLOWING_AFTER_S, REPORT_WITHIN_S
from tests.unit.session.rig import (
    TICK_S,
    Rig,
    a_config,
    beats,
    cued,
    notes,
    picked,
    uncued,
)

TWO_TICKS_S = 2 * TICK_S


def all_effects(rig: Rig) -> list[Effect]:
    return [effect for _, effects in rig.log for effect in effects]


def decisions_of(rig: Rig) -> list[CueDecision]:
    return picked(all_effects(rig), CueDecision)


def last_beat_s(rig: Rig) -> float:
    return rig.seconds(beats(all_effects(rig))[-1].due_ns)


def running_but_mute(rig: Rig) -> Callable[[EngineNs], AudioStatus]:
    """Return the poll of an output that runs and tells nothing of its beats."""
    status = next(given for given, _ in reversed(rig.log) if isinstance(given, AudioStatus))
    return lambda now_ns: replace(status, at_ns=now_ns, played=())


def state_changes(rig: Rig) -> list[tuple[float, str]]:
    return [
        (rig.seconds(given.at_ns), text.split(":")[0])
        for given, effects in rig.log
        for text in notes(effects, "state")
    ]


# --- programme ---------------------------------------------------------------------------------


def test_states_follow_the_blocks():
    rig = Rig().begin(
        uncued("baseline", 10), cued(10), uncued("rest", 5), cued(10, kind="fade"),
        uncued("probe", 5),
    )  # fmt: skip
    rig.run(45)
    states = [state for _, state in state_changes(rig)]
    assert states == ["baseline", "cueing", "silent", "fading", "silent", "ended"]
    blocks = [text.split(":")[0] for text in notes(all_effects(rig), "block")]
    assert blocks == [f"block {number} of 5" for number in range(1, 6)]


def test_beats_sound_only_in_cued_blocks():
    rig = Rig().begin(uncued("baseline", 10), cued(10), uncued("rest", 30))
    start_s = rig.seconds(rig.now_ns)
    placed = [rig.seconds(beat.due_ns) - start_s for beat in beats(rig.run(45))]
    horizon_s = rig.config.engine.horizon_s
    assert 10 < placed[0] < 11
    assert 19 < placed[-1] < 20 + horizon_s


def test_a_percentage_refers_to_the_measured_baseline():
    target = {"kind": "percent_of_baseline", "value": 105}
    rig = Rig().begin(uncued("baseline", 20), cued(30, target=target))
    rig.run(50)
    view = rig.engine.view().therapy
    decision = decisions_of(rig)[-1]
    assert view.baseline_spm is not None
    assert decision.allowed_spm == pytest.approx(1.05 * view.baseline_spm, rel=0.002)


def test_tempo_by_hand_moves_the_cue_within_the_slew_limit():
    rig = Rig().begin(cued(600, spm=95))
    rig.run(5)
    rig.ask("adjust_tempo", delta_spm=5)
    rig.run(2)
    limits = rig.config.limits
    assert decisions_of(rig)[-1].allowed_spm <= 95 + 2.1 * limits.rate_max_spm_per_s
    rig.run(10)
    assert decisions_of(rig)[-1].allowed_spm == pytest.approx(100)


def test_the_programme_over_nothing_is_placed_any_more():
    rig = Rig().begin(cued(10))
    rig.run(10 + TWO_TICKS_S)
    assert notes(all_effects(rig), "end") == ["the programme is over"]
    assert beats(rig.run(5)) == []
    assert rig.state == "ended"


def test_a_session_ends_when_its_last_beat_is_accounted_for():
    rig = Rig().begin()
    rig.run(10)
    while not beats(rig.run(TICK_S)):
        pass
    rig.ask("end")
    effects = rig.run(0.5)
    closes = effects.index(CloseSession())
    reports = [k for k, effect in enumerate(effects) if isinstance(effect, PlayedBeat)]
    assert reports
    assert max(reports) < closes


def test_a_silent_output_does_not_keep_a_session_from_ending():
    rig = Rig().begin()
    rig.run(10)
    while not beats(rig.run(TICK_S)):
        pass
    rig.out.poll = running_but_mute(rig)
    ended_s = rig.seconds(rig.now_ns)
    rig.ask("end")
    while rig.engine.in_session:
        rig.run(TICK_S)
    assert REPORT_WITHIN_S < rig.seconds(rig.now_ns) - ended_s < REPORT_WITHIN_S + 0.2


# --- lost information --------------------------------------------------------------------------


@pytest.mark.parametrize(("hold_s", "fade_s"), [(3.0, 2.0), (6.0, 4.0)])
def test_a_quiet_sensor_holds_then_fades_then_silences(hold_s, fade_s):
    rig = Rig(a_config(limits={"hold_max_s": hold_s, "fade_s": fade_s}))
    rig.begin()
    rig.run(10)
    quiet_s = rig.seconds(rig.now_ns)
    rig.sensor_there = False
    rig.run(20)
    stale_s = quiet_s + rig.config.engine.sensor_stale_s
    assert state_changes(rig)[1:] == [
        (pytest.approx(stale_s, abs=TWO_TICKS_S), "holding"),
        (pytest.approx(stale_s + hold_s, abs=TWO_TICKS_S), "fading"),
        (pytest.approx(stale_s + hold_s + fade_s, abs=TWO_TICKS_S), "silent"),
    ]


def test_while_holding_tempo_and_interval_stay():
    rig = Rig().begin(cued(600, spm=95, target={"kind": "absolute", "value": 95, "end_value": 120}))
    rig.run(10)
    rig.sensor_there = False
    rig.run(1.5)
    assert rig.state == "holding"
    held = {round(beat.interval_s, 6) for beat in beats(rig.run(5))}
    tempi = {d.allowed_spm for d in decisions_of(rig)[-5:]}
    assert len(held) == len(tempi) == 1


def test_while_fading_each_beat_is_softer_than_the_one_before():
    rig = Rig(a_config(limits={"hold_max_s": 2.0}))
    rig.begin()
    rig.run(10)
    rig.sensor_there = False
    rig.run(3)
    levels = [beat.level_dbfs for beat in beats(rig.run(5))]
    assert len(levels) >= 4
    assert all(later < earlier for earlier, later in pairwise(levels))


def test_a_sensor_that_returns_is_followed_again():
    rig = Rig().begin()
    rig.run(10)
    rig.sensor_there = False
    rig.run(3)
    assert rig.state == "holding"
    rig.sensor_there = True
    rig.run(0.2)
    assert rig.state == "cueing"
    assert FaultCode.SENSOR_STALE not in rig.faults


def test_a_person_who_stands_lets_the_cue_fade_and_one_who_walks_brings_it_back():
    rig = Rig().begin()
    rig.run(10)
    rig.walking = False
    stood_s = rig.seconds(rig.now_ns)
    rig.run(rig.config.limits.without_steps_max_s + rig.config.limits.fade_s + 2)
    assert rig.state == "silent"
    assert last_beat_s(rig) - stood_s < (
        rig.config.limits.without_steps_max_s + rig.config.limits.fade_s + 0.5
    )
    assert FaultCode.WALKER_STOPPED not in rig.faults
    rig.walking = True
    assert beats(rig.run(5))


def test_standing_is_told_while_the_cue_still_sounds():
    rig = Rig().begin()
    rig.run(10)
    rig.walking = False
    rig.run(4)
    assert FaultCode.WALKER_STOPPED in rig.faults


def test_a_graver_fault_fades_from_its_own_beginning():
    rig = Rig().begin()
    rig.run(10)
    rig.state_fault(FaultCode.SENSOR_LOST)
    rig.run(6)
    late = tuple(PlayedFrame(index, DacFrame(index), BeatOutcome.LATE) for index in range(5))
    rig.give(replace(running_but_mute(rig)(rig.now_ns), played=late))
    rig.run(1)
    assert rig.state == "fading"


# --- the output --------------------------------------------------------------------------------


def test_a_lost_output_is_told_and_its_beats_are_accounted_for():
    rig = Rig().begin()
    rig.run(10)
    while not (ahead := beats(rig.run(TICK_S))):
        pass
    rig.out.unplug()
    effects = rig.run(0.2)
    assert FaultCode.AUDIO_LOST in rig.faults
    reported = [(beat.index, beat.outcome) for beat in picked(effects, PlayedBeat)]
    assert reported == [(ahead[0].index, BeatOutcome.CANCELLED)]


def test_no_beat_is_placed_without_an_output_and_the_pulse_keeps_its_phase():
    rig = Rig().begin(cued(600, spm=100))
    rig.run(10)
    before_s = last_beat_s(rig)
    rig.out.unplug()
    assert beats(rig.run(5)) == []
    rig.out.unplugged = False
    after = beats(rig.run(4))
    assert FaultCode.AUDIO_LOST not in rig.faults
    assert FaultCode.BEATS_UNREPORTED not in rig.faults
    periods = (rig.seconds(after[0].due_ns) - before_s) / 0.6
    assert periods == pytest.approx(round(periods), abs=1e-3)


def test_an_output_that_comes_back_begins_softly_and_reaches_its_level():
    rig = Rig().begin(cued(600, spm=100))
    full_dbfs = beats(rig.run(12))[-1].level_dbfs
    rig.out.unplug()
    rig.run(5)
    rig.out.unplugged = False
    levels = [beat.level_dbfs for beat in beats(rig.run(8))]
    assert levels[0] < full_dbfs - 8.0
    assert levels == sorted(levels)
    assert levels[-1] == full_dbfs


def test_beats_the_output_never_reports_are_told():
    rig = Rig().begin()
    rig.run(5)
    rig.out.poll = running_but_mute(rig)
    rig.run(REPORT_WITHIN_S + 1)
    assert FaultCode.BEATS_UNREPORTED in rig.faults


def test_an_overdue_step_is_told_and_the_beat_keeps_its_tempo():
    rig = Rig().begin(cued(60, spm=110, strategy="follow"))
    rig.run(12)
    rig.walking = False
    told = rig.run(1.1)
    (flag,) = picked(told, GaitFlag)
    assert (flag.sign, flag.raised) == (GaitSign.NEAR_STOP, True)
    assert FaultCode.NEAR_STOP in rig.faults
    last = decisions_of(rig)[-1]
    assert "holding" in [reason.code for reason in last.reasons]
    rig.run(4)  # standing is another matter
    assert FaultCode.NEAR_STOP not in rig.faults
    assert FaultCode.WALKER_STOPPED in rig.faults


def test_what_only_a_session_looks_for_is_taken_back_at_its_end():
    rig = Rig().begin()
    rig.run(10)
    rig.walking = False
    rig.run(4)
    rig.out.poll = running_but_mute(rig)
    rig.run(3)
    assert {FaultCode.WALKER_STOPPED, FaultCode.BEATS_UNREPORTED} <= rig.faults
    rig.ask("end")
    rig.run(3)
    assert rig.state == "ended"
    assert rig.faults == set()


# --- what is stated ----------------------------------------------------------------------------


def test_cadence_is_stated_with_each_step_and_once_a_second():
    rig = Rig().begin(uncued("baseline", 600))
    rig.run(20)
    walking = picked(rig.run(10), CadenceEstimate)
    rig.walking = False
    rig.run(5)
    standing = picked(rig.run(10), CadenceEstimate)
    assert len(walking) > 12
    assert len(standing) == pytest.approx(10, abs=1)


def test_a_decision_is_explained_at_least_once_a_second():
    rig = Rig().begin()
    rig.run(5)
    instants = [decision.at_ns for decision in picked(rig.run(20), CueDecision)]
    gaps_s = [(b - a) / 1e9 for a, b in pairwise(instants)]
    assert max(gaps_s) <= 1.0 + TICK_S


def test_each_beat_names_the_decision_it_carries_out():
    rig = Rig().begin()
    rig.run(20)
    decisions = decisions_of(rig)
    for beat in beats(all_effects(rig)):
        assert decisions[beat.decision_index].level_dbfs == beat.level_dbfs


def test_strides_on_beats_carry_their_asynchrony():
    rig = Rig().begin()
    rig.run(20)
    strides = picked(rig.run(10), StrideRecord)
    matched = [stride for stride in strides if stride.beat_index is not None]
    assert matched
    assert all(-180 < stride.relative_phase_deg <= 180 for stride in matched)


def test_a_person_who_does_not_follow_is_told_after_a_while():
    rig = Rig().begin(cued(600, spm=85))
    rig.run(NOT_FOLLOWING_AFTER_S)
    assert FaultCode.NOT_FOLLOWING not in rig.faults
    rig.run(60)
    assert FaultCode.NOT_FOLLOWING in rig.faults


def test_the_view_counts_and_shows_what_is_in_force():
    rig = Rig().begin(cued(600, spm=95, title="Walk on"))
    rig.run(20)
    view = rig.engine.view()
    assert view.therapy.block.title == "Walk on"
    assert view.therapy.n_beats == len(beats(all_effects(rig)))
    assert 25 < view.therapy.n_steps < 45
    assert view.therapy.target_spm == 95
    assert view.therapy.cue_spm == pytest.approx(95)
    assert view.therapy.level_dbfs == -18.0
    assert view.therapy.elapsed_s == pytest.approx(20, abs=TICK_S)
