"""Reads the text that names a source of samples, in a command or in the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.errors import WrongUse
from rascue.sensor.i2c_choose import parse_i2c_spec

FORMS = "simulated[:SCENARIO], replay:FILE, i2c:CHIP@BUS:ADDRESS or pod:PORT"


class SourceKind(StrEnum):
    """Where samples come from."""

    SIMULATED = "simulated"
    REPLAY = "replay"
    I2C = "i2c"
    POD = "pod"


_NOT_YET = frozenset({SourceKind.POD})


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as somebody named it.

    ``argument`` is the scenario ("" = the default one), the file, or chip, bus and address.
    """

    kind: SourceKind
    argument: str = ""


def parse_source_spec(text: str) -> SourceSpec:
    """Return what ``text`` names.

    Raises
    ------
    WrongUse
        When it has none of the forms, or one that this version cannot serve yet.
    """
    name, colon, argument = text.partition(":")
    if name not in set(SourceKind):
        raise WrongUse(f'the source "{text}" is not known; it must be {FORMS}')
    kind = SourceKind(name)
    if kind in _NOT_YET:
        raise WrongUse(
            f'the source "{text}": sensors on {name} come with the sensor release; until then use '
            "simulated or replay:FILE"
        )
    if not argument and (colon or kind in (SourceKind.REPLAY, SourceKind.I2C)):
        raise WrongUse(f'the source "{text}" says nothing after "{name}"; it must be {FORMS}')
    if kind is SourceKind.I2C:
        parse_i2c_spec(argument)
    return SourceSpec(kind, argument)
