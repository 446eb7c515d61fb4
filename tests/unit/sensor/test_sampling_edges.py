"""Looks at how many samples there are -> when they were taken."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import EngineNs
from rascue.sensor.chip import ClockPair
from rascue.sensor.packet_chip import PAIR_SD_SAMPLES
from rascue.sensor.sampling_edges import Look, SamplingEdges

RATE_HZ = 111.1
START_NS = 10_000_000_000


def pairs(ratio: float, bracket_s: float, n_looks: int = 2000) -> tuple[list[ClockPair], float]:
    """Look every 20 ms or so; sample n is taken n periods after the start."""
    period_s = 1.0 / (RATE_HZ * ratio)
    edges = SamplingEdges(RATE_HZ)
    rng = np.random.default_rng(4)
    found: list[ClockPair] = []
    at_s = 0.0
    for _ in range(n_looks):
        at_s += rng.uniform(0.015, 0.03)
        before = START_NS + round((at_s - rng.uniform(0, bracket_s)) * 1e9)
        after = START_NS + round((at_s + rng.uniform(0, bracket_s)) * 1e9)
        found += edges.take(Look(int(at_s / period_s), EngineNs(before), EngineNs(after)))
    return found, period_s


@pytest.mark.parametrize("ratio", [0.95, 1.0, 1.05])
def test_pairs_scatter_as_the_drivers_state(ratio: float) -> None:
    found, period_s = pairs(ratio, bracket_s=2e-4)
    errors_s = [(pair.at_ns - START_NS) / 1e9 - pair.count * period_s for pair in found]
    assert len(found) > 40
    assert abs(np.mean(errors_s)) < PAIR_SD_SAMPLES / 4 / RATE_HZ
    assert np.std(errors_s) < PAIR_SD_SAMPLES / RATE_HZ


def test_looks_that_contradict_each_other_give_no_pair() -> None:
    edges = SamplingEdges(RATE_HZ)
    found = []
    for index in range(200):
        at = EngineNs(START_NS + index * 20_000_000)
        n_samples = index * 2 + (50 if index % 2 else 0)
        found += edges.take(Look(n_samples, at, EngineNs(at + 100_000)))
    assert found == []
