"""Samples of all sensors -> contacts, strides, cadence: the measuring half, pure.

Read from top to bottom it is the life of a step up to the estimate; the cueing half stands in
``therapy``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rascue.cadence.base import CadenceEstimator
from rascue.cadence.robust_median import RobustMedianCadence
from rascue.cadence.strides import StrideBuilder
from rascue.core.clock import after, seconds_between
from rascue.core.types import (
    CadenceEstimate,
    DetectorEvent,
    EngineNs,
    ImuBlock,
    SourceInfo,
    StepEvent,
    StrideRecord,
)
from rascue.steps.choose import detector_for

Measured = DetectorEvent | StrideRecord


class Pipeline:
    """One detector a sensor, one cadence estimator and one stride builder for all.

    Parameters
    ----------
    sources
        The sensors whose blocks will come.
    detector
        Registered name of a detector for all of them; "" = the one for the placement.
    gap_s
        A pause between two blocks of a sensor longer than this restarts its detector, s.
    """

    def __init__(self, sources: Sequence[SourceInfo], detector: str, gap_s: float) -> None:
        self._detectors = {info.source_id: detector_for(info, detector) for info in sources}
        self._delay_max_s = max((one.delay_max_s for one in self._detectors.values()), default=0.0)
        self._last_sample_ns: dict[str, EngineNs] = {}
        self._gap_s = gap_s
        contacts = sum(found.contacts_per_stride for found in self._detectors.values())
        self.contacts_per_stride = min(2, max(1, contacts))
        self._cadence: CadenceEstimator = RobustMedianCadence(self.contacts_per_stride)
        self._strides = StrideBuilder(self.contacts_per_stride)

    def feed(self, block: ImuBlock) -> list[Measured]:
        """Take one block; return what it revealed, in order."""
        detector = self._detectors[block.source_id]
        if self._gap_before(block):
            detector.reset()
            self._strides.reset()
        self._last_sample_ns[block.source_id] = block.last_ns
        events = detector.process(block)
        self._cadence.process([event for event in events if isinstance(event, StepEvent)])
        return [*events, *self._strides.process(events)]

    def estimate(self, now_ns: EngineNs) -> CadenceEstimate:
        """Return the cadence as known at ``now_ns``.

        A step counts as late only when every detector would have announced it by now: samples
        come in blocks, and a detector needs its time.
        """
        known = self._cadence.estimate(self._announced_until_ns(now_ns))
        return replace(known, at_ns=now_ns)

    def display_spm(self) -> float | None:
        """Return the mean cadence of the last seconds, steps/min; None with too few steps.

        Smoother than the estimate, and later: for people to read, not for the cue.
        """
        return self._cadence.display_spm()

    def last_sample_ns(self, source_id: str) -> EngineNs | None:
        """Return when the last sample of a sensor was taken; None before the first."""
        return self._last_sample_ns.get(source_id)

    def _announced_until_ns(self, now_ns: EngineNs) -> EngineNs:
        """Return the instant up to which each contact has been announced."""
        newest_ns = min(self._last_sample_ns.values(), default=now_ns)
        return after(min(now_ns, newest_ns), -self._delay_max_s)

    def _gap_before(self, block: ImuBlock) -> bool:
        last = self._last_sample_ns.get(block.source_id)
        return last is not None and seconds_between(last, block.first_ns) > self._gap_s
