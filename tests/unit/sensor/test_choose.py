from __future__ import annotations

import pytest

from rascue.core.errors import WrongUse
from rascue.core.types import Placement
from rascue.sensor.choose import (
    SourceKind,
    SourceSpec,
    parse_source_spec,
    parse_sources,
    refuse_odd_places,
)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("simulated", SourceSpec(SourceKind.SIMULATED)),
        ("simulated:deaf", SourceSpec(SourceKind.SIMULATED, "deaf")),
        ("replay:walk.npz", SourceSpec(SourceKind.REPLAY, "walk.npz")),
        ("replay:C:/a:b.csv", SourceSpec(SourceKind.REPLAY, "C:/a:b.csv")),
        ("replay:a=b.csv", SourceSpec(SourceKind.REPLAY, "a=b.csv")),
        ("left_foot=simulated", SourceSpec(SourceKind.SIMULATED, "", Placement.LEFT_FOOT)),
        (
            "right_foot=i2c:lsm6dsox@1:0x6b",
            SourceSpec(SourceKind.I2C, "lsm6dsox@1:0x6b", Placement.RIGHT_FOOT),
        ),
    ],
)
def test_forms_that_are_served(text, spec):
    assert parse_source_spec(text) == spec


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", 'the source "" is not known; it must be simulated'),
        ("bluetooth:x", 'the source "bluetooth:x" is not known; it must be simulated'),
        ("Simulated", "is not known"),
        ("replay", 'says nothing after "replay"'),
        ("replay:", 'says nothing after "replay"'),
        ("simulated:", 'says nothing after "simulated"'),
        ("left_fot=simulated", 'the placement "left_fot" is not known'),
        ("i2c:lsm6dsox@1", "does not have the form CHIP@BUS:ADDRESS"),
        ("i2c:lsm6dsx@1:0x6a", "there is no driver for the chip"),
        ("pod:/dev/ttyACM0", "sensors on pod come with the sensor release"),
    ],
)
def test_forms_that_are_not(text, told):
    with pytest.raises(WrongUse, match=told):
        parse_source_spec(text)


def test_a_chip_on_i2c_is_accepted() -> None:
    assert parse_source_spec("i2c:lsm6dsox@1:0x6a").argument == "lsm6dsox@1:0x6a"


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ([], "no source is named"),
        (["i2c:lsm6dsox@1:0x6a", "simulated"], "must all be i2c: or all simulated"),
        (["replay:a.npz", "replay:b.npz"], "a recording stands alone"),
        (["simulated:deaf", "simulated:demo"], "must name the same scenario"),
        (
            ["left_foot=i2c:lsm6dsox@1:0x6a", "right_foot=i2c:icm42688@/dev/i2c-1:0x6a"],
            "0x6a on /dev/i2c-1 is named 2 times",
        ),
    ],
)
def test_sources_that_cannot_be_used_together(texts, told):
    with pytest.raises(WrongUse, match=told):
        parse_sources(texts)


def test_two_addresses_and_two_buses_are_two_sensors():
    one, two = "left_foot=i2c:lsm6dsox@1:0x6a", "right_foot=i2c:lsm6dsox@3:0x6a"
    assert [spec.argument for spec in parse_sources([one, two])] == [
        "lsm6dsox@1:0x6a",
        "lsm6dsox@3:0x6a",
    ]


@pytest.mark.parametrize(
    "worn",
    [
        (Placement.LOWER_BACK, Placement.LOWER_BACK),
        (Placement.LEFT_FOOT, Placement.LEFT_FOOT),
        (Placement.LOWER_BACK, Placement.LEFT_FOOT),
        (Placement.LEFT_FOOT, Placement.RIGHT_SHANK),
        (Placement.LEFT_FOOT, Placement.RIGHT_FOOT, Placement.LOWER_BACK),
    ],
)
def test_places_that_do_not_go_together(worn):
    with pytest.raises(WrongUse, match=r"do not go together: .*, "):
        refuse_odd_places(worn)


def test_places_that_do():
    refuse_odd_places([Placement.UNKNOWN])
    refuse_odd_places([Placement.RIGHT_FOOT, Placement.LEFT_FOOT])
    refuse_odd_places([Placement.LEFT_SHANK, Placement.RIGHT_SHANK])
