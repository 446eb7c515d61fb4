"""Runs C kernels over blocks and turns their reports into events; shared by all detectors.

A kernel treats each sample alike in whatever run it comes, so any division into blocks gives
the same events. Runs in the engine's main thread.
"""

from __future__ import annotations

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
    Placement,
    SensorHealth,
    Side,
    SourceInfo,
    StepEvent,
)
from rascue.steps._kernels import ffi, lib
from rascue.steps.health import HealthParams, health_event, health_feed
from rascue.steps.kernel_structs import Feed

RUN_SAMPLES = 512
"""Longest run given to a kernel at once; bounds the memory for its reports."""

SIDES = (Side.UNKNOWN, Side.LEFT, Side.RIGHT)
"""In the order of ``enum side`` in kernels.h."""

ACTIVITIES = (Activity.UNKNOWN, Activity.STANDING, Activity.WALKING, Activity.TURNING)
"""In the order of ``enum activity`` in kernels.h."""

SIDE_OF = {
    Placement.LEFT_FOOT: Side.LEFT,
    Placement.LEFT_SHANK: Side.LEFT,
    Placement.RIGHT_FOOT: Side.RIGHT,
    Placement.RIGHT_SHANK: Side.RIGHT,
}
"""Placements that tell the side of every contact; elsewhere the kernel may find it."""


class KernelStream:
    """Feeds blocks to the kernel of one detector, and to the one that watches its sensor.

    Parameters
    ----------
    info
        The source; its placement may tell the side, its ranges when a value is saturated.
    feed
        The detector's kernel with its state.
    """

    def __init__(self, info: SourceInfo, feed: Feed) -> None:
        self._source_id = info.source_id
        self._side = SIDE_OF.get(info.placement, Side.UNKNOWN)
        self._feeds = (health_feed(info, HealthParams()), feed)
        self._reports = ffi.new("report[]", RUN_SAMPLES * lib.REPORTS_PER_SAMPLE)

    def process(self, block: ImuBlock) -> list[DetectorEvent]:
        """Return what the samples of a block revealed, in order of detection."""
        t_ns = ffi.from_buffer("int64_t[]", np.ascontiguousarray(block.t_ns, np.int64))
        acc = _floats(block.acc_mps2)
        gyr = _floats(block.gyr_dps)
        events: list[DetectorEvent] = []
        for start in range(0, block.n, RUN_SAMPLES):
            n = min(RUN_SAMPLES, block.n - start)
            for feed in self._feeds:
                count = feed(n, t_ns + start, acc + 3 * start, gyr + 3 * start, self._reports)
                events += [self._event(self._reports[k]) for k in range(count)]
        if len(events) > 1:
            events.sort(key=_detected_ns)
        return events

    def _event(self, report: Any) -> DetectorEvent:
        at_ns, detected_ns = EngineNs(report.at_ns), EngineNs(report.detected_ns)
        if report.kind == lib.REPORT_CONCERN:
            return health_event(report, self._source_id)
        if report.kind == lib.REPORT_ACTIVITY:
            activity = ACTIVITIES[report.detail]
            return ActivityChange(at_ns, detected_ns, activity, report.index, self._source_id)
        side = self._side or SIDES[report.side]
        if report.kind == lib.REPORT_STEP:
            return StepEvent(
                report.index, at_ns, detected_ns, side, report.confidence, self._source_id
            )
        return FinalContactEvent(at_ns, detected_ns, side, report.confidence, self._source_id)


def _detected_ns(event: DetectorEvent) -> int:
    return event.at_ns if isinstance(event, SensorHealth) else event.detected_ns


def _floats(samples: NDArray[np.float32]) -> Any:
    """Return a pointer to samples (n, 3), row by row; to nothing when there are none."""
    return ffi.from_buffer("float[]", np.ascontiguousarray(samples, np.float32))
