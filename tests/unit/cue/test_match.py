"""Meet and lead."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from rascue.cue.match import Match, MatchParams


def tempi(walked):
    """Return the wanted tempi in order, without repetitions."""
    found = []
    for decision in walked.decisions:
        if decision.wanted_spm is not None and found[-1:] != [decision.wanted_spm]:
            found.append(decision.wanted_spm)
    return found


@pytest.mark.parametrize("period_gain_share", [0.2, 0.25])
@pytest.mark.parametrize("phase_gain", [0.25, 0.4, 0.6])
@pytest.mark.parametrize("seed", range(2))
def test_a_follower_is_led_to_the_target(closed_loop, seed, phase_gain, period_gain_share):
    walked = closed_loop(
        Match(MatchParams()),
        seed,
        phase_gain=phase_gain,
        period_gain=phase_gain * period_gain_share,
    )
    summary = walked.tracker.summary()
    assert walked.cadence_spm(140, 180) == pytest.approx(1.1 * walked.baseline_spm, rel=0.01)
    assert summary.consistency_r >= 0.95
    assert summary.steps_to_lock <= 12


def test_it_begins_at_the_own_tempo_with_a_beat_just_after_a_step(closed_loop):
    walked = closed_loop(Match(MatchParams()), duration_s=40.0, phase_gain=0.0, period_gain=0.0)
    first = walked.beats[0]
    assert 60 / first.interval_s == pytest.approx(walked.baseline_spm, rel=0.02)
    nearest_s = min(
        (walked.at_s(first.due_ns) - walked.at_s(s.ic_ns) for s in walked.steps), key=abs
    )
    assert nearest_s == pytest.approx(0.03, abs=0.03)


def test_the_lead_moves_in_small_steps(closed_loop):
    wanted = tempi(closed_loop(Match(MatchParams(step_pct=1.0))))
    moves = [b / a - 1 for a, b in pairwise(wanted)]
    assert len(moves) >= 9
    assert min(moves) > 0
    assert max(moves) < 0.0101


def test_a_slower_target_is_approached_from_above(closed_loop):
    walked = closed_loop(Match(MatchParams()), target_ratio=0.92)
    assert walked.cadence_spm(140, 180) == pytest.approx(0.92 * walked.baseline_spm, rel=0.01)
    assert any("Lowered" in d.reasons[0].text for d in walked.decisions)


@pytest.mark.parametrize("seed", range(3))
def test_who_does_not_follow_is_not_led_away(closed_loop, seed):
    walked = closed_loop(Match(MatchParams()), seed, phase_gain=0.0, period_gain=0.0)
    assert walked.decisions[-1].allowed_spm == pytest.approx(walked.baseline_spm, rel=0.035)
    assert walked.tracker.summary().consistency_r < 0.4
    assert any(d.reasons[0].code == "eased" for d in walked.decisions)


def test_every_move_is_told_with_its_grounds(closed_loop):
    texts = {d.reasons[0].text for d in closed_loop(Match(MatchParams())).decisions}
    led = [text for text in texts if text.startswith("Raised to ")]
    assert led
    assert all(
        re.fullmatch(r"Raised to \d+: locked for \d+ s, R [01]\.\d\d\.", text) for text in led
    )


def test_it_waits_in_silence_for_even_steps(now):
    wish = Match(MatchParams()).decide(now(target_spm=105.0, baseline_spm=100.0))
    assert wish.cadence_spm is None
    assert wish.reasons[0].code == "waiting_for_steps"
