"""Runs a C kernel over blocks and turns its reports into events; shared by all detectors.

The kernel treats each sample alike in whatever run it comes, so any division into blocks gives
the same events. Runs in the engine's main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.core.types import (
    Activity,
    ActivityChange,
    DetectorEvent,
    EngineNs,
    FinalContactEvent,
    ImuBlock,
    Side,
    StepEvent,
    StepRefined,
)
from rascue.steps._kernels import ffi, lib

RUN_SAMPLES = 512
"""Longest run given to a kernel at once; bounds the memory for its reports."""

SIDES = (Side.UNKNOWN, Side.LEFT, Side.RIGHT)
"""In the order of ``enum side`` in kernels.h."""

ACTIVITIES = (Activity.UNKNOWN, Activity.STANDING, Activity.WALKING, Activity.TURNING)
"""In the order of ``enum activity`` in kernels.h."""

Feed = Callable[[int, Any, Any, Any, Any], int]
"""(n, t_ns, acc, gyr, reports) -> number of reports, bound to one kernel and its state."""


def fill(struct: Any, values: object) -> Any:
    """Copy a dataclass into a C struct with the same field names, nested ones too; return it."""
    for field in fields(values):  # type: ignore[arg-type]
        value = getattr(values, field.name)
        if hasattr(value, "__dataclass_fields__"):
            fill(getattr(struct, field.name), value)
        else:
            setattr(struct, field.name, value)
    return struct


class KernelStream:
    """Feeds blocks to one kernel.

    Parameters
    ----------
    source_id
        Copied into each event.
    side
        Side of every contact where the placement tells it; UNKNOWN leaves it to the kernel.
    feed
        The kernel with its state.
    """

    def __init__(self, source_id: str, side: Side, feed: Feed) -> None:
        self._source_id = source_id
        self._side = side
        self._feed = feed
        self._reports = ffi.new("report[]", RUN_SAMPLES * lib.REPORTS_PER_SAMPLE)

    def process(self, block: ImuBlock) -> list[DetectorEvent]:
        """Return what the samples of a block revealed, in order of detection."""
        t_ns = ffi.from_buffer("int64_t[]", np.ascontiguousarray(block.t_ns, np.int64))
        acc = _floats(block.acc_mps2)
        gyr = _floats(block.gyr_dps)
        events: list[DetectorEvent] = []
        for start in range(0, block.n, RUN_SAMPLES):
            n = min(RUN_SAMPLES, block.n - start)
            count = self._feed(n, t_ns + start, acc + 3 * start, gyr + 3 * start, self._reports)
            for k in range(count):
                events.append(self._event(self._reports[k]))
        return events

    def _event(self, report: Any) -> DetectorEvent:
        at_ns, detected_ns = EngineNs(report.at_ns), EngineNs(report.detected_ns)
        if report.kind == lib.REPORT_ACTIVITY:
            activity = ACTIVITIES[report.detail]
            return ActivityChange(at_ns, detected_ns, activity, report.index, self._source_id)
        side = self._side or SIDES[report.side]
        if report.kind == lib.REPORT_STEP:
            return StepEvent(
                report.index, at_ns, detected_ns, side, report.confidence, self._source_id
            )
        if report.kind == lib.REPORT_REFINED:
            return StepRefined(report.index, at_ns, detected_ns, side, self._source_id)
        return FinalContactEvent(at_ns, detected_ns, side, report.confidence, self._source_id)


def _floats(samples: NDArray[np.float32]) -> Any:
    """Return a pointer to samples (n, 3), row by row; to nothing when there are none."""
    return ffi.from_buffer("float[]", np.ascontiguousarray(samples, np.float32))


def coefficients(values: Sequence[float]) -> Any:
    """Return a C struct with the coefficients of a second-order filter."""
    return ffi.new("biquad_coefficients *", tuple(values))
