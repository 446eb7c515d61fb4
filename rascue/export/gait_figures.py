"""Figures of the phases and the length of strides, with the least data each needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rascue.cadence.complexity import scaling_exponent
from rascue.cadence.coordination import phase_coordination_index_pct
from rascue.cadence.enough import Measure
from rascue.core.types import Side, StrideRecord, StrideTravel
from rascue.export.statistics import MEAN_MIN_STRIDES, Figure, too_few


@dataclass(frozen=True, slots=True)
class GaitFigures:
    """Figures of some strides; each is a number or the reason why there is none.

    Parameters
    ----------
    stance_percent, swing_percent, double_support_percent
        Mean share of the stride, %.
    phase_coordination_index_percent
        How evenly left and right alternate; 0 is perfect, healthy walkers 2 to 4.
    stride_time_scaling_exponent
        Detrended fluctuation analysis of one foot's strides; 0.5 is white noise.
    stride_length_mean_m, stride_length_cv_percent, stride_speed_mean_mps
        Of sensors at a foot or the lower back.
    stride_length_trust
        How far length and speed can be relied on, in words.
    """

    stance_percent: Figure
    swing_percent: Figure
    double_support_percent: Figure
    phase_coordination_index_percent: Figure
    stride_time_scaling_exponent: Figure
    stride_length_mean_m: Figure
    stride_length_cv_percent: Figure
    stride_speed_mean_mps: Figure
    stride_length_trust: str


def gait_figures(strides: Sequence[StrideRecord], travels: Sequence[StrideTravel]) -> GaitFigures:
    """Return the figures of strides, and of those among them whose length is known."""
    known = {(stride.side, stride.ic_ns) for stride in strides}
    lengths = [one for one in travels if (one.side, one.ic_ns) in known]
    length_m = [one.length_m for one in lengths]
    return GaitFigures(
        stance_percent=_share(strides, lambda stride: stride.stance_time_s),
        swing_percent=_share(strides, lambda stride: stride.swing_time_s),
        double_support_percent=_share(strides, lambda stride: stride.double_support_time_s),
        phase_coordination_index_percent=_figure(phase_coordination_index_pct(strides)),
        stride_time_scaling_exponent=_figure(scaling_exponent(_longest_series_s(strides))),
        stride_length_mean_m=_mean(length_m),
        stride_length_cv_percent=_cv_percent(length_m),
        stride_speed_mean_mps=_mean([one.speed_mps for one in lengths]),
        stride_length_trust=_trust(lengths),
    )


def _trust(lengths: Sequence[StrideTravel]) -> str:
    """Return what the largest stated error means to whoever reads the lengths."""
    if not lengths:
        return "nothing was measured"
    errors_pct = [one.error_pct for one in lengths if one.error_pct is not None]
    error = (
        f"about +-{max(errors_pct):g} % for a person without own calibration"
        if errors_pct
        else "its error is not stated in this file"
    )
    return f"estimate, {error}; compare only within a person"


def _share(
    strides: Sequence[StrideRecord], part_s: Callable[[StrideRecord], float | None]
) -> Figure:
    parts = [(part_s(stride), stride.stride_time_s) for stride in strides]
    return _mean([100.0 * part / whole for part, whole in parts if part is not None])


def _longest_series_s(strides: Sequence[StrideRecord]) -> list[float]:
    """Return the stride times of the foot that has more of them."""
    series = ([one.stride_time_s for one in strides if one.side is side] for side in Side)
    return max(series, key=len)


def _mean(values: Sequence[float]) -> Figure:
    return too_few(len(values), MEAN_MIN_STRIDES) or _rounded(float(np.mean(values)))


def _cv_percent(values: Sequence[float]) -> Figure:
    lack = too_few(len(values), MEAN_MIN_STRIDES)
    return lack or _rounded(100.0 * float(np.std(values, ddof=1) / np.mean(values)))


def _figure(measure: Measure) -> Figure:
    return _rounded(measure) if isinstance(measure, float) else str(measure)


def _rounded(value: float) -> Figure:
    return round(value, 6) if math.isfinite(value) else "not a finite number"
