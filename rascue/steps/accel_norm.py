"""Any placement, accelerometer alone: contacts from the magnitude of the acceleration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rascue.core.types import DetectorEvent, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.activity import ActivityParams
from rascue.steps.base import ONE_LEG_PLACEMENTS
from rascue.steps.kernel_stream import KernelStream
from rascue.steps.kernel_structs import coefficients, fill

HIGH_PASS_HZ = 0.5
LOW_PASS_HZ = 3.5


@dataclass(frozen=True, slots=True)
class AccelNormParams:
    """What counts as a contact."""

    gap_s: float = 0.1
    contact_offset_s: float = -0.05
    step_min_s: float = 0.3
    peak_min_mps2: float = 0.35
    peak_ratio: float = 0.6
    memory_s: float = 3.0
    activity: ActivityParams = field(default_factory=ActivityParams)


DEFAULT_PARAMS = AccelNormParams()


class AccelNormDetector:
    """Contacts from the magnitude of the acceleration; needs no gyroscope, any mounting."""

    name = "accelerometer"
    delay_max_s = 0.25

    def __init__(self, info: SourceInfo, params: AccelNormParams = DEFAULT_PARAMS) -> None:
        self.contacts_per_stride = 1 if info.placement in ONE_LEG_PLACEMENTS else 2
        self._params = fill(ffi.new("norm_params *"), params)
        self._params.rate_hz = info.rate_hz
        if self.contacts_per_stride == 1:
            self._params.step_min_s *= 2
        self._state = ffi.new("norm_state *")
        high = coefficients(filters.high_pass(HIGH_PASS_HZ, info.rate_hz))
        low = coefficients(filters.low_pass(LOW_PASS_HZ, info.rate_hz))
        lib.norm_start(self._state, self._params, high, low)
        self._stream = KernelStream(info, self._feed)

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.norm_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, _gyr: Any, reports: Any) -> int:
        return int(lib.norm_feed(self._state, self._params, n, t_ns, acc, reports))
