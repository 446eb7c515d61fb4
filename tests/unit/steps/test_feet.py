"""Exchanged foot sensors, from where the toes point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.core.types import EngineNs, SensorConcern, Side
from rascue.steps.feet import SOURCE_ID, FeetParams, FeetWatch
from rascue.steps.foot_travel import FootTravel

ENOUGH = FeetParams().strides_min
STRAIGHT = FootTravel(EngineNs(0), EngineNs(1), EngineNs(2), 1.2, 1.1, 0.0, 0.0)


def walked(watch: FeetWatch, left_deg: float, right_deg: float, n: int = ENOUGH, **changes):
    left, right = (replace(STRAIGHT, toe_deg=toe, **changes) for toe in (left_deg, right_deg))
    return [
        change
        for _ in range(n)
        for side, one in ((Side.LEFT, left), (Side.RIGHT, right))
        for change in watch.process(side, [one])
    ]


def test_toes_outward_are_as_they_should_be() -> None:
    assert walked(FeetWatch(), 6.0, -7.0) == []


def test_toes_inward_look_exchanged_until_they_do_not() -> None:
    watch = FeetWatch()
    (raised,) = walked(watch, -6.0, 7.0)
    assert (raised.concern, raised.raised) == (SensorConcern.SWAPPED_FEET, True)
    assert raised.source_id == SOURCE_ID
    assert "13 degrees" in raised.detail
    (cleared,) = walked(watch, 6.0, -7.0, n=20)
    assert (cleared.raised, cleared.detail) == (False, "")


@pytest.mark.parametrize(
    ("n", "changes"),
    [(ENOUGH - 1, {}), (20, {"yaw_deg": -30.0}), (20, {"length_m": 0.1})],
    ids=["too few", "turning", "shuffling"],
)
def test_strides_that_say_nothing(n, changes) -> None:
    assert walked(FeetWatch(), -6.0, 7.0, n=n, **changes) == []
