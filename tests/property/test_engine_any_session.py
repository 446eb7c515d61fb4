"""Whatever people, sensors and outputs do: a stop is final, cues stay within limits, all replays.

A history is a list of things that happen, each followed by some time. It runs on the real engine
with the real mixer; only the walk is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rascue.core.clock import seconds_between
from rascue.core.events import CloseSession, Effect, FadeAll, OpenSession, Reply, ScheduleBeat
from rascue.core.faults import FaultCode
from rascue.core.types import Beat, Command, CueDecision, PlayedBeat
from rascue.link.messages import encode
from rascue.session.cueing import EXPLAIN_EVERY_S
from rascue.session.engine import Engine
from rascue.session.snapshot import snapshot_of
from tests.unit.session.rig import START_NS, TICK_S, WALK, Rig, cued, picked, uncued

Happening = Callable[[Rig], object]

PROGRAMS = (
    (cued(600),),
    (uncued("baseline", 4), cued(600, strategy="match", params={"hold_s": 2})),
    (uncued("baseline", 4), cued(8, strategy="follow"), cued(8, kind="fade"), uncued("probe", 4)),
    (cued(4, spm=60), uncued("rest", 2), cued(600, spm=150, level_dbfs=-6)),
)


def command(kind: str, **args: object) -> Happening:
    return lambda rig: rig.ask(kind, **args)


def change(name: str, value: object) -> Happening:
    return lambda rig: setattr(rig, name, value)


def plug(rig: Rig) -> None:
    rig.out.unplugged = False


commands = st.sampled_from(
    [command(kind) for kind in ("stop", "resume", "end", "skip_block", "mark", "dance")]
)
adjustments = st.builds(
    command,
    st.sampled_from(["adjust_tempo", "adjust_level"]),
    delta_spm=st.floats(-30, 30),
    delta_db=st.floats(-30, 30),
)
starts: st.SearchStrategy[Happening] = st.sampled_from(PROGRAMS).map(
    lambda steps: lambda rig: rig.start(*steps)
)
faults: st.SearchStrategy[Happening] = st.tuples(st.sampled_from(FaultCode), st.booleans()).map(
    lambda fault: lambda rig: rig.state_fault(fault[0], raised=fault[1])
)
world = st.sampled_from(
    [
        change("walking", False),
        change("walking", True),
        change("sensor_there", False),
        change("sensor_there", True),
        lambda rig: rig.out.unplug(),
        plug,
        lambda rig: rig.stall(0.3),
        lambda rig: rig.stall(4.0),
    ]
)
waits = st.sampled_from([0.0, TICK_S, 0.2, 1.0, 3.0, 9.0])
histories = st.lists(
    st.tuples(st.one_of(commands, adjustments, starts, faults, world), waits), max_size=12
)

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lived(history: list[tuple[Happening, float]]) -> Rig:
    """Return a rig after a session was begun and all this happened in it."""
    rig = Rig().begin(*PROGRAMS[0])
    rig.run(2)
    for happen, wait_s in history:
        happen(rig)
        rig.run(wait_s)
    rig.run(1)
    return rig


def effects_of(rig: Rig) -> list[Effect]:
    return [effect for _, effects in rig.log for effect in effects]


@few
@given(histories)
def test_after_a_stop_only_a_person_starts_the_beat_again(history):
    rig = lived(history)
    silent = False
    for given_, effects in rig.log:
        accepted = isinstance(given_, Command) and any(reply.ok for reply in picked(effects, Reply))
        if accepted and given_.kind in {"stop", "end"}:
            assert picked(effects, FadeAll) == [FadeAll(0.005)]
            silent = True
        if accepted and given_.kind in {"start", "resume"}:
            silent = False
        if silent:
            assert picked(effects, ScheduleBeat) == []


@few
@given(histories)
def test_the_same_inputs_give_the_same_effects(history):
    rig = lived(history)
    fresh = Engine(rig.config, WALK.infos, rig.out.capabilities, START_NS)
    for given_, effects in rig.log:
        assert fresh.handle(given_) == effects


@few
@given(histories)
def test_no_cue_ever_leaves_the_limits(history):
    rig = lived(history)
    limits = rig.config.limits
    for part in sessions(rig):
        for decision in picked(part, CueDecision):
            if decision.allowed_spm is not None:
                assert limits.cadence_min_spm <= decision.allowed_spm <= limits.cadence_max_spm
                assert decision.level_dbfs <= limits.level_max_dbfs
        stops_too = [effect for effect in part if isinstance(effect, CueDecision | FadeAll)]
        for before, now in pairwise(stops_too):
            if within_one_pulse(before, now):
                most = limits.rate_max_spm_per_s * seconds_between(before.at_ns, now.at_ns)
                assert abs(now.allowed_spm - before.allowed_spm) <= most + 1e-9


def within_one_pulse(before: Effect, now: Effect) -> bool:
    """Return whether two decisions let beats sound and no silence lies between them.

    While a cue sounds it is explained once a second, so a longer pause is a silence.
    """
    if not (isinstance(before, CueDecision) and isinstance(now, CueDecision)):
        return False
    sound = before.allowed_spm is not None and now.allowed_spm is not None
    return sound and seconds_between(before.at_ns, now.at_ns) <= EXPLAIN_EVERY_S + TICK_S


@few
@given(histories)
def test_beats_follow_each_other_and_each_is_accounted_for_once(history):
    rig = lived(history)
    for part in sessions(rig):
        placed, reported = picked(part, Beat), picked(part, PlayedBeat)
        assert [beat.index for beat in placed] == list(range(len(placed)))
        for before, now in pairwise(placed):
            apart_s = seconds_between(before.due_ns, now.due_ns)
            assert apart_s >= rig.config.limits.interval_min_s - 1e-9
        indices = [played.index for played in reported]
        assert len(set(indices)) == len(indices)
        assert set(indices) <= {beat.index for beat in placed}


@few
@given(histories)
def test_every_command_is_answered_once_and_every_moment_can_be_shown(history):
    def watched(happen: Happening) -> Happening:
        def happen_and_look(rig: Rig) -> None:
            happen(rig)
            view = rig.engine.view()
            encode(snapshot_of(0, view, WALK.infos, rig.out.capabilities, None))

        return happen_and_look

    rig = lived([(watched(happen), wait_s) for happen, wait_s in history])
    for given_, effects in rig.log:
        replies = picked(effects, Reply)
        expected = [given_.id] if isinstance(given_, Command) else []
        assert [reply.command_id for reply in replies] == expected


@few
@given(histories)
def test_a_session_opens_and_closes_in_turn(history):
    turns = [
        type(effect)
        for effect in effects_of(lived(history))
        if isinstance(effect, OpenSession | CloseSession)
    ]
    expected = [OpenSession, CloseSession] * (len(turns) // 2 + 1)
    assert turns == expected[: len(turns)]


def sessions(rig: Rig) -> list[list[Effect]]:
    """Return the effects of each session."""
    parts: list[list[Effect]] = []
    for effect in effects_of(rig):
        if isinstance(effect, OpenSession):
            parts.append([])
        elif parts:
            parts[-1].append(effect)
    return parts


@pytest.mark.parametrize("steps", PROGRAMS)
def test_each_programme_used_here_can_be_started(steps):
    assert Rig().ready().start(*steps).ok
