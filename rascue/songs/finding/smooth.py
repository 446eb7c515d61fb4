"""A row of beats -> the same on a smooth line, so that a single early note moves none. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Beats = NDArray[np.float64]

SMOOTHED_BEATS = 6
"""Neighbors on each side of a beat that the smooth line goes through. Default."""


def smooth_line(beats: Beats) -> Beats:
    """Return each beat on a parabola through its neighbors that few strays cannot bend."""
    return np.array([_on_parabola(beats, k) for k in range(len(beats))])


def _on_parabola(beats: Beats, k: int) -> float:
    around = np.arange(max(0, k - SMOOTHED_BEATS), min(len(beats), k + SMOOTHED_BEATS + 1))
    if len(around) < 6:  # noqa: PLR2004 - a parabola through fewer is no mean
        return float(beats[k])
    terms = np.vander(around - k, 3)
    weights = np.ones(len(around))
    for _ in range(4):
        line, *_ = np.linalg.lstsq(terms * weights[:, None], beats[around] * weights, rcond=None)
        off = beats[around] - terms @ line
        scale = 4.7 * max(1.48 * float(np.median(np.abs(off))), 0.002)
        weights = np.clip(1.0 - (off / scale) ** 2, 0.0, None)  # Tukey's biweight, its root
    return float(line[-1])
