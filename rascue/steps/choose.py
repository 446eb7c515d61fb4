"""Which detector suits a sensor, by where it is worn and what it measures."""

from __future__ import annotations

from rascue import registry
from rascue.core.types import Placement, SourceInfo
from rascue.steps.base import FOOT_PLACEMENTS, SHANK_PLACEMENTS, StepDetector


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
    chosen = registry.find(registry.Kind.DETECTOR, name or _name_for(info))
    detector: StepDetector = chosen(info)
    return detector


def _name_for(info: SourceInfo) -> str:
    """Return the registered name of our own detector for a placement."""
    if info.has_gyro and info.placement in FOOT_PLACEMENTS | SHANK_PLACEMENTS:
        return "foot"
    if info.placement is Placement.LOWER_BACK:
        return "lower_back"
    return "accelerometer"
