"""The two strategies that ask nobody."""

from __future__ import annotations

import pytest

from rascue.cue.base import StrategyNeeds
from rascue.cue.fixed import Fixed, FixedParams
from rascue.cue.hold import Hold, HoldParams


def test_fixed_wants_the_target(now):
    wish = Fixed(FixedParams()).decide(now(target_spm=104.0, cue_spm=90.0))
    assert (wish.cadence_spm, wish.align_to_ns) == (104.0, None)
    assert wish.reasons[0].text == "The programme asks for 104 steps/min."


def test_fixed_is_silent_without_a_target(now):
    wish = Fixed(FixedParams()).decide(now(baseline_spm=100.0))
    assert wish.cadence_spm is None
    assert wish.reasons[0].code == "no_target"


def test_hold_keeps_the_tempo_it_found(now):
    hold = Hold(HoldParams())
    assert hold.decide(now(target_spm=110.0, cue_spm=103.0)).cadence_spm == 103.0
    assert hold.decide(now(target_spm=110.0, cue_spm=106.0)).cadence_spm == 103.0


def test_hold_begins_at_the_target_when_nothing_sounded(now):
    hold = Hold(HoldParams())
    assert hold.decide(now(target_spm=110.0)).cadence_spm == 110.0
    assert hold.decide(now()).cadence_spm is None
    assert hold.decide(now(target_spm=120.0, cue_spm=110.0)).cadence_spm == 110.0


def test_both_need_nothing():
    assert Fixed(FixedParams()).needs == Hold(HoldParams()).needs == StrategyNeeds()


@pytest.mark.parametrize("seed", range(3))
def test_a_person_who_follows_reaches_the_tempo_of_a_fixed_cue(closed_loop, seed):
    walked = closed_loop(Fixed(FixedParams()), seed)
    assert walked.cadence_spm(140, 180) == pytest.approx(1.1 * walked.baseline_spm, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_a_weak_follower_drifts_through_a_fixed_cue(closed_loop, seed):
    walked = closed_loop(
        Fixed(FixedParams()), seed, target_ratio=1.05, phase_gain=0.05, period_gain=0.0
    )
    assert walked.tracker.summary().consistency_r < 0.3
