"""The closed loop with a chip in it: in simulated time to the end, and in real time with a plug."""

from __future__ import annotations

import pytest

from rascue.simulate.figures.report import report_of
from rascue.simulate.scenario import load_scenario
from rascue.simulate.world import simulate
from rascue.testing.i2c.world import simulate_on_chips


@pytest.mark.parametrize(("chip", "speed"), [("lsm6dsox", 1.04), ("icm42688", 0.96)])
def test_a_person_with_a_chip_on_entrains_as_without(chip: str, speed: float) -> None:
    scenario = load_scenario("entraining")
    plain = report_of(simulate(scenario, seed=0))
    on_chip = report_of(simulate_on_chips(scenario, chip, seed=0, speed=speed))
    assert on_chip.verdict == plain.verdict == "following"
    assert on_chip.end_spm == pytest.approx(plain.end_spm, rel=0.005)
    assert on_chip.consistency_r == pytest.approx(plain.consistency_r, abs=0.02)
    assert on_chip.envelope_violations == 0
