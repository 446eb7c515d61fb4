from __future__ import annotations

from dataclasses import fields, replace

import pytest

from rascue.core.errors import ConfigError
from rascue.core.limits import HARD_LIMITS, CueLimits, tightened

LOWER_BOUNDS = {"cadence_min_spm", "interval_min_s"}
NAMES = [item.name for item in fields(CueLimits)]


def moved(name: str, share: float) -> CueLimits:
    """Return the hard limits with one bound moved; positive is tighter."""
    value = getattr(HARD_LIMITS, name)
    tighter = share if name in LOWER_BOUNDS else -share
    return replace(HARD_LIMITS, **{name: value + tighter * abs(value)})


def test_equal_limits_are_accepted():
    assert tightened(HARD_LIMITS, HARD_LIMITS, "x") is HARD_LIMITS


@pytest.mark.parametrize("name", NAMES)
def test_a_tighter_bound_is_accepted_unchanged(name):
    inner = moved(name, 0.1)
    assert tightened(HARD_LIMITS, inner, "x") is inner


@pytest.mark.parametrize("name", NAMES)
def test_a_wider_bound_is_refused_with_what_is_allowed(name):
    with pytest.raises(ConfigError) as told:
        tightened(HARD_LIMITS, moved(name, -0.1), "device.toml, section [limits]")
    word = "at least" if name in LOWER_BOUNDS else "at most"
    allowed = f"{getattr(HARD_LIMITS, name):g}"
    assert str(told.value).startswith(f"device.toml, section [limits]: {name} = ")
    assert str(told.value).endswith(f"it must be {word} {allowed}")


def test_the_shortest_interval_and_the_highest_cadence_leave_room_for_a_cue():
    assert HARD_LIMITS.cadence_min_spm < HARD_LIMITS.cadence_max_spm
    assert 60.0 / HARD_LIMITS.interval_min_s > HARD_LIMITS.cadence_max_spm
