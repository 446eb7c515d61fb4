from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from rascue.core.types import EngineNs, Side, StrideRecord, StrideTravel
from rascue.export.gait_figures import gait_figures

STRIDE = StrideRecord(
    Side.LEFT, 1, EngineNs(0), EngineNs(1), 1.0, 0.5, 0.6, 0.4, double_support_time_s=0.25
)


def strides(n: int) -> list[StrideRecord]:
    return [replace(STRIDE, ic_ns=EngineNs(k)) for k in range(n)]


def travels(n: int) -> list[StrideTravel]:
    return [
        StrideTravel(
            Side.LEFT, EngineNs(k), EngineNs(k + 1), EngineNs(k + 2), length, 1.1, "back", 25.0
        )
        for k, length in zip(range(n), [1.2, 1.4] * n, strict=False)
    ]


def test_shares_of_the_stride_and_its_length():
    found = gait_figures(strides(30), travels(30))
    assert (found.stance_percent, found.swing_percent) == (60.0, 40.0)
    assert found.double_support_percent == 25.0
    assert found.phase_coordination_index_percent == 0.0
    assert found.stride_length_mean_m == pytest.approx(1.3)
    assert found.stride_length_cv_percent == pytest.approx(7.82, abs=0.02)
    assert found.stride_speed_mean_mps == pytest.approx(1.1)


def test_lengths_come_with_their_error_in_plain_words():
    told = gait_figures(strides(30), travels(30)).stride_length_trust
    assert told == (
        "estimate, about +-25 % for a person without own calibration; compare only within a person"
    )
    older = [replace(one, error_pct=None) for one in travels(30)]
    assert "not stated" in gait_figures(strides(30), older).stride_length_trust
    assert gait_figures(strides(30), []).stride_length_trust == "nothing was measured"


def test_each_figure_has_its_least_number_of_strides():
    few = gait_figures(strides(9), travels(9))
    assert few.stance_percent == few.stride_length_mean_m == "not enough strides (9 of 10)"
    assert few.stride_length_cv_percent == "not enough strides (9 of 10)"
    some = gait_figures(strides(22), travels(22))
    assert some.phase_coordination_index_percent == "not enough strides (22 of 23)"
    many = gait_figures(strides(255), [])
    assert many.stride_time_scaling_exponent == "not enough strides (255 of 256)"
    assert many.stride_speed_mean_mps == "not enough strides (0 of 10)"


def test_a_length_counts_only_with_its_stride():
    assert gait_figures(strides(5), travels(30)).stride_length_mean_m == (
        "not enough strides (5 of 10)"
    )


def test_what_was_not_measured_has_no_number():
    bare = [StrideRecord(Side.LEFT, 1, EngineNs(k), EngineNs(k + 1), 1.0) for k in range(30)]
    found = gait_figures(bare, [])
    numbers = [name for name, value in asdict(found).items() if isinstance(value, float)]
    assert numbers == []
