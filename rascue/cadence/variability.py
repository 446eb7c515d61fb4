"""Stride times -> how evenly a person walks."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from rascue.cadence.enough import Measure, NotEnoughStrides
from rascue.core.types import StrideRecord

STRIDES_MIN = 10
"""Source: Gait Up reports variability from 10 gait cycles on (FIELD 3.1 [101]); 50 are better."""


def stride_time_cv_pct(strides: Sequence[StrideRecord]) -> Measure:
    """Return the coefficient of variation of stride time, percent of the mean.

    Parameters
    ----------
    strides
        Those of one walk; strides of both feet may be mixed, a stride is as long on either.
    """
    times = [stride.stride_time_s for stride in strides]
    if len(times) < STRIDES_MIN:
        return NotEnoughStrides(len(times), STRIDES_MIN)
    return 100.0 * stdev(times) / fmean(times)
