from __future__ import annotations

import pytest

from rascue.core.errors import WrongUse
from rascue.sensor.choose import SourceKind, SourceSpec, parse_source_spec


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("simulated", SourceSpec(SourceKind.SIMULATED)),
        ("simulated:deaf", SourceSpec(SourceKind.SIMULATED, "deaf")),
        ("replay:walk.npz", SourceSpec(SourceKind.REPLAY, "walk.npz")),
        ("replay:C:/a:b.csv", SourceSpec(SourceKind.REPLAY, "C:/a:b.csv")),
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
