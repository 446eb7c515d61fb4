"""Figures of a walk with the least data each needs; without them a sentence instead of a number.

Definitions and minimum data: FIELD 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rascue.core.types import Side, StrideRecord

MEAN_MIN_STRIDES = 10
"""Least number of gait cycles for a mean or a spread. Source: FIELD [101]."""

SYNCHRONY_MIN_STRIDES = 20
"""Least number of paired steps for synchrony. Source: FIELD 3.1 (20-30 steps)."""

Figure = float | str
"""A number, or why there is none."""


@dataclass(frozen=True, slots=True)
class WalkFigures:
    """Figures of some strides; each is a number or the reason why there is none.

    Parameters
    ----------
    cadence_mean_spm
        120 / mean stride time, steps/min.
    stride_time_cv_percent
        100 x SD / mean.
    step_time_asymmetry_percent, swing_time_asymmetry_percent
        100 x (L - R) / mean of both; positive: the left one is longer.
    asynchrony_mean_s, asynchrony_sd_s
        Contact minus beat; negative: the step comes first.
    phase_consistency_r
        Length of the mean vector of relative phases, 0 (no relation to the beat) .. 1.
    """

    n_strides: int
    cadence_mean_spm: Figure
    stride_time_mean_s: Figure
    stride_time_cv_percent: Figure
    step_time_asymmetry_percent: Figure
    swing_time_asymmetry_percent: Figure
    asynchrony_mean_s: Figure
    asynchrony_sd_s: Figure
    phase_consistency_r: Figure


def walk_figures(strides: Sequence[StrideRecord]) -> WalkFigures:
    """Return the figures of strides in any order."""
    times_s = [stride.stride_time_s for stride in strides]
    mean_s = _mean(times_s)
    paired = [stride for stride in strides if stride.asynchrony_s is not None]
    asynchronies_s = [stride.asynchrony_s for stride in paired if stride.asynchrony_s is not None]
    phases = [s.relative_phase_deg for s in paired if s.relative_phase_deg is not None]
    return WalkFigures(
        n_strides=len(strides),
        cadence_mean_spm=mean_s if isinstance(mean_s, str) else _rounded(120.0 / mean_s),
        stride_time_mean_s=mean_s,
        stride_time_cv_percent=_cv_percent(times_s),
        step_time_asymmetry_percent=_asymmetry(strides, "step_time_s"),
        swing_time_asymmetry_percent=_asymmetry(strides, "swing_time_s"),
        asynchrony_mean_s=_mean(asynchronies_s, SYNCHRONY_MIN_STRIDES),
        asynchrony_sd_s=_sd(asynchronies_s, SYNCHRONY_MIN_STRIDES),
        phase_consistency_r=_consistency(phases),
    )


def too_few(n: int, needed: int) -> str | None:
    """Return the sentence that stands in for a figure; None where there are enough strides."""
    return f"not enough strides ({n} of {needed})" if n < needed else None


def _mean(values: Sequence[float], needed: int = MEAN_MIN_STRIDES) -> Figure:
    return too_few(len(values), needed) or _rounded(float(np.mean(values)))


def _sd(values: Sequence[float], needed: int) -> Figure:
    return too_few(len(values), needed) or _rounded(float(np.std(values, ddof=1)))


def _cv_percent(values: Sequence[float]) -> Figure:
    lack = too_few(len(values), MEAN_MIN_STRIDES)
    return lack or _rounded(100.0 * float(np.std(values, ddof=1) / np.mean(values)))


def _asymmetry(strides: Sequence[StrideRecord], field: str) -> Figure:
    sides: dict[Side, list[float]] = {Side.LEFT: [], Side.RIGHT: [], Side.UNKNOWN: []}
    for stride in strides:
        value: float | None = getattr(stride, field)
        if value is not None:
            sides[stride.side].append(value)
    lack = too_few(min(len(sides[Side.LEFT]), len(sides[Side.RIGHT])), MEAN_MIN_STRIDES)
    if lack:
        return f"{lack} on each side"
    left, right = (float(np.mean(sides[side])) for side in (Side.LEFT, Side.RIGHT))
    return _rounded(100.0 * (left - right) / (0.5 * (left + right)))


def _consistency(phases_deg: Sequence[float]) -> Figure:
    lack = too_few(len(phases_deg), SYNCHRONY_MIN_STRIDES)
    return lack or _rounded(abs(complex(np.mean(np.exp(1j * np.radians(phases_deg))))))


def _rounded(value: float) -> Figure:
    return round(value, 6) if math.isfinite(value) else "not a finite number"
