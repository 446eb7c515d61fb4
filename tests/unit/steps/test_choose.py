"""The detector for a sensor."""

from __future__ import annotations

import pytest

from rascue.core.errors import WrongUse
from rascue.core.types import Placement, SourceInfo
from rascue.steps.choose import detector_for


def source(placement: Placement, *, has_gyro: bool) -> SourceInfo:
    return SourceInfo("sensor", placement, 100.0, has_gyro)


@pytest.mark.parametrize(
    ("placement", "has_gyro", "name"),
    [
        (Placement.LEFT_FOOT, True, "foot"),
        (Placement.RIGHT_SHANK, True, "foot"),
        (Placement.LEFT_FOOT, False, "accelerometer"),
        (Placement.LOWER_BACK, True, "lower_back"),
        (Placement.LOWER_BACK, False, "lower_back"),
        (Placement.POCKET, True, "accelerometer"),
        (Placement.UNKNOWN, True, "accelerometer"),
    ],
)
def test_placement_and_sensors_choose(placement, has_gyro, name) -> None:
    assert detector_for(source(placement, has_gyro=has_gyro)).name == name


def test_a_name_overrides_the_placement() -> None:
    assert (
        detector_for(source(Placement.LEFT_FOOT, has_gyro=True), "lower_back").name == "lower_back"
    )


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(WrongUse, match="accelerometer, foot, lower_back"):
        detector_for(source(Placement.LEFT_FOOT, has_gyro=True), "knee")


def test_foot_without_gyroscope_is_refused_with_a_remedy() -> None:
    with pytest.raises(WrongUse, match="use 'accelerometer'"):
        detector_for(source(Placement.LEFT_FOOT, has_gyro=False), "foot")
