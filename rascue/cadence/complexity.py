"""Stride times -> how one stride depends on those long before it (fractal scaling)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rascue.cadence.enough import Measure, NotEnoughStrides

STRIDES_MIN = 256
"""With fewer the exponent scatters by more than people differ: SD 0.15-0.19 at 256 strides (FIELD
3.1, simulated)."""

BOX_MIN = 16
BOXES_IN_SERIES = 9
"""Box sizes from 16 to a ninth of the series. Source: FIELD [86]."""

BOX_COUNT = 12
"""Sizes, evenly spread in their logarithm. Default, not evidence."""


def scaling_exponent(stride_times_s: Sequence[float]) -> Measure:
    """Return the exponent of detrended fluctuation analysis; 0.5 is white noise, 1 is 1/f noise.

    Parameters
    ----------
    stride_times_s
        Successive stride times of one foot.

    Notes
    -----
    1. The series minus its mean is summed up.
    2. In boxes of n strides the straight line is taken away; F(n) is the root of the mean square of
       what is left.
    3. The exponent is the slope of log F(n) against log n.

    Source: Peng et al., Chaos 5 (1995) 82-87; box sizes FIELD [86]. Deviations: strides that do not
    fill a box at the end of the series are left out.
    """
    count = len(stride_times_s)
    if count < STRIDES_MIN:
        return NotEnoughStrides(count, STRIDES_MIN)
    times = np.asarray(stride_times_s)
    profile = np.cumsum(times - times.mean())
    sizes = np.unique(np.geomspace(BOX_MIN, count // BOXES_IN_SERIES, BOX_COUNT).astype(int))
    fluctuations = [_fluctuation(profile, int(size)) for size in sizes]
    return float(np.polyfit(np.log(sizes), np.log(fluctuations), 1)[0])


def _fluctuation(profile: NDArray[np.float64], size: int) -> float:
    """Return F(size)."""
    boxes = profile[: len(profile) // size * size].reshape(-1, size).T
    place = np.arange(size)
    slope, level = np.polyfit(place, boxes, 1)
    return float(np.sqrt(np.mean((boxes - np.outer(place, slope) - level) ** 2)))
