"""Steps against beats: matching, lock, drift, spacing, totals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rascue.core.types import BeatOutcome, DacFrame, EngineNs, PlayedBeat, Side, StepEvent
from rascue.cue.synchrony import Following, SynchronyTracker
from rascue.simulate.walker import Walker
from rascue.simulate.walker_params import WalkerParams

S = 1_000_000_000


def beat(tracker: SynchronyTracker, index: int, at_s: float, interval_s: float = 0.6) -> None:
    at_ns = EngineNs(round(at_s * S))
    tracker.add_beat(PlayedBeat(index, DacFrame(0), at_ns, 0.0, BeatOutcome.PLAYED), interval_s)


def step(tracker: SynchronyTracker, at_s: float) -> None:
    at_ns = EngineNs(round(at_s * S))
    tracker.add_step(StepEvent(0, at_ns, at_ns, Side.UNKNOWN, 1.0, "waist"))


def walk(
    step_s: list[float], beat_s: list[float], contacts_per_stride: int = 2, period_s: float = 0.6
) -> SynchronyTracker:
    """Feed steps (80 ms late) and beats in the order in which they become known."""
    tracker = SynchronyTracker(contacts_per_stride=contacts_per_stride)
    known = [(at + 0.08, "step", at, 0) for at in step_s]
    known += [(at, "beat", at, index) for index, at in enumerate(beat_s)]
    for _, kind, at, index in sorted(known):
        if kind == "step":
            step(tracker, at)
        else:
            beat(tracker, index, at, period_s)
    return tracker


def state(tracker: SynchronyTracker, at_s: float):
    return tracker.state(EngineNs(round(at_s * S)))


BEATS = [0.6 * k for k in range(40)]


@pytest.mark.parametrize("offset_s", [-0.2, -0.03, 0.0, 0.03, 0.2])
def test_a_step_belongs_to_the_nearest_beat_also_to_the_next_one(offset_s):
    tracker = walk([], BEATS)
    index, asynchrony_s, phase_deg = tracker.asynchrony_of(EngineNs(round((6.0 + offset_s) * S)))
    assert index == 10
    assert asynchrony_s == pytest.approx(offset_s)
    assert phase_deg == pytest.approx(360 * offset_s / 0.6)


def test_a_step_is_undecided_until_the_next_beat_is_known():
    tracker = walk([], [0.0, 0.6])
    just_after = EngineNs(round(0.61 * S))
    assert tracker.asynchrony_of(just_after) is None
    beat(tracker, 2, 1.2)
    assert tracker.asynchrony_of(just_after) == (1, pytest.approx(0.01), pytest.approx(6.0))


def test_steps_announced_before_or_after_the_next_beat_give_the_same():
    early, late = SynchronyTracker(), SynchronyTracker()
    for k in range(20):
        beat(early, k, 0.6 * k)
        step(early, 0.6 * k + 0.02)
    for k in range(20):
        beat(late, k, 0.6 * k)
        if k:
            step(late, 0.6 * (k - 1) + 0.02)
    assert early.summary() == late.summary()


def test_steps_far_from_any_beat_do_not_count():
    tracker = walk([0.2 + 0.6 * k for k in range(40)], [6.0, 6.6, 7.2])
    # 6.2 and 6.8; the beat after 7.4 never came
    assert tracker.summary().n_steps == 2
    assert walk([1.0, 2.0], []).summary().n_steps == 0


def test_a_silence_between_beats_is_no_interval():
    tracker = walk([], [0.0, 0.6, 1.2, 10.0, 10.6])
    assert tracker.asynchrony_of(EngineNs(5 * S)) is None
    _, asynchrony_s, phase_deg = tracker.asynchrony_of(EngineNs(round(9.95 * S)))
    assert asynchrony_s == pytest.approx(-0.05)
    assert phase_deg == pytest.approx(-30.0)


def test_beats_that_were_not_heard_are_ignored():
    tracker = SynchronyTracker()
    tracker.add_beat(PlayedBeat(0, DacFrame(0), None, 0.0, BeatOutcome.LATE), 0.6)
    assert tracker.asynchrony_of(EngineNs(0)) is None


def test_too_few_steps_say_nothing():
    now = state(walk([0.6 * k for k in range(7)], BEATS), 4.0)
    assert now.n_steps == 7
    assert now.consistency_r is now.asynchrony_mean_s is now.slope_deg_per_step is None
    assert not now.locked
    assert now.locked_s == 0.0


def test_steady_steps_before_the_beat_are_locked():
    tracker = walk([0.6 * k - 0.03 for k in range(1, 30)], BEATS)
    now = state(tracker, 17.4)
    assert now.locked
    assert now.n_steps == 20
    assert now.consistency_r == pytest.approx(1.0)
    assert now.asynchrony_mean_s == pytest.approx(-0.03)
    assert now.asynchrony_sd_s == pytest.approx(0.0, abs=1e-9)
    assert now.locked_s == pytest.approx(17.4 - (0.6 * 8 - 0.03))
    assert tracker.following is Following.ONE_TO_ONE
    summary = tracker.summary()
    assert summary.steps_to_lock == 8
    assert summary.locked_pct == pytest.approx(100 * 22 / 29)
    assert summary.mean_phase_deg == pytest.approx(-18.0)


@pytest.mark.parametrize("tempo_ratio", [0.99, 1.01, 0.95, 1.05])
def test_another_tempo_drifts_and_is_not_locked(tempo_ratio):
    rng = np.random.default_rng(1)
    steps = list(0.6 * tempo_ratio * np.arange(1, 35) + rng.normal(0, 0.008, 34))
    tracker = walk(steps, BEATS)
    assert not state(tracker, 20.0).locked
    assert tracker.following is Following.NOT


def test_noise_within_a_following_person_stays_locked():
    rng = np.random.default_rng(2)
    steps = list(0.6 * np.arange(1, 301) + rng.normal(-0.03, 0.025, 300))
    summary = walk(steps, [0.6 * k for k in range(303)]).summary()
    assert summary.locked_pct > 90
    assert summary.consistency_r > 0.95


def test_random_steps_are_rarely_locked():
    rng = np.random.default_rng(3)
    steps = list(np.cumsum(rng.uniform(0.3, 0.9, 300)))
    summary = walk(steps, [0.6 * k for k in range(320)]).summary()
    assert summary.locked_pct < 10
    assert summary.consistency_r < 0.2


@pytest.mark.parametrize(
    ("spacing_s", "following"),
    [(0.6, Following.ONE_TO_ONE), (1.2, Following.HALF), (0.3, Following.DOUBLE)],
)
def test_half_and_double_tempo_are_recognized_and_not_called_locked(spacing_s, following):
    tracker = walk([0.02 + spacing_s * k for k in range(1, 50)], [0.6 * k for k in range(130)])
    assert tracker.following is following
    assert state(tracker, 0.02 + spacing_s * 49 + 1).locked is (following is Following.ONE_TO_ONE)


def test_one_leg_sensor_is_locked_on_every_second_beat():
    steps = [0.02 + 1.2 * k for k in range(1, 30)]
    tracker = walk(steps, [0.6 * k for k in range(70)], contacts_per_stride=1)
    assert tracker.following is Following.ONE_TO_ONE
    assert tracker.summary().locked_pct > 70


def test_a_missed_step_does_not_end_the_lock():
    steps = [0.6 * k for k in range(1, 36) if k != 20]
    tracker = walk(steps, BEATS)
    assert state(tracker, 21.0).locked
    assert tracker.summary().unlocks == 0


def test_a_pause_begins_a_new_run_and_is_no_unlock():
    tracker = walk([0.6 * k for k in range(1, 20)], BEATS)
    assert state(tracker, 12.0).locked
    after_pause = state(tracker, 15.0)
    assert (after_pause.n_steps, after_pause.locked) == (0, False)
    assert tracker.summary().unlocks == 0


def test_losing_the_beat_is_an_unlock():
    steps = [0.6 * k for k in range(1, 20)] + [11.4 + 0.66 * k for k in range(1, 20)]
    assert walk(steps, BEATS).summary().unlocks == 1


def test_totals_are_those_of_all_steps():
    rng = np.random.default_rng(4)
    errors = rng.normal(0.01, 0.03, 100)
    steps = [0.6 * (k + 1) + e for k, e in enumerate(errors)]
    summary = walk(steps, [0.6 * k for k in range(103)]).summary()
    assert summary.n_steps == 100
    assert summary.asynchrony_mean_s == pytest.approx(errors.mean(), abs=1e-8)
    assert summary.asynchrony_sd_s == pytest.approx(errors.std(ddof=1), abs=1e-8)
    r = abs(np.exp(2j * math.pi * errors / 0.6).mean())
    assert summary.consistency_r == pytest.approx(r, abs=1e-6)


def test_a_session_of_one_step_has_no_spread():
    summary = walk([0.6], [0.0, 0.6, 1.2]).summary()
    assert (summary.n_steps, summary.asynchrony_sd_s, summary.steps_to_lock) == (1, None, None)


def test_it_tells_how_strongly_the_person_corrects():
    rng = np.random.default_rng(5)
    at, steps = 0.6, []
    for k in range(1, 120):
        steps.append(at)
        at += 0.6 - 0.3 * (at - 0.6 * k) + rng.normal(0, 0.01)
    assert walk(steps[:10], BEATS).following_gain is None
    found = walk(steps, [0.6 * k for k in range(125)]).following_gain
    assert found.gain == pytest.approx(0.3, abs=2.5 * found.sd)
    assert found.sd < 0.2


def test_a_window_too_short_for_a_verdict_is_refused():
    with pytest.raises(ValueError, match="window_steps 7"):
        SynchronyTracker(window_steps=7)


def share_locked(phase_gain: float, tempo_ratio: float, seed: int) -> float:
    """Return the share of settled steps called locked for one simulated person."""
    params = WalkerParams(
        name="x", description="x", preferred_spm=95.0, phase_gain=phase_gain,
        period_gain=phase_gain / 4, start_delay_s=0.0,
    )  # fmt: skip
    walker = Walker(params, seed, EngineNs(0))
    interval_s = 60 / (95 * tempo_ratio)
    beats = [2 + interval_s * k for k in range(240)]
    for at in beats:
        walker.hear(EngineNs(round(at * S)))
    steps = walker.advance(EngineNs(round(beats[-1] * S)))
    times = [made.ic_ns / S for made in steps]
    settled = SynchronyTracker()
    known = [(at, "step", 0) for at in times] + [(at, "beat", k) for k, at in enumerate(beats)]
    locked = []
    for at, kind, k in sorted(known):
        if kind == "step":
            step(settled, at)
            locked.append(state(settled, at).locked)
        else:
            beat(settled, k, at, interval_s)
    return sum(locked[80:]) / len(locked[80:])


def test_lock_tells_followers_from_others():
    """Balanced accuracy over simulated people; Fayyad 2024 reports 0.91 on people."""
    rng = np.random.default_rng(0)
    followers = [
        share_locked(gain, 1 + rng.uniform(-0.08, 0.08), seed)
        for gain in (0.1, 0.15, 0.25, 0.4, 0.6)
        for seed in range(4)
    ]
    others = [share_locked(0.0, 1 + rng.uniform(-0.1, 0.1), seed) for seed in range(20)]
    recall, false_alarms = np.mean(followers), np.mean(others)
    assert recall > 0.95
    assert false_alarms < 0.1
    assert (recall + 1 - false_alarms) / 2 > 0.93
