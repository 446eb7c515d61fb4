"""Mirror, mirror from a step, and beats on every step."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import CadenceEstimate, CadenceStatus, Side, StepEvent
from rascue.cue.follow import Follow, FollowParams
from rascue.cue.phase_lock import PhaseLock, PhaseLockParams
from rascue.cue.phase_start import PhaseStart, PhaseStartParams

DEAF = {"phase_gain": 0.0, "period_gain": 0.0, "target_ratio": 1.05}


def fed(follow, now, spms, cue_spm=None, target_spm=None):
    """Give one cadence per contact; return the wish after each."""
    wishes = []
    for k, spm in enumerate(spms):
        at = now(0.6 * k)
        step = StepEvent(k, at.now_ns, at.now_ns, Side.UNKNOWN, 1.0, "x")
        cadence = CadenceEstimate(at.now_ns, spm, 1.0, 9, 5.0, CadenceStatus.STEADY)
        wishes.append(
            follow.decide(
                now(0.6 * k, cadence=cadence, new_steps=(step,), cue_spm=cue_spm,
                    target_spm=target_spm)
            )
        )  # fmt: skip
    return wishes


def test_it_waits_for_whole_strides(now):
    wishes = fed(Follow(FollowParams(strides=2)), now, [100.0] * 5)
    assert [wish.cadence_spm for wish in wishes] == [None, None, None, 100.0, 100.0]


def test_a_cadence_that_alternates_does_not_move_the_cue(now):
    wishes = fed(Follow(FollowParams(strides=4)), now, [92.0, 108.0] * 20)
    assert {wish.cadence_spm for wish in wishes[8:]} == {100.0}


def test_small_changes_do_not_move_the_cue(now):
    wishes = fed(
        Follow(FollowParams(strides=1, band_pct=2.0)), now, [100.0] * 4 + [101.5] * 9, 100.0
    )
    assert wishes[-1].cadence_spm == 100.0


def test_large_changes_move_it_all_the_way(now):
    wishes = fed(
        Follow(FollowParams(strides=1, band_pct=2.0)), now, [100.0] * 4 + [103.0] * 9, 100.0
    )
    assert wishes[-1].cadence_spm == 103.0


@pytest.mark.parametrize(("own", "expected"), [(130.0, 105.0), (70.0, 90.0)])
def test_it_does_not_follow_out_of_its_range(now, own, expected):
    params = FollowParams(slower_pct=10.0, faster_pct=5.0)
    wish = fed(Follow(params), now, [own] * 10, target_spm=100.0)[-1]
    assert wish.cadence_spm == pytest.approx(expected)
    assert [reason.code for reason in wish.reasons] == ["mirror_range", "mirrored"]


def test_festination_is_not_followed_beyond_the_prescription(closed_loop):
    walked = closed_loop(
        Follow(FollowParams()), duration_s=240.0, preferred_spm=108.0, festination_per_min=1.5,
        festination_ratio_per_step=0.03, festination_release_per_beat=0.0, **DEAF,
    )  # fmt: skip
    fastest = max(60 / b.interval_s for b in walked.beats)
    assert fastest <= 1.05 * walked.baseline_spm * 1.0001


@pytest.mark.parametrize("seed", range(3))
def test_an_asymmetric_person_gets_an_even_beat(closed_loop, seed):
    walked = closed_loop(Follow(FollowParams()), seed, asymmetry_ratio=0.2, **DEAF)
    intervals = np.array([beat.interval_s for beat in walked.beats[10:]])
    alternation = np.abs(intervals[::2].mean() - intervals[1::2][: len(intervals[::2])].mean())
    assert alternation / intervals.mean() < 0.002


@pytest.mark.parametrize("seed", range(3))
def test_starting_on_a_step_places_the_first_beat_there(closed_loop, seed):
    walked = closed_loop(PhaseStart(PhaseStartParams(offset_s=0.0)), seed, duration_s=45.0, **DEAF)
    errors = [walked.at_s(walked.beats[0].due_ns) - walked.at_s(s.ic_ns) for s in walked.steps]
    assert abs(min(errors, key=abs)) < 0.04


@pytest.mark.parametrize("offset_deg", [-20.0, 15.0])
@pytest.mark.parametrize("seed", range(2))
def test_locked_beats_stay_on_the_steps_of_anybody(closed_loop, seed, offset_deg):
    walked = closed_loop(PhaseLock(PhaseLockParams(offset_deg=offset_deg)), seed, **DEAF)
    summary = walked.tracker.summary()
    assert summary.consistency_r > 0.95
    assert summary.mean_phase_deg == pytest.approx(-offset_deg, abs=5.0)


def test_locked_beats_do_not_alternate_with_uneven_steps(closed_loop):
    walked = closed_loop(PhaseLock(PhaseLockParams()), asymmetry_ratio=0.2, **DEAF)
    intervals = np.array([beat.interval_s for beat in walked.beats[10:]])
    alternation = intervals[::2].mean() - intervals[1::2].mean()
    assert abs(alternation) / intervals.mean() < 0.01
