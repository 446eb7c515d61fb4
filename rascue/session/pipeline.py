"""Samples of all sensors -> contacts, strides, cadence, signs of trouble: the measuring half, pure.

Read from top to bottom it is the life of a step up to the estimate; the cueing half stands in
``therapy``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rascue.cadence.base import CadenceEstimator
from rascue.cadence.robust_median import RobustMedianCadence
from rascue.cadence.steadiness import SteadinessWatch
from rascue.cadence.strides import StrideBuilder
from rascue.core.clock import after, seconds_between
from rascue.core.types import (
    CadenceEstimate,
    DetectorEvent,
    EngineNs,
    FinalContactEvent,
    GaitFlag,
    ImuBlock,
    SourceInfo,
    StepEvent,
    StrideRecord,
    StrideTravel,
)
from rascue.session.sensor_chain import SensorChain
from rascue.steps.back_travel import LEG_M
from rascue.steps.feet import FeetWatch

Measured = DetectorEvent | StrideRecord | StrideTravel | GaitFlag


class Pipeline:
    """One chain a sensor; one cadence estimator, stride builder and watch for all.

    Parameters
    ----------
    sources
        The sensors whose blocks will come.
    detector
        Registered name of a detector for all of them; "" = the one for the placement.
    gap_s
        A pause between two blocks of a sensor longer than this restarts its detector, s.
    leg_m
        Height of a sensor at the back above the ground, m.
    """

    def __init__(
        self, sources: Sequence[SourceInfo], detector: str, gap_s: float, leg_m: float = LEG_M
    ) -> None:
        self._chains = {info.source_id: SensorChain(info, detector, leg_m) for info in sources}
        detectors = [chain.detector for chain in self._chains.values()]
        self._delay_max_s = max((one.delay_max_s for one in detectors), default=0.0)
        self._last_sample_ns: dict[str, EngineNs] = {}
        self._gap_s = gap_s
        contacts = sum(found.contacts_per_stride for found in detectors)
        self.contacts_per_stride = min(2, max(1, contacts))
        self._cadence: CadenceEstimator = RobustMedianCadence(self.contacts_per_stride)
        self._strides = StrideBuilder(self.contacts_per_stride)
        self._steadiness = SteadinessWatch(self.contacts_per_stride)
        self._feet = FeetWatch()

    def feed(self, block: ImuBlock) -> list[Measured]:
        """Take one block; return what it revealed, in order."""
        chain = self._chains[block.source_id]
        if self._gap_before(block):
            chain.reset()
            self._strides.reset()
            self._steadiness.reset()
        self._last_sample_ns[block.source_id] = block.last_ns
        events = chain.contacts(block)
        self._cadence.process(
            [event for event in events if isinstance(event, StepEvent | FinalContactEvent)]
        )
        strides = self._strides.process(events)
        return [
            *events,
            *strides,
            *self._travelled(chain, block, events, strides),
            *self._steadiness.process(events, self._newest_ns(block.last_ns)),
            *chain.freezes(block),
        ]

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

    @property
    def tells_freezing(self) -> bool:
        """Whether a sensor sees trembling; without one a freeze shows as a missing step only."""
        return any(chain.tells_freezing for chain in self._chains.values())

    @property
    def unoriented(self) -> tuple[str, ...]:
        """Sensors whose detector does not know yet how they are worn."""
        return tuple(name for name, one in self._chains.items() if not one.detector.oriented)

    def _travelled(
        self,
        chain: SensorChain,
        block: ImuBlock,
        events: Sequence[DetectorEvent],
        strides: Sequence[StrideRecord],
    ) -> list[Measured]:
        """Return lengths that became known, and what they say about exchanged feet.

        A back tells them only where it is alone: beside it others end the strides, and feet
        measure better.
        """
        alone = len(self._chains) == 1
        backs = chain.back_travels(block, events, strides) if alone else []
        travels = chain.travels(block, events)
        records = [chain.travel_record(travel) for travel in travels]
        return [*backs, *records, *self._feet.process(chain.side, travels)]

    def _newest_ns(self, now_ns: EngineNs) -> EngineNs:
        """Return the instant up to which samples of all sensors have come."""
        return min(self._last_sample_ns.values(), default=now_ns)

    def _announced_until_ns(self, now_ns: EngineNs) -> EngineNs:
        """Return the instant up to which each contact has been announced."""
        return after(min(now_ns, self._newest_ns(now_ns)), -self._delay_max_s)

    def _gap_before(self, block: ImuBlock) -> bool:
        last = self._last_sample_ns.get(block.source_id)
        return last is not None and seconds_between(last, block.first_ns) > self._gap_s
