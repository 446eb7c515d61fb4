"""Which detector suits a sensor, by where it is worn and what it measures."""

from __future__ import annotations

from rascue.core.errors import WrongUse
from rascue.core.types import Placement, SourceInfo
from rascue.steps.accel_norm import AccelNormDetector
from rascue.steps.base import FOOT_PLACEMENTS, SHANK_PLACEMENTS, StepDetector
from rascue.steps.foot_gyro import FootGyroDetector
from rascue.steps.lumbar import LumbarDetector

Detector = type[FootGyroDetector] | type[LumbarDetector] | type[AccelNormDetector]

DETECTORS: dict[str, Detector] = {
    detector.name: detector for detector in (FootGyroDetector, LumbarDetector, AccelNormDetector)
}
"""Our own detectors by their registered names."""


def detector_for(info: SourceInfo, name: str = "") -> StepDetector:
    """Return a new detector for a source.

    Parameters
    ----------
    info
        What the source states about itself.
    name
        Registered name of a detector, or "" to choose by placement and sensors.

    Raises
    ------
    WrongUse
        When there is no detector of that name, or it cannot work with this source.
    """
    chosen = name or _name_for(info)
    if chosen not in DETECTORS:
        known = ", ".join(sorted(DETECTORS))
        raise WrongUse(f"no step detector is named {chosen!r}; choose one of: {known}")
    return DETECTORS[chosen](info)


def _name_for(info: SourceInfo) -> str:
    if info.has_gyro and info.placement in FOOT_PLACEMENTS | SHANK_PLACEMENTS:
        return FootGyroDetector.name
    if info.placement is Placement.LOWER_BACK:
        return LumbarDetector.name
    return AccelNormDetector.name
