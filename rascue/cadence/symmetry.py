"""Left strides and right strides -> how alike the legs move."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rascue.cadence.enough import Measure, NotEnoughStrides
from rascue.core.types import Side, StrideRecord

STRIDES_MIN = 10
"""On each side. Source: Gait Up (FIELD 3.1 [101])."""


def swing_symmetry_pct(strides: Sequence[StrideRecord]) -> Measure:
    """Return the symmetry index of swing time, percent; 0 is even, positive: left swings longer.

    Notes
    -----
    ``100 (L - R) / (0.5 (L + R))`` with the mean swing times L and R; strides without a swing time
    are left out.

    Source: FIELD 3.1 [101].
    """
    left, right = (_swing_times_s(strides, side) for side in (Side.LEFT, Side.RIGHT))
    fewer = min(len(left), len(right))
    if fewer < STRIDES_MIN:
        return NotEnoughStrides(fewer, STRIDES_MIN)
    mean_left, mean_right = fmean(left), fmean(right)
    return 100.0 * (mean_left - mean_right) / (0.5 * (mean_left + mean_right))


def _swing_times_s(strides: Sequence[StrideRecord], side: Side) -> list[float]:
    of_side = (stride.swing_time_s for stride in strides if stride.side is side)
    return [swing_s for swing_s in of_side if swing_s is not None]
