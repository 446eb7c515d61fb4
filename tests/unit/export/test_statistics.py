from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from rascue.core.types import EngineNs, Side, StrideRecord
from rascue.export.statistics import walk_figures


def strides(n, **values):
    """Strides of alternating sides; a value may depend on the number of the stride."""
    plain = StrideRecord(Side.LEFT, 1, EngineNs(0), EngineNs(1), 1.0)
    return [
        replace(
            plain,
            side=Side.LEFT if k % 2 else Side.RIGHT,
            **{name: value(k) if callable(value) else value for name, value in values.items()},
        )
        for k in range(n)
    ]


def test_cadence_and_variability():
    times_s = [1.0 + 0.01 * (k % 5) for k in range(30)]
    figures = walk_figures(strides(30, stride_time_s=times_s.__getitem__))
    mean = np.mean(times_s)
    assert figures.n_strides == 30
    assert figures.stride_time_mean_s == pytest.approx(mean, abs=1e-6)
    assert figures.cadence_mean_spm == pytest.approx(120 / mean, abs=1e-4)
    assert figures.stride_time_cv_percent == pytest.approx(
        100 * np.std(times_s, ddof=1) / mean, abs=1e-5
    )


def test_ten_strides_suffice_for_a_mean_and_nine_do_not():
    assert walk_figures(strides(10)).cadence_mean_spm == 120.0
    few = walk_figures(strides(9))
    for figure in (few.cadence_mean_spm, few.stride_time_mean_s, few.stride_time_cv_percent):
        assert figure == "not enough strides (9 of 10)"


@pytest.mark.parametrize("field", ["step_time", "swing_time"])
def test_asymmetry_is_positive_when_left_is_longer(field):
    given = strides(20, **{f"{field}_s": lambda k: 0.6 if k % 2 else 0.4})
    assert getattr(walk_figures(given), f"{field}_asymmetry_percent") == pytest.approx(40.0)


def test_asymmetry_needs_ten_of_each_side():
    figures = walk_figures(strides(19, step_time_s=0.5))
    assert figures.step_time_asymmetry_percent == "not enough strides (9 of 10) on each side"
    assert figures.swing_time_asymmetry_percent == "not enough strides (0 of 10) on each side"


def test_synchrony():
    given = strides(
        20,
        asynchrony_s=lambda k: -0.03 + (0.01 if k % 2 else -0.01),
        relative_phase_deg=lambda k: 90.0 if k % 2 else -90.0,
    )
    figures = walk_figures(given)
    assert figures.asynchrony_mean_s == pytest.approx(-0.03)
    assert figures.asynchrony_sd_s == pytest.approx(0.01 * math.sqrt(20 / 19), abs=1e-6)
    assert figures.phase_consistency_r == pytest.approx(0.0)


def test_one_phase_throughout_is_full_consistency():
    figures = walk_figures(strides(20, asynchrony_s=0.1, relative_phase_deg=179.0))
    assert figures.phase_consistency_r == pytest.approx(1.0)


def test_strides_without_a_beat_do_not_count_for_synchrony():
    given = strides(19, asynchrony_s=0.1, relative_phase_deg=10.0) + strides(30)
    figures = walk_figures(given)
    assert figures.asynchrony_mean_s == "not enough strides (19 of 20)"
    assert figures.phase_consistency_r == "not enough strides (19 of 20)"
