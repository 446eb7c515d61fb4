"""Step by step: raises, waits, helps, goes back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from rascue.cue.progression import Progression, ProgressionParams

QUICK = ProgressionParams(match_s=25.0, hold_s=20.0, assist_after_s=10.0)
LIMITED = {
    "preferred_spm": 92.0, "phase_gain": 0.2, "period_gain": 0.05, "cadence_max_spm": 94.0,
    "strain_gain": 8.0, "timekeeper_sd_ratio": 0.025, "motor_sd_s": 0.01, "duration_s": 480.0,
}  # fmt: skip


def raises(walked) -> list[tuple[float, float]]:
    """Return (instant, tempo) of each change of the wanted tempo."""
    found = []
    for decision in walked.decisions:
        spm = decision.wanted_spm
        if spm is not None and (not found or found[-1][1] != spm):
            found.append((walked.at_s(decision.at_ns), spm))
    return found


def stride_cv_pct(walked, begin_s: float, end_s: float) -> float:
    """Return the mean over half minutes, so that a change of tempo is no variability."""
    times = np.array([walked.at_s(step.ic_ns) for step in walked.steps])
    found = []
    for begin in np.arange(begin_s, end_s - 1, 30.0):
        part = times[(times > begin) & (times < begin + 30)]
        strides = part[2:] - part[:-2]
        found.append(100 * strides.std() / strides.mean())
    return float(np.mean(found))


@pytest.mark.parametrize("target_ratio", [1.1, 0.92])
@pytest.mark.parametrize("seed", range(2))
def test_a_follower_goes_all_the_way(closed_loop, seed, target_ratio):
    walked = closed_loop(Progression(QUICK), seed, duration_s=300.0, target_ratio=target_ratio)
    assert walked.cadence_spm(240, 300) == pytest.approx(
        target_ratio * walked.baseline_spm, rel=0.01
    )


def test_each_tempo_is_held_and_each_step_small(closed_loop):
    moves = raises(closed_loop(Progression(QUICK), duration_s=300.0))
    assert len(moves) >= 6
    for (t0, before), (t1, after) in pairwise(moves[1:]):
        assert t1 - t0 >= 19.9
        assert after / before - 1 < 0.0201


@pytest.mark.parametrize("seed", range(2))
def test_who_cannot_go_faster_is_not_pushed(closed_loop, seed):
    walked = closed_loop(Progression(ProgressionParams()), seed, **LIMITED)
    moves = raises(walked)
    beyond = [t for t, spm in moves if spm > 1.01 * 94.0]
    last_raise = max(
        [t for (t, a), (_, b) in zip(moves[1:], moves, strict=False) if a > b], default=0
    )
    assert not beyond or last_raise - beyond[0] <= 60.0
    assert stride_cv_pct(walked, 300, 480) <= stride_cv_pct(walked, 25, 85) + 0.7


def test_who_does_not_follow_stays_near_the_own_tempo(closed_loop):
    walked = closed_loop(Progression(QUICK), duration_s=300.0, phase_gain=0.0, period_gain=0.0)
    assert max(spm for _, spm in raises(walked)) < 1.05 * walked.baseline_spm


def test_unsteady_walking_brings_it_back_to_the_own_tempo(closed_loop):
    walked = closed_loop(Progression(QUICK), 2, **{**LIMITED, "strain_gain": 50.0})
    codes = walked.codes()
    assert "progression_recover" in codes or "progression_assist" in codes
    assert walked.decisions[-1].wanted_spm <= 94.5


def test_a_halt_on_a_raised_tempo_is_followed_by_recovery(closed_loop):
    walked = closed_loop(
        Progression(QUICK), 1, duration_s=400.0, stop_every_s=120.0, stop_s=6.0, carry_over_s=1e3
    )
    assert "progression_recover" in walked.codes()


def test_raises_tell_their_grounds(closed_loop):
    texts = {d.reasons[0].text for d in closed_loop(Progression(QUICK), duration_s=200.0).decisions}
    assert any("locked for" in text and "R 0.9" in text for text in texts)


def test_it_waits_for_even_steps(now):
    assert Progression(QUICK).decide(now(target_spm=100.0)).cadence_spm is None
