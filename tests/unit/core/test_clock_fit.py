"""The line between a foreign counter and engine time: learned, robust, forgetting."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.clock_fit import ClockFit, FitSettings

SETTINGS = FitSettings(0.05, 2e-3, 5e-6, 3e-4, 3e-5)
NOMINAL_HZ = 40_000.0


def fed(fit: ClockFit, seconds: float, ratio: float, start_s: float = 0.0, seed: int = 1) -> None:
    rng = np.random.default_rng(seed)
    for at_s in np.arange(start_s, start_s + seconds, 0.1):
        late_s = rng.normal(0.0, 1e-4)
        fit.take(round(at_s * NOMINAL_HZ * ratio), round((at_s + late_s) * 1e9))


@pytest.mark.parametrize("ratio", [0.95, 1.0, 1.05])
def test_rate_and_instants_are_found(ratio: float) -> None:
    fit = ClockFit(NOMINAL_HZ, SETTINGS)
    fed(fit, 30.0, ratio)
    line = fit.map()
    assert line is not None
    assert line.rate_hz == pytest.approx(NOMINAL_HZ * ratio, rel=2e-5)
    assert line.to_engine(round(31 * NOMINAL_HZ * ratio)) == pytest.approx(31e9, abs=1e5)


def test_single_outliers_teach_nothing() -> None:
    fit = ClockFit(NOMINAL_HZ, SETTINGS)
    fed(fit, 10.0, 1.02)
    before = fit.map()
    for at_s in (10.1, 10.2, 10.3):
        fit.take(round(at_s * NOMINAL_HZ * 1.02), round((at_s + 0.05) * 1e9))
    after = fit.map()
    assert before is not None
    assert after is not None
    assert after.rate_hz == before.rate_hz


def test_after_a_step_all_is_learned_anew() -> None:
    fit = ClockFit(NOMINAL_HZ, SETTINGS)
    fed(fit, 10.0, 1.0)
    fed(fit, 10.0, 1.0, start_s=10.5)
    stepped = ClockFit(NOMINAL_HZ, SETTINGS)
    fed(stepped, 10.0, 1.0)
    for at_s in np.arange(10.1, 20.0, 0.1):
        stepped.take(round(at_s * NOMINAL_HZ), round((at_s + 0.5) * 1e9))
    line = stepped.map()
    assert line is not None
    assert line.to_engine(round(20 * NOMINAL_HZ)) == pytest.approx(20.5e9, abs=2e5)


def test_no_line_before_the_first_pair_and_none_after_a_restart() -> None:
    fit = ClockFit(NOMINAL_HZ, SETTINGS)
    assert fit.map() is None
    fed(fit, 1.0, 1.0)
    fit.restart()
    assert fit.map() is None
