"""Lower back: stride length from how far the body rises and falls, as an inverted pendulum."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from rascue.core.clock import after
from rascue.core.types import ImuBlock, StepEvent, StrideRecord, StrideTravel
from rascue.steps._kernels import ffi, lib
from rascue.steps.travel_memory import TravelMemory

LEG_M = 0.9
"""Height of the sensor above the ground where nobody measured it. Default, not evidence."""

PENDULUM_K = 1.25
"""Stride over that of a stiff pendulum. Source: Zijlstra, Hof, Gait & Posture 18 (2003) 1-10, found
on healthy walkers. Mobilise-D's 4.739/4 and 4.587/4 belong to other filters (FIELD C14)."""

BACK_ERROR_PCT = 26.0
"""Of the mean told length and speed of a walking bout, RMS over mobgap's: docs/detectors.md."""

GAP_S = 0.1
"""Missing samples for longer than this: no length. As the detector's. Default, not evidence."""

YAW_MAX_DEG = 15.0
EVEN_PART = 0.06
STEADY_RATIO = 0.1
"""Steady walking, outside of which a rise tells nothing about length: turned less than this over
the stride; the other foot's contact so near its middle, as a part of the stride; its time so near
that of the stride before. Default, not evidence."""

LENGTH_MIN_M = 0.3
LENGTH_MAX_M = 2.2
"""Strides outside are taken for a fault of the measure. Default, not evidence."""


class BackTravelMeter:
    """Stride length and speed from a sensor at the lower back; any mounting.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate; bounds the memory.
    leg_m
        Height of the sensor above the ground, m.

    Notes
    -----
    Up is the mean acceleration of the stride. The acceleration along it is integrated twice; what
    is constant in it and the first velocity are chosen so that the stride ends as fast and as high
    as it began, which takes drift and gravity away without a filter. Each step is the chord of a
    pendulum of the leg's length l that rose by h: ``2 K sqrt(2 l h - h^2)``.

    Told with the stride's record, only in steady walking, and as an estimate: compare it within a
    person. Turns need a gyroscope.

    Source: Zijlstra, Hof, Gait & Posture 18 (2003) 1-10.
    Deviations: periodic over one stride instead of a high-pass. Error: docs/detectors.md.
    """

    def __init__(self, rate_hz: float, leg_m: float) -> None:
        self._leg_m = leg_m
        self._memory = TravelMemory(rate_hz)
        self._rises = ffi.new("rises *")
        self._before: StrideRecord | None = None

    def reset(self) -> None:
        """Forget the signal (after a gap)."""
        self._memory.reset()
        self._before = None

    def process(
        self, block: ImuBlock, steps: Sequence[StepEvent], strides: Sequence[StrideRecord]
    ) -> list[StrideTravel]:
        """Take a block, the contacts it revealed and the strides they ended; return the lengths."""
        self._memory.feed(block)
        ends = {step.ic_ns: step for step in steps}
        return [
            found for stride in strides if (found := self._travel(stride, ends[stride.next_ic_ns]))
        ]

    def _travel(self, stride: StrideRecord, end: StepEvent) -> StrideTravel | None:
        before, self._before = self._before, stride
        length_m = self._length_m(stride) if _steady(stride, before) else None
        if length_m is None or not LENGTH_MIN_M <= length_m <= LENGTH_MAX_M:
            return None
        return StrideTravel(
            side=stride.side,
            ic_ns=stride.ic_ns,
            next_ic_ns=stride.next_ic_ns,
            detected_ns=end.detected_ns,
            length_m=length_m,
            speed_mps=length_m / stride.stride_time_s,
            source_id=end.source_id,
            error_pct=BACK_ERROR_PCT,
        )

    def _length_m(self, stride: StrideRecord) -> float | None:
        """Return the length of both steps; None in a turn, or where samples are missing."""
        between_ns = after(stride.next_ic_ns, -(stride.step_time_s or 0.0))
        contacts_ns = (stride.ic_ns, between_ns, stride.next_ic_ns)
        if not lib.travel_rises(self._memory.state, GAP_S, contacts_ns, self._rises):
            return None
        if abs(self._rises.yaw_deg) > YAW_MAX_DEG:
            return None
        return sum(self._step_m(rise_m) for rise_m in self._rises.rise_m)

    def _step_m(self, rise_m: float) -> float:
        """Return the length of a step; of the highest pendulum where it rose above the leg."""
        h = min(rise_m, self._leg_m)
        return 2.0 * PENDULUM_K * sqrt(2.0 * self._leg_m * h - h * h)


def _steady(stride: StrideRecord, before: StrideRecord | None) -> bool:
    """Return whether two strides of one bout took about as long, the steps of this one too."""
    if before is None or before.bout_id != stride.bout_id or stride.step_time_s is None:
        return False
    uneven = abs(stride.step_time_s / stride.stride_time_s - 0.5)
    change = abs(stride.stride_time_s / before.stride_time_s - 1.0)
    return uneven <= EVEN_PART and change <= STEADY_RATIO
