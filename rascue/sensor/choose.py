"""Reads the text that names a source of samples, in a command or in the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.errors import WrongUse

FORMS = "simulated[:SCENARIO], replay:FILE, i2c:CHIP@BUS:ADDRESS or pod:PORT"


class SourceKind(StrEnum):
    """Where samples come from."""

    SIMULATED = "simulated"
    REPLAY = "replay"
    I2C = "i2c"
    POD = "pod"


_NOT_YET = frozenset({SourceKind.I2C, SourceKind.POD})


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as somebody named it.

    ``argument`` is the scenario ("" = the default one) or the file.
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
    if not argument and (colon or kind is SourceKind.REPLAY):
        raise WrongUse(f'the source "{text}" says nothing after "{name}"; it must be {FORMS}')
    return SourceSpec(kind, argument)
