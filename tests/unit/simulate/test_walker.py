"""The walker: entrains as the model says, and depends on seed and beats alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, Side
from rascue.simulate.walker import REACTION_S, StepCharacter, TrueStep, Walker
from rascue.simulate.walker_params import WalkerParams, load_walker

ENTRAINING = load_walker("entraining")
DEAF = load_walker("deaf")
QUIET = replace(DEAF, timekeeper_sd_ratio=0.0, motor_sd_s=0.0, wander_sd_ratio=0.0)


def ns(seconds: float) -> EngineNs:
    return EngineNs(round(seconds * NS_PER_S))


def metronome(spm: float, from_s: float, to_s: float) -> list[float]:
    return list(np.arange(from_s, to_s, 60.0 / spm))


def walk(
    params: WalkerParams, beats_s: list[float], until_s: float, seed: int = 1
) -> list[TrueStep]:
    """Let the walker hear each beat when it sounds, and look at it every 50 ms."""
    walker, steps, waiting = Walker(params, seed, EngineNs(0)), [], list(beats_s)
    for now_s in np.arange(0.05, until_s, 0.05):
        while waiting and waiting[0] <= now_s:
            walker.hear(ns(waiting.pop(0)))
        steps += walker.advance(ns(float(now_s)))
    return steps


def times_s(steps: list[TrueStep]) -> np.ndarray:
    return np.array([step.ic_ns for step in steps]) / NS_PER_S


def cadence_spm(times: np.ndarray) -> float:
    return float(60.0 / np.diff(times).mean())


def asynchronies_s(times: np.ndarray, beats_s: list[float]) -> np.ndarray:
    beats = np.array(beats_s)
    return times - beats[np.abs(times[:, None] - beats[None]).argmin(axis=1)]


def consistency(times: np.ndarray, beats_s: list[float]) -> float:
    interval = beats_s[1] - beats_s[0]
    return float(abs(np.exp(2j * np.pi * asynchronies_s(times, beats_s) / interval).mean()))


def test_without_noise_and_beats_the_preferred_cadence_is_kept_and_sides_alternate() -> None:
    steps = walk(QUIET, [], 60.0)
    assert np.allclose(np.diff(times_s(steps)), 60.0 / QUIET.preferred_spm, atol=1e-8)
    assert [step.side for step in steps[:4]] == [Side.LEFT, Side.RIGHT, Side.LEFT, Side.RIGHT]


def test_scatter_of_step_times_is_that_of_a_healthy_adult() -> None:
    intervals = np.diff(times_s(walk(DEAF, [], 300.0)))
    assert 0.015 < intervals.std() / intervals.mean() < 0.04


@pytest.mark.parametrize("beat_spm", [90.0, 95.0, 105.0, 112.0])
def test_an_entraining_walker_takes_tempo_and_phase_of_a_metronome(beat_spm: float) -> None:
    beats = metronome(beat_spm, 20.0, 140.0)
    late = times_s(walk(ENTRAINING, beats, 140.0))
    late = late[late > 90.0]
    assert cadence_spm(late) == pytest.approx(beat_spm, rel=0.005)
    assert consistency(late, beats) > 0.95


def test_steps_settle_before_the_beat_by_the_mean_asynchrony() -> None:
    beats = metronome(100.0, 20.0, 200.0)
    late = times_s(walk(ENTRAINING, beats, 200.0))
    mean_s = asynchronies_s(late[late > 80.0], beats).mean()
    assert mean_s == pytest.approx(ENTRAINING.mean_asynchrony_s, abs=0.006)


def test_a_deaf_walker_ignores_the_beat_altogether() -> None:
    alone = walk(DEAF, [], 120.0)
    assert walk(DEAF, metronome(105.0, 20.0, 120.0), 120.0) == alone


def test_no_runaway_when_steps_come_before_beats() -> None:
    # The trap of ARCHITECTURE 15: with beats only looked up behind, 95 became 173 steps/min.
    early = replace(ENTRAINING, mean_asynchrony_s=-0.08)
    late = times_s(walk(early, metronome(95.0, 10.0, 240.0), 240.0))[-100:]
    assert cadence_spm(late) == pytest.approx(95.0, rel=0.005)


def test_the_weak_synchronizer_of_the_published_table_does_not_lock_to_plus_5_percent() -> None:
    # FIELD C4: alpha 0.05 drifts (R about 0.2), alpha 0.25 locks (R 0.97).
    beats = metronome(95.0 * 1.05, 10.0, 250.0)
    found = {}
    for gain in (0.05, 0.25):
        person = replace(ENTRAINING, phase_gain=gain, period_gain=0.0)
        late = times_s(walk(person, beats, 250.0))
        found[gain] = consistency(late[late > 60.0], beats)
    assert found[0.05] < 0.4
    assert found[0.25] > 0.9


def test_carry_over_keeps_the_stated_share_of_the_change_after_the_beat_ends() -> None:
    person = replace(ENTRAINING, carry_over_ratio=0.5, carry_over_s=5.0)
    times = times_s(walk(person, metronome(105.0, 10.0, 90.0), 200.0))
    assert cadence_spm(times[times > 130.0]) == pytest.approx(100.0, rel=0.01)


def test_a_person_who_cannot_go_faster_does_not_and_grows_uneven() -> None:
    person = replace(ENTRAINING, cadence_max_spm=99.0)
    beats = metronome(112.0, 40.0, 160.0)
    times = times_s(walk(person, beats, 160.0))
    strained, before = times[times > 90.0], times[times < 40.0]
    assert cadence_spm(strained) < 100.0
    assert np.diff(strained).std() > 1.2 * np.diff(before).std()


def test_asymmetry_alternates_and_is_learned_away_with_even_beats() -> None:
    person = replace(ENTRAINING, asymmetry_ratio=0.2, asymmetry_learning=0.02)
    walker = Walker(person, 3, EngineNs(0))
    beats = metronome(95.0, 30.0, 300.0)
    steps: list[TrueStep] = []
    for beat_s in beats:
        walker.hear(ns(beat_s))
    steps += walker.advance(ns(300.0))
    sides = [step.side for step in steps]
    intervals = np.diff(times_s(steps))
    first = intervals[:40]
    left = np.array([side is Side.LEFT for side in sides[1:41]])
    measured = (first[left].mean() - first[~left].mean()) / first.mean()
    assert measured == pytest.approx(0.2, abs=0.03)
    assert abs(walker.asymmetry_ratio) < 0.1


def test_stops_have_no_steps_and_turns_are_named() -> None:
    person = replace(DEAF, stop_every_s=20.0, stop_s=8.0, turn_every_s=9.0, turn_s=3.0)
    steps = walk(person, [], 120.0)
    assert np.sum(np.diff(times_s(steps)) > 7.0) >= 3
    kinds = {step.kind for step in steps}
    assert {StepCharacter.FIRST, StepCharacter.STEP, StepCharacter.TURN} <= kinds


def test_a_freeze_is_felt_as_frozen_and_beats_shorten_it() -> None:
    person = replace(DEAF, freeze_per_min=6.0, freeze_s=8.0, freeze_release_per_beat=0.3)
    alone = Walker(person, 5, EngineNs(0))
    frozen = 0
    for k in range(1, 1200):
        alone.advance(ns(k * 0.1))
        frozen += alone.frozen
    assert frozen > 100
    cued_steps = len(walk(person, metronome(95.0, 5.0, 120.0), 120.0, seed=5))
    assert cued_steps > len(walk(person, [], 120.0, seed=5))


def test_festination_hurries_within_a_run_of_steps() -> None:
    person = replace(QUIET, festination_per_min=3.0, festination_ratio_per_step=0.04)
    intervals = np.diff(times_s(walk(person, [], 300.0)))
    assert intervals.min() < 0.8 * 60.0 / person.preferred_spm


def test_a_sudden_change_of_the_beat_makes_a_startled_person_stumble() -> None:
    person = replace(ENTRAINING, startle_probability=1.0)
    even = metronome(95.0, 10.0, 60.0)
    jumped = [*metronome(95.0, 10.0, 40.0), *metronome(95.0, 40.1, 60.0)]
    assert not any(step.provoked for step in walk(person, even, 60.0))
    stumbles = [step for step in walk(person, jumped, 60.0) if step.provoked]
    assert stumbles
    assert all(step.kind is StepCharacter.STUMBLE for step in stumbles)


def test_a_pause_of_the_beat_startles_nobody() -> None:
    person = replace(ENTRAINING, startle_probability=1.0)
    paused = [*metronome(95.0, 10.0, 30.0), *metronome(95.0, 31.3, 60.0)]
    assert not any(step.provoked for step in walk(person, paused, 60.0))


def test_fatigue_slows() -> None:
    times = times_s(walk(replace(QUIET, fatigue_ratio_per_min=0.03), [], 300.0))
    assert cadence_spm(times[-20:]) < 0.93 * cadence_spm(times[:20])


def test_a_beat_within_the_reaction_time_cannot_move_the_step_it_meets() -> None:
    def third_step(beat_before_s: float | None) -> int:
        person = replace(QUIET, phase_gain=0.5, engage_beats=0, ignore_probability=0.0)
        walker = Walker(person, 1, EngineNs(0))
        walker.advance(ns(3.0))
        planned = walker.planned
        assert planned is not None
        if beat_before_s is not None:
            walker.hear(EngineNs(planned.ic_ns - round(beat_before_s * NS_PER_S)))
        return walker.advance(EngineNs(planned.ic_ns + NS_PER_S // 4))[-1].ic_ns

    assert third_step(REACTION_S / 2) == third_step(None)
    assert third_step(0.5) != third_step(None)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    looks_s=st.lists(st.floats(0.001, 3.0), min_size=1, max_size=60),
)
def test_how_often_one_looks_changes_nothing(seed: int, looks_s: list[float]) -> None:
    person = replace(load_walker("stops_and_starts"), freeze_per_min=2.0, festination_per_min=1.0)
    ends = np.cumsum(looks_s)
    once, often = Walker(person, seed, EngineNs(0)), Walker(person, seed, EngineNs(0))
    for walker in (once, often):
        for beat_s in metronome(100.0, 1.0, float(ends[-1])):
            walker.hear(ns(beat_s))
    whole = once.advance(ns(float(ends[-1])))
    parts = [step for end in ends for step in often.advance(ns(float(end)))]
    assert list(whole) == parts


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), beats=st.lists(st.floats(0.0, 40.0), max_size=80))
def test_any_beats_leave_steps_in_order_of_time_and_sides_alternate_in_a_bout(
    seed: int, beats: list[float]
) -> None:
    steps = walk(replace(ENTRAINING, startle_probability=1.0), sorted(beats), 45.0, seed)
    assert np.all(np.diff(times_s(steps)) >= 0.2)
    sides = [step.side for step in steps]
    assert all(a is not b for a, b in pairwise(sides))


def test_steps_from_an_index_are_those_made_since() -> None:
    walker = Walker(DEAF, 1, EngineNs(0))
    first = walker.advance(ns(10.0))
    second = walker.advance(ns(20.0))
    assert walker.steps_from(len(first)) == second
