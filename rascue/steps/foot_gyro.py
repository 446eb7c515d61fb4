"""Foot and shank: initial and final contact from the medio-lateral angular rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rascue.core.errors import WrongUse
from rascue.core.types import DetectorEvent, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.activity import ActivityParams
from rascue.steps.kernel_stream import KernelStream
from rascue.steps.kernel_structs import coefficients, fill

LOW_PASS_HZ = 15.0


@dataclass(frozen=True, slots=True)
class FootGyroParams:
    """What counts as a swing of the leg."""

    gap_s: float = 0.1
    contact_offset_s: float = 0.005
    lift_offset_s: float = -0.045
    rest_offset_s: float = -0.05
    up_memory_s: float = 5.0
    axis_memory_s: float = 3.0
    rest_rate_dps: float = 50.0
    rest_s: float = 0.08
    confirm_rate_dps: float = 5.0
    confirm_s: float = 0.005
    swing_peak_min_dps: float = 50.0
    swing_angle_min_deg: float = 10.0
    swing_min_s: float = 0.06
    swing_share_min: float = 0.4
    own_push_share_min: float = 0.2
    own_push_swing_min_deg: float = 5.0
    push_share_min: float = 0.35
    pair_share_min: float = 0.35
    first_swing_min_deg: float = 15.0
    vote_min_deg: float = 5.0
    direction_known_deg: float = 80.0
    rotation_min_deg: float = 25.0
    walk_memory_s: float = 2.5
    stride_min_s: float = 0.5
    learning: float = 0.3
    activity: ActivityParams = field(
        default_factory=lambda: ActivityParams(standing_after_s=3.5, standing_after_steps=1.75)
    )


DEFAULT_PARAMS = FootGyroParams()


class FootGyroDetector:
    """One contact per stride of the leg that wears the sensor.

    Parameters
    ----------
    info
        The source; needs a gyroscope, any mounting.
    params
        Thresholds.

    Raises
    ------
    WrongUse
        When the source has no gyroscope.
    """

    name = "foot"
    contacts_per_stride = 1
    delay_max_s = 0.15

    def __init__(self, info: SourceInfo, params: FootGyroParams = DEFAULT_PARAMS) -> None:
        if not info.has_gyro:
            raise WrongUse(
                f"{info.source_id}: the detector 'foot' needs a gyroscope; use 'accelerometer'"
            )
        self._params = fill(ffi.new("foot_params *"), params)
        self._params.rate_hz = info.rate_hz
        self._state = ffi.new("foot_state *")
        filter_values = coefficients(filters.low_pass(LOW_PASS_HZ, info.rate_hz))
        lib.foot_start(self._state, filter_values)
        self._stream = KernelStream(info, self._feed)

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.foot_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.foot_feed(self._state, self._params, n, t_ns, acc, gyr, reports))
