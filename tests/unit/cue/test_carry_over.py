"""What stays of a gain when the cue is silent."""

from __future__ import annotations

import math

import pytest

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.cue.carry_over import CarryOver, carry_over, mean_cadence_spm
from rascue.simulate.walker import Walker
from rascue.simulate.walker_params import WalkerParams

S = 1_000_000_000


@pytest.mark.parametrize(
    ("uncued", "dependency"), [(110.0, 0.0), (105.0, 0.5), (100.0, 1.0), (95.0, 1.5)]
)
def test_the_index_is_the_share_that_is_lost(uncued, dependency):
    found = carry_over(100.0, 110.0, uncued)
    assert found.cued_gain_pct == pytest.approx(10.0)
    assert found.uncued_gain_pct == pytest.approx(uncued - 100.0)
    assert found.dependency == pytest.approx(dependency)


def test_a_slower_target_has_an_index_as_well():
    assert carry_over(100.0, 90.0, 95.0).dependency == pytest.approx(0.5)


def test_of_a_small_gain_no_share_is_told():
    assert carry_over(100.0, 100.9, 100.9) == CarryOver(
        pytest.approx(0.9), pytest.approx(0.9), None
    )


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_it_agrees_with_the_true_carry_over_of_simulated_people(share):
    found = []
    for seed in range(12):
        params = WalkerParams(
            name="x", description="x", preferred_spm=95.0, phase_gain=0.4, period_gain=0.1,
            carry_over_ratio=share, carry_over_s=10.0, start_delay_s=0.0,
        )  # fmt: skip
        walker = Walker(params, seed, EngineNs(0))
        for k in range(200):
            walker.hear(EngineNs(round((60 + k * 60 / 104.5) * S)))
        silent_ns = EngineNs(round((60 + 199 * 60 / 104.5) * S))
        steps = [step.ic_ns for step in walker.advance(after(silent_ns, 150.0))]
        cadences = (
            mean_cadence_spm(steps, EngineNs(0), EngineNs(60 * S)),
            mean_cadence_spm(steps, after(silent_ns, -60.0), silent_ns),
            mean_cadence_spm(steps, silent_ns, after(silent_ns, 150.0), settle_s=60.0),
        )
        found.append(carry_over(*cadences).dependency)
    assert math.fsum(found) / len(found) == pytest.approx(1.0 - share, abs=0.1)


def test_pauses_do_not_slow_a_cadence():
    steps = [
        EngineNs(round(t * S))
        for t in [*(0.6 * k for k in range(20)), *(30 + 0.6 * k for k in range(20))]
    ]
    assert mean_cadence_spm(steps, EngineNs(0), EngineNs(60 * S)) == pytest.approx(100.0)


def test_few_steps_have_no_cadence():
    steps = [EngineNs(round(0.6 * k * S)) for k in range(10)]
    assert mean_cadence_spm(steps, EngineNs(0), EngineNs(60 * S)) is None
    assert mean_cadence_spm(steps, EngineNs(0), EngineNs(60 * S), settle_s=59.0) is None
