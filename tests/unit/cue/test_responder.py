"""The ninety-second screen on simulated people whose ability is known."""

from __future__ import annotations

import pytest

from rascue.core.types import EngineNs
from rascue.cue.responder import ScreenResult, screen
from rascue.simulate.walker import Walker
from rascue.simulate.walker_params import WalkerParams

S = 1_000_000_000


def tempo_ratio(at_s: float) -> float:
    """Return the beat's tempo as in the shipped programme ``responder_screen``."""
    if at_s < 35.0:
        return 1.0
    return 1.0 + 0.1 * (at_s - 35.0) / 15.0 if at_s < 50.0 else 1.1 - 0.18 * (at_s - 50.0) / 25.0


def screened(seed: int, **person: float) -> ScreenResult:
    params = WalkerParams(
        name="x", description="x", preferred_spm=95.0, start_delay_s=0.0, **person
    )
    walker = Walker(params, seed, EngineNs(0))
    beats, at_s = [], 20.0
    while at_s < 75.0:
        beats.append(EngineNs(round(at_s * S)))
        walker.hear(beats[-1])
        at_s += 60.0 / 95.0 / tempo_ratio(at_s)
    return screen([step.ic_ns for step in walker.advance(EngineNs(90 * S))], beats)


RESPONDERS = [
    {"phase_gain": 0.15, "period_gain": 0.03},
    {"phase_gain": 0.25, "period_gain": 0.04, "timekeeper_sd_ratio": 0.025},
    {"phase_gain": 0.5, "period_gain": 0.12},
]
OTHERS = [
    {},
    {"timekeeper_sd_ratio": 0.03, "wander_sd_ratio": 0.01},
    {"asymmetry_ratio": 0.2},
]


def test_the_screen_sorts_simulated_people():
    right = [screened(seed, **person).responder for person in RESPONDERS for seed in range(12)]
    right += [not screened(seed, **person).responder for person in OTHERS for seed in range(12)]
    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize(
    ("person", "strategy", "words"),
    [
        ({"phase_gain": 0.5, "period_gain": 0.12}, "progression", "stayed on the beat"),
        ({"phase_gain": 0.15, "period_gain": 0.03}, "mutual", "keeps steps and beats together"),
        ({}, "mutual", "do not ask for synchrony"),
    ],
)
def test_it_recommends_with_reasons(person, strategy, words):
    result = screened(3, **person)
    assert result.strategy == strategy
    assert words in result.reasons[0].text
    assert result.reasons[1].to_value == result.consistency_r


def test_the_stated_uncertainty_is_of_the_right_size():
    found = [screened(seed).response for seed in range(16)]
    assert max(abs(response) for response in found) < 8 * screened(0).response_sd


def test_few_strides_or_an_unchanging_beat_say_nothing():
    beats = [EngineNs(round(0.6 * k * S)) for k in range(60)]
    assert screen(beats, beats) is None
    assert screen(beats[:10], beats) is None
    assert screen([], []) is None
