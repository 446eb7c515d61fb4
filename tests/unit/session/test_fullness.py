"""Music grows with the programme, and with a person who walks with the beat."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rascue.core.types import EngineNs, ProgramStep, StepKind
from rascue.cue.base import Synchrony
from rascue.session.fullness import REWARD, REWARD_AFTER_S, REWARD_PER_S, Fullness

LOCKED = Synchrony(8, 0.95, 0.0, 0.01, 0.0, locked=True, locked_s=60.0)
LOOSE = Synchrony(8, 0.3, 0.0, 0.1, 0.0, locked=False, locked_s=0.0)
TICK_S = 0.05


def block(**changes: float) -> ProgramStep:
    return ProgramStep(StepKind.CUED, 100.0, sound="folk", **changes)


def course(step: ProgramStep, synchronies: list[Synchrony]) -> list[float]:
    fullness = Fullness()
    return [
        fullness.at(EngineNs(round(k * TICK_S * 1e9)), step, k * TICK_S, synchrony)
        for k, synchrony in enumerate(synchronies)
    ]


def test_it_follows_a_crescendo_evenly() -> None:
    values = course(block(intensity=0.2, end_intensity=1.0), [LOOSE] * 2001)
    assert (values[0], values[1000], values[-1]) == (0.2, 0.6, 1.0)
    assert values == sorted(values)


def test_without_an_end_it_stays() -> None:
    assert set(course(block(intensity=0.4), [LOOSE] * 100)) == {0.4}


def test_walking_with_the_beat_is_rewarded_and_losing_it_is_no_shock() -> None:
    values = course(block(intensity=0.4), [LOCKED] * 400 + [LOOSE] * 400)
    assert max(values) == pytest.approx(0.4 + REWARD)
    assert values[-1] == 0.4
    steps = [abs(later - earlier) for earlier, later in pairwise(values)]
    assert max(steps) <= REWARD_PER_S * TICK_S + 0.01


def test_a_moment_of_synchrony_is_not_enough() -> None:
    brief = Synchrony(8, 0.95, 0.0, 0.01, 0.0, locked=True, locked_s=REWARD_AFTER_S - 0.1)
    assert set(course(block(intensity=0.4), [brief] * 100)) == {0.4}


def test_it_never_leaves_its_range() -> None:
    assert max(course(block(intensity=0.95), [LOCKED] * 400)) == 1.0
