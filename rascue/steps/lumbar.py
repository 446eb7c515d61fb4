"""Lower back: the contacts of both feet from the vertical and the backward acceleration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rascue.core.types import DetectorEvent, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.activity import ActivityParams
from rascue.steps.kernel_stream import KernelStream
from rascue.steps.kernel_structs import coefficients, fill

FILTERS: dict[str, Callable[[float], filters.Biquad]] = {
    "high_pass": lambda rate_hz: filters.high_pass(0.5, rate_hz),
    "low_pass": lambda rate_hz: filters.low_pass(3.0, rate_hz),
    "timing_pass": lambda rate_hz: filters.low_pass(2.5, rate_hz),
    "sway_pass": lambda rate_hz: filters.low_pass(2.0, rate_hz),
    "yaw_pass": lambda rate_hz: filters.low_pass(1.2, rate_hz),
    "turn_pass": lambda rate_hz: filters.low_pass(0.7, rate_hz),
}


@dataclass(frozen=True, slots=True)
class LumbarParams:
    """What counts as a contact."""

    gap_s: float = 0.1
    contact_offset_s: float = -0.06
    untimed_offset_s: float = -0.06
    end_offset_s: float = -0.18
    look_back_s: float = 0.15
    look_ahead_s: float = 0.25
    up_memory_s: float = 1.0
    backward_memory_s: float = 10.0
    backward_weight: float = 0.5
    timing_weight: float = 1.5
    moving_mps2: float = 0.5
    step_min_s: float = 0.3
    early_share: float = 0.7
    late_share: float = 1.5
    rise_start_mps2: float = 1.3
    rise_min_mps2: float = 0.6
    level_share: float = -0.1
    rise_now_share: float = 0.3
    rise_share: float = 0.4
    rise_early_share: float = 0.8
    rise_due_share: float = 0.15
    fall_share: float = 0.05
    pattern_memory_s: float = 3.0
    side_memory: float = 0.6
    side_known: float = 2.0
    weak_max: int = 1
    activity: ActivityParams = field(default_factory=ActivityParams)


DEFAULT_PARAMS = LumbarParams()


class LumbarDetector:
    """Contacts of both feet seen at the lower back."""

    name = "lower_back"
    contacts_per_stride = 2
    delay_max_s = 0.3

    def __init__(self, info: SourceInfo, params: LumbarParams = DEFAULT_PARAMS) -> None:
        self._params = fill(ffi.new("lumbar_params *"), params)
        self._params.rate_hz = info.rate_hz
        self._params.has_gyro = info.has_gyro
        self._state = ffi.new("lumbar_state *")
        for name, design in FILTERS.items():
            setattr(self._state, name, coefficients(design(info.rate_hz))[0])
        lib.lumbar_start(self._state)
        self._stream = KernelStream(info, self._feed)

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.lumbar_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.lumbar_feed(self._state, self._params, n, t_ns, acc, gyr, reports))
