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
"""Band of the magnitude: a walk's step frequency without gravity and without impacts. Default, not
evidence; results in docs/detectors.md."""


@dataclass(frozen=True, slots=True)
class AccelNormParams:
    """What counts as a contact; values as in the simplest published pedometers.

    Parameters
    ----------
    gap_s
        Samples further apart than this start the signal anew.
    contact_offset_s
        Contact minus peak of the filtered magnitude, mostly the filter's delay.
    step_min_s
        Shortest time between two steps; twice as long on one leg.
    peak_min_mps2, peak_ratio
        Smallest peak, and smallest part of the running standard deviation.
    memory_s
        Memory of that standard deviation.
    activity
        When contacts make a walk.
    """

    gap_s: float = 0.1
    contact_offset_s: float = -0.05
    step_min_s: float = 0.3
    peak_min_mps2: float = 0.35
    peak_ratio: float = 0.6
    memory_s: float = 3.0
    activity: ActivityParams = field(default_factory=ActivityParams)


DEFAULT_PARAMS = AccelNormParams()


class AccelNormDetector:
    """Contacts from the magnitude of the acceleration; needs no gyroscope, any mounting.

    Parameters
    ----------
    info
        What the source says about itself; on one leg (foot, shank, thigh) a stride has one contact.
    params
        Thresholds.

    Notes
    -----
    A step is a peak of the band-passed magnitude above a share of its running standard deviation.
    Steps: initial contacts at pocket, pouch and back. On a foot the largest acceleration is that of
    the push and the swing, so there the rhythm is right and the phase is not.
    Axes: three of the accelerometer. Delay: 60 ms. Accuracy: docs/detectors.md.

    Source: peak counting of pedometers, as compared by Brajdic, Harle, UbiComp 2013, 225-234.
    """

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

    @property
    def oriented(self) -> bool:
        """True always: a magnitude has no direction."""
        return True

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.norm_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, _gyr: Any, reports: Any) -> int:
        return int(lib.norm_feed(self._state, self._params, n, t_ns, acc, reports))
