"""Strides with their steps -> phase coordination index: how well left and right alternate."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from rascue.cadence.enough import Measure, NotEnoughStrides
from rascue.core.types import Side, StrideRecord

STRIDES_MIN = 23
"""Source: strides needed for a reliable index (FIELD 3.1 [83])."""

HALF_CYCLE_DEG = 180.0


def phase_coordination_index_pct(strides: Sequence[StrideRecord]) -> Measure:
    """Return the phase coordination index, percent; 0 is perfect, healthy walkers 2 to 4.

    Notes
    -----
    1. The phase of a stride is where in it the other foot landed: 360 degrees times the time to
       that contact over the stride time; 180 is the middle.
    2. The index is the coefficient of variation of the phase plus its mean distance from 180, both
       in percent.

    Source: Plotnik, Giladi, Hausdorff, Exp Brain Res 181 (2007) 561-570.

    Deviations: strides of the foot with more complete strides are used where the original takes
    the leg with the longer swing; the two give the same distance from 180.
    """
    phases = max((_phases_deg(strides, side) for side in Side), key=len)
    if len(phases) < STRIDES_MIN:
        return NotEnoughStrides(len(phases), STRIDES_MIN)
    variation = 100.0 * stdev(phases) / fmean(phases)
    distance = 100.0 * fmean(abs(phase - HALF_CYCLE_DEG) for phase in phases) / HALF_CYCLE_DEG
    return variation + distance


def _phases_deg(strides: Sequence[StrideRecord], side: Side) -> list[float]:
    return [
        2 * HALF_CYCLE_DEG * (1.0 - stride.step_time_s / stride.stride_time_s)
        for stride in strides
        if stride.side is side and stride.step_time_s is not None
    ]
