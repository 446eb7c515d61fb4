"""Reads the texts that name sources of samples, in a command or in the configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rascue.core.errors import WrongUse
from rascue.core.spelling import nearest
from rascue.core.types import Placement
from rascue.sensor.i2c_choose import I2cSpec, parse_i2c_spec

FORMS = "simulated[:SCENARIO], replay:FILE, i2c:CHIP@BUS:ADDRESS or pod:PORT"

PAIRS = (
    frozenset({Placement.LEFT_FOOT, Placement.RIGHT_FOOT}),
    frozenset({Placement.LEFT_SHANK, Placement.RIGHT_SHANK}),
)
"""Sensors that go together. Of others each would tell every step once more."""


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

    ``argument`` is the scenario ("" = the default one), the file, or chip, bus and address;
    ``placement`` is None where nobody said where it is worn.
    """

    kind: SourceKind
    argument: str = ""
    placement: Placement | None = None


def parse_source_spec(text: str) -> SourceSpec:
    """Return what ``text`` names: one of ``FORMS``, after "PLACEMENT=" if somebody says so.

    Raises
    ------
    WrongUse
        When it has none of the forms, or one that this version cannot serve yet.
    """
    worn, equals, form = text.partition("=")
    if ":" in worn or not equals:  # a file may have "=" in its name
        worn, form = "", text
    name, colon, argument = form.partition(":")
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
    return SourceSpec(kind, argument, parse_placement(worn) if worn else None)


def parse_sources(texts: Sequence[str]) -> tuple[SourceSpec, ...]:
    """Return what the texts name, one or several sensors of one person.

    Raises
    ------
    WrongUse
        Also when they cannot be used together.
    """
    specs = tuple(parse_source_spec(text) for text in texts)
    if not specs:
        raise WrongUse(f"no source is named; it must be {FORMS}")
    if len(specs) > 1:
        _refuse_mixture(specs)
    return specs


def parse_placement(text: str) -> Placement:
    """Return the place of the body that ``text`` names, or raise ``WrongUse``."""
    try:
        return Placement(text)
    except ValueError:
        known = [placement.value for placement in Placement]
        hint = nearest(text, known)
        raise WrongUse(f'the placement "{text}" is not known{hint}: {", ".join(known)}') from None


def refuse_odd_places(placements: Sequence[Placement]) -> None:
    """Raise ``WrongUse`` unless it is one sensor, or a left and a right one of one kind."""
    if len(placements) == 1 or (len(placements) == 2 and frozenset(placements) in PAIRS):  # noqa: PLR2004
        return
    worn = ", ".join(placement.value for placement in placements)
    raise WrongUse(
        f"these sensors do not go together: {worn}; use one, or two on both feet or both shanks, "
        "as in left_foot=i2c:lsm6dsox@1:0x6a and right_foot=i2c:lsm6dsox@1:0x6b"
    )


def _refuse_mixture(specs: Sequence[SourceSpec]) -> None:
    kinds = {spec.kind for spec in specs}
    if kinds not in ({SourceKind.I2C}, {SourceKind.SIMULATED}):
        raise WrongUse(
            "several sources must all be i2c: or all simulated; a recording stands alone"
        )
    if kinds == {SourceKind.SIMULATED}:
        if len({spec.argument for spec in specs}) > 1:
            raise WrongUse("simulated sensors must name the same scenario: one person wears them")
        return
    chips = Counter((chip.bus_path, chip.address) for chip in map(_chip_of, specs))
    (bus, address), times = chips.most_common(1)[0]
    if times > 1:
        raise WrongUse(f"0x{address:02x} on {bus} is named {times} times; one chip is one sensor")


def _chip_of(spec: SourceSpec) -> I2cSpec:
    return parse_i2c_spec(spec.argument)
