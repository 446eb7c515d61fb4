"""Which of the chips we can drive answer on a bus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rascue.core.errors import SensorUnavailable
from rascue.sensor import icm42688, lsm6dsox, mpu60x0
from rascue.sensor.bus import BusError, SmbusBus
from rascue.sensor.i2c_choose import I2cSpec

ADDRESSES = (0x68, 0x69, 0x6A, 0x6B)
"""Where these chips can be: two addresses each. Source: their data sheets, "I2C"."""

ST_NAMES = {0x6C: "lsm6dsox", 0x6B: "ism330dhcx"}
"""An LSM6DSO says the same as an LSM6DSOX and is driven alike."""

NAMES = (
    (lsm6dsox.WHO_AM_I, ST_NAMES),
    (mpu60x0.WHO_AM_I, {identity: name for name, identity in mpu60x0.IDENTITIES.items()}),
    (icm42688.WHO_AM_I, {icm42688.IDENTITY: "icm42688"}),
)
"""Register of the identity, and who says what."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One bus: the chips found on it, or why it could not be looked at."""

    bus_path: str
    found: tuple[I2cSpec, ...]
    problem: str = ""


def buses() -> list[str]:
    """Return the I2C buses of this machine."""
    return sorted(str(path) for path in Path("/dev").glob("i2c-*"))


def scan(bus_path: str) -> Scanned:
    """Ask at each address who is there; writes nothing to any chip."""
    try:
        bus = SmbusBus(bus_path)
    except SensorUnavailable as error:
        return Scanned(bus_path, (), str(error))
    try:
        return Scanned(bus_path, tuple(_found(bus, bus_path)))
    finally:
        bus.close()


def _found(bus: SmbusBus, bus_path: str) -> Iterator[I2cSpec]:
    for address in ADDRESSES:
        for register, names in NAMES:
            try:
                identity = bus.read(address, register.address, 1)[0]
            except BusError:
                break  # nobody is there
            if identity in names:
                yield I2cSpec(names[identity], bus_path, address)
                break
