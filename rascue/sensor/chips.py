"""The chips that can be read over I2C, by the name that people use for them."""

from __future__ import annotations

from collections.abc import Callable

from rascue.core.errors import WrongUse
from rascue.core.spelling import nearest
from rascue.sensor import icm42688, lsm6dsox, mpu60x0
from rascue.sensor.chip import ChipSettings, HostTime, ImuChip
from rascue.sensor.registers import RegisterAccess

ChipMaker = Callable[[str, RegisterAccess, ChipSettings, HostTime], ImuChip]

_MAKERS: dict[str, ChipMaker] = {
    **dict.fromkeys(lsm6dsox.IDENTITIES, lsm6dsox.Lsm6dsox),
    **dict.fromkeys(mpu60x0.IDENTITIES, mpu60x0.Mpu60x0),
    **{name + mpu60x0.CLONE_SUFFIX: mpu60x0.Mpu60x0 for name in mpu60x0.IDENTITIES},
    "icm42688": icm42688.Icm42688,
}


def chip_names() -> tuple[str, ...]:
    """Return all names, sorted."""
    return tuple(sorted(_MAKERS))


def chip_maker(name: str) -> ChipMaker:
    """Return what makes the driver of a chip.

    Raises
    ------
    WrongUse
        When no driver goes by that name.
    """
    if name not in _MAKERS:
        known = ", ".join(chip for chip in chip_names() if not chip.endswith("-clone"))
        hint = nearest(name, _MAKERS)
        raise WrongUse(f'there is no driver for the chip "{name}"{hint}; known are: {known}')
    return _MAKERS[name]
