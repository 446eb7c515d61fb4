"""All that the samples of one sensor go through: contacts, freezing, travel. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rascue.core.types import (
    DetectorEvent,
    GaitFlag,
    ImuBlock,
    Placement,
    Side,
    SourceInfo,
    StepEvent,
    StrideRecord,
    StrideTravel,
)
from rascue.steps.back_travel import BackTravelMeter
from rascue.steps.base import FOOT_PLACEMENTS, SHANK_PLACEMENTS
from rascue.steps.choose import detector_for
from rascue.steps.foot_travel import FOOT_ERROR_PCT, FootTravel, FootTravelMeter
from rascue.steps.freezing import FreezeDetector
from rascue.steps.kernel_stream import SIDE_OF


class SensorChain:
    """Detector of one sensor, with what else its placement can tell.

    Parameters
    ----------
    info
        What the source says about itself: a shank tells freezing, a foot or a back with a gyroscope
        how far it travelled.
    detector
        Registered name; "" = the one for the placement.
    leg_m
        Height of a sensor at the back above the ground, m.
    """

    def __init__(self, info: SourceInfo, detector: str, leg_m: float) -> None:
        self.detector = detector_for(info, detector)
        self.side = SIDE_OF.get(info.placement, Side.UNKNOWN)
        self._source_id = info.source_id
        self._freezing = FreezeDetector(info) if info.placement in SHANK_PLACEMENTS else None
        travels = info.has_gyro and info.placement in FOOT_PLACEMENTS
        self._meter = FootTravelMeter(info.rate_hz) if travels else None
        rises = info.has_gyro and info.placement is Placement.LOWER_BACK
        self._back = BackTravelMeter(info.rate_hz, leg_m) if rises else None

    @property
    def tells_freezing(self) -> bool:
        """Whether this sensor sees trembling."""
        return self._freezing is not None

    def contacts(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Return what the detector found, in order of detection."""
        return self.detector.process(block)

    def freezes(self, block: ImuBlock) -> list[GaitFlag]:
        """Return changes of the freeze flag; none where the placement cannot tell."""
        return self._freezing.process(block) if self._freezing else []

    def travels(self, block: ImuBlock, events: Sequence[DetectorEvent]) -> list[FootTravel]:
        """Return the strides whose length became known; none where it cannot be measured."""
        if self._meter is None:
            return []
        return self._meter.process(block, _steps(events))

    def back_travels(
        self, block: ImuBlock, events: Sequence[DetectorEvent], strides: Sequence[StrideRecord]
    ) -> list[StrideTravel]:
        """Return the lengths of strides as a back tells them; none elsewhere."""
        return self._back.process(block, _steps(events), strides) if self._back else []

    def travel_record(self, travel: FootTravel) -> StrideTravel:
        """Return what is stored of a stride's length."""
        return StrideTravel(
            side=self.side,
            ic_ns=travel.ic_ns,
            next_ic_ns=travel.next_ic_ns,
            detected_ns=travel.detected_ns,
            length_m=travel.length_m,
            speed_mps=travel.speed_mps,
            source_id=self._source_id,
            error_pct=FOOT_ERROR_PCT,
        )

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        self.detector.reset()
        if self._freezing is not None:
            self._freezing.reset()
        if self._meter is not None:
            self._meter.reset()
        if self._back is not None:
            self._back.reset()


def _steps(events: Sequence[DetectorEvent]) -> list[StepEvent]:
    return [event for event in events if isinstance(event, StepEvent)]
