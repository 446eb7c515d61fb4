"""The cues of others follow the rules that were read of them."""

from __future__ import annotations

import pytest

from rascue.core.clock import NS_PER_S
from rascue.core.types import EngineNs, Side, StepEvent
from rascue.simulate.scoreboard.baselines import (
    BaselineCue,
    CvGatedProgression,
    MetronomeApp,
    TempoFollower,
)


def give_steps(cue: BaselineCue, spm: float, count: int, uneven: float = 0.0) -> None:
    at_s = 10.0
    for k in range(count):
        at_s += 60.0 / spm * (1.0 + (uneven if k % 2 else -uneven))
        at_ns = EngineNs(round(at_s * NS_PER_S))
        cue.step(StepEvent(k, at_ns, at_ns, Side.UNKNOWN, 1.0, "x"))


def after_s(cue: BaselineCue, seconds: float) -> float:
    tempo = 0.0
    for _ in range(round(seconds / 0.04)):
        tempo = cue.tempo_spm(0.04)
    return tempo


def test_a_metronome_app_stays_at_the_target() -> None:
    cue = MetronomeApp(95.0, 105.0)
    give_steps(cue, 80.0, 20)
    assert after_s(cue, 30.0) == 105.0


@pytest.mark.parametrize("own_spm", [85.0, 110.0])
def test_a_tempo_follower_goes_to_the_tempo_of_the_steps(own_spm: float) -> None:
    cue = TempoFollower(95.0, 105.0)
    give_steps(cue, own_spm, 10)
    assert after_s(cue, 0.5) != pytest.approx(own_spm, rel=0.01)
    assert after_s(cue, 15.0) == pytest.approx(own_spm, rel=0.002)


def test_a_tempo_follower_never_leaves_its_clamp() -> None:
    cue = TempoFollower(95.0, 105.0)
    give_steps(cue, 400.0, 20)
    assert after_s(cue, 60.0) == 240.0


def test_even_steps_at_the_cue_raise_a_gated_progression_and_uneven_ones_do_not() -> None:
    even, uneven = CvGatedProgression(100.0, 105.0), CvGatedProgression(100.0, 105.0)
    give_steps(even, 100.0, 20)
    give_steps(uneven, 100.0, 20, uneven=0.1)
    assert after_s(even, 1.0) == pytest.approx(101.0, abs=0.2)
    assert after_s(uneven, 1.0) == 100.0


def test_a_gated_progression_comes_back_to_slower_steps() -> None:
    cue = CvGatedProgression(100.0, 105.0)
    give_steps(cue, 90.0, 20)
    assert after_s(cue, 10.0) < 99.0


def test_a_gated_progression_stays_within_its_clamp() -> None:
    cue = CvGatedProgression(100.0, 105.0)
    for spm in range(100, 130):
        give_steps(cue, float(spm), 20)
        after_s(cue, 2.0)
    assert after_s(cue, 1.0) <= 115.0 + 1e-9
