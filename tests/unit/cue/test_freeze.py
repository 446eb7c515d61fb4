"""A cue when steps stop coming."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from rascue.core.errors import ConfigError
from rascue.core.types import GaitSign
from rascue.cue.choose import strategy_for
from rascue.cue.freeze import CUE_S, FreezeCue
from rascue.cue.on_demand import OnDemand, OnDemandParams

FREEZING = {
    "preferred_spm": 100.0, "phase_gain": 0.15, "period_gain": 0.03, "target_ratio": 1.0,
    "freeze_per_min": 2.0, "freeze_s": 6.0, "freeze_release_per_beat": 0.0, "duration_s": 300.0,
}  # fmt: skip


def halts(walked) -> list[tuple[float, float]]:
    """Return (last step, next step) of each pause longer than two seconds, s."""
    times = np.array([walked.at_s(step.ic_ns) for step in walked.steps])
    times = times[times > 35]
    return [(a, b) for a, b in pairwise(times) if b - a > 2.0]


def freeze_only() -> FreezeCue:
    """Return a strategy that is silent but for freezes."""
    return FreezeCue(OnDemand(OnDemandParams(band_pct=20.0)))


@pytest.mark.parametrize("seed", range(3))
def test_a_cue_sounds_within_a_second_of_each_freeze(closed_loop, seed):
    walked = closed_loop(freeze_only(), seed, **FREEZING)
    beats = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    found = halts(walked)
    assert len(found) >= 3
    for last_s, _ in found:
        # From the last contact; the missing step itself was due 0.6 s later.
        assert beats[beats > last_s].min() - last_s < 1.05


def test_the_cue_ends_when_the_person_walks_or_stands_for_long(closed_loop):
    walked = closed_loop(freeze_only(), 1, **{**FREEZING, "freeze_s": 40.0})
    beats = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    for last_s, next_s in halts(walked):
        during = beats[(beats > last_s) & (beats < next_s)]
        assert during.max() - last_s < CUE_S + 2.0
        after = beats[(beats > next_s) & (beats < next_s + 60)]
        assert len(after) == 0 or after.max() > next_s


def test_even_walking_brings_no_cue(closed_loop):
    walked = closed_loop(freeze_only(), **{**FREEZING, "freeze_per_min": 0.0})
    assert walked.beats == []


def test_it_says_that_a_step_is_missing(closed_loop):
    walked = closed_loop(freeze_only(), **FREEZING)
    told = [d.reasons[0].text for d in walked.decisions if d.reasons[0].code == "step_missing"]
    assert told[0].startswith("A step is missing: the cue helps at 10")


def test_where_the_leg_tells_freezing_a_missing_step_brings_no_cue(now):
    cue = freeze_only()
    assert cue.decide(now(sees_freezing=True, baseline_spm=100.0)).cadence_spm is None
    frozen = now(sees_freezing=True, baseline_spm=100.0, signs=frozenset({GaitSign.FREEZE}))
    wish = cue.decide(frozen)
    assert wish.cadence_spm == 100.0
    assert wish.reasons[0].code == "freezing"
    assert "trembles" in wish.reasons[0].text


def test_it_is_an_option_of_any_strategy():
    strategy = strategy_for("match", {"freeze_cue": True, "hold_s": 3.0})
    assert isinstance(strategy, FreezeCue)
    assert strategy.name == "match"
    assert strategy.needs.steps
    assert not isinstance(strategy_for("match", {"freeze_cue": False}), FreezeCue)


def test_a_freeze_cue_that_is_no_switch_is_refused():
    with pytest.raises(ConfigError, match="freeze_cue = 1 must be true or false"):
        strategy_for("match", {"freeze_cue": 1})
