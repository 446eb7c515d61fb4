"""What standing and walking tell of how a sensor is worn."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.sensor.mounting import find_mounting

RNG = np.random.default_rng(1)


def still(up: tuple[float, float, float], n: int = 500) -> np.ndarray:
    return np.array(up) * 9.81 + RNG.normal(0, 0.05, (n, 3))


@pytest.mark.parametrize(
    ("up", "axis", "tilt_deg"),
    [((1, 0, 0), "+x", 0.0), ((0, -1, 0), "-y", 0.0), ((0, 0.5, 0.866), "+z", 30.0)],
)
def test_the_axis_that_is_up(up: tuple[float, float, float], axis: str, tilt_deg: float) -> None:
    walking = still(up) + RNG.normal(0, 2.0, (500, 3))
    found = find_mounting(still(up), walking, RNG.normal(0, 20, (500, 3)))
    assert found.up_axis == axis
    assert found.tilt_deg == pytest.approx(tilt_deg, abs=0.5)
    assert found.place == "trunk"
    assert found.concerns == ()


def test_a_leg_swings() -> None:
    walking = still((1, 0, 0)) + RNG.normal(0, 5.0, (500, 3))
    assert find_mounting(still((1, 0, 0)), walking, RNG.normal(0, 200, (500, 3))).place == "leg"


def test_what_is_not_as_it_should_be_is_told() -> None:
    restless = still((1, 0, 0)) + RNG.normal(0, 2.0, (500, 3))
    found = find_mounting(restless * 1.2, still((1, 0, 0)), RNG.normal(0, 1, (500, 3)))
    assert [concern.split(" ")[0] for concern in found.concerns] == ["the", "gravity", "no"]
