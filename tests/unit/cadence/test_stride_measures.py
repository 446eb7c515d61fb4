"""Variability, symmetry and coordination; too few strides give a sentence, not a number."""

from __future__ import annotations

import pytest

from rascue.cadence.coordination import phase_coordination_index_pct
from rascue.cadence.enough import NotEnoughStrides
from rascue.cadence.symmetry import swing_symmetry_pct
from rascue.cadence.variability import stride_time_cv_pct
from rascue.core.types import EngineNs, Side, StrideRecord


def stride(
    stride_s: float = 1.0,
    side: Side = Side.LEFT,
    swing_s: float | None = None,
    step_s: float | None = None,
) -> StrideRecord:
    end = EngineNs(round(stride_s * 1e9))
    return StrideRecord(side, 1, EngineNs(0), end, stride_s, step_s, None, swing_s)


def test_variation_of_stride_time() -> None:
    even_and_uneven = [stride(1.0), stride(1.1)] * 5
    assert stride_time_cv_pct(even_and_uneven) == pytest.approx(5.02, abs=0.01)
    assert stride_time_cv_pct([stride()] * 10) == 0.0


def test_symmetry_is_signed() -> None:
    left = [stride(swing_s=0.45)] * 10
    right = [stride(side=Side.RIGHT, swing_s=0.35)] * 10
    assert swing_symmetry_pct([*left, *right]) == pytest.approx(25.0)


def test_strides_without_swing_do_not_count() -> None:
    left = [stride(swing_s=0.4)] * 10
    right = [stride(side=Side.RIGHT, swing_s=0.4)] * 9 + [stride(side=Side.RIGHT)]
    assert swing_symmetry_pct([*left, *right]) == NotEnoughStrides(9, 10)


def test_coordination_of_an_even_and_of_a_limping_walk() -> None:
    assert phase_coordination_index_pct([stride(step_s=0.5)] * 23) == pytest.approx(0.0)
    # The other foot lands at 0.4 of the stride: 144 degrees, 20 % from the middle.
    assert phase_coordination_index_pct([stride(step_s=0.6)] * 23) == pytest.approx(20.0)


def test_coordination_is_the_same_from_either_foot() -> None:
    left = phase_coordination_index_pct([stride(step_s=0.6)] * 23)
    right = phase_coordination_index_pct([stride(side=Side.RIGHT, step_s=0.4)] * 23)
    assert left == pytest.approx(right)


@pytest.mark.parametrize(
    ("measure", "needed"),
    [(stride_time_cv_pct, 10), (swing_symmetry_pct, 10), (phase_coordination_index_pct, 23)],
)
def test_too_few_strides_give_a_sentence(measure, needed) -> None:
    found = measure([])
    assert found == NotEnoughStrides(0, needed)
    assert str(found) == f"not enough strides: 0 of {needed}"
