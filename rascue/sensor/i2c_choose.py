"""Reads "CHIP@BUS:ADDRESS" and builds the source it names, set up for where it is worn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rascue.core.errors import WrongUse
from rascue.core.types import Placement
from rascue.sensor.bus import FIRST_ADDRESS, LAST_ADDRESS, I2cBus, SmbusBus
from rascue.sensor.bus_turn import EngineTurn
from rascue.sensor.chip import ChipSettings, HostTime
from rascue.sensor.chip_place import ChipPlace, SpikeLimits
from rascue.sensor.chips import chip_maker
from rascue.sensor.i2c_source import I2cSource, TroubleLog

FORM = "CHIP@BUS:ADDRESS, for example lsm6dsox@1:0x6a"


@dataclass(frozen=True, slots=True)
class Wear:
    """How a chip is driven at one place of the body."""

    settings: ChipSettings
    spikes: SpikeLimits


TRUNK = Wear(
    ChipSettings(rate_hz=104.0, acc_range_g=4, gyr_range_dps=500),
    SpikeLimits(acc_mps2=25.0, gyr_dps=250.0),
)
"""Rate and ranges: EMBEDDED section 3. Limits: of 317 000 values recorded at the lower back
(Mobilise-D, Voisard; 100 Hz) one in 10 000 stood out from both neighbors by more than 4 m/s2 or
115 deg/s, none by more than 21 m/s2 or 230 deg/s; a true sample must never be dropped."""

LIMB = Wear(
    ChipSettings(rate_hz=208.0, acc_range_g=16, gyr_range_dps=2000),
    SpikeLimits(acc_mps2=150.0, gyr_dps=1800.0),
)
"""Likewise: of 987 000 values recorded at feet (Truong, Voisard, gaitmap) the furthest
stood out by 146 m/s2 and 1814 deg/s, where those sensors were at the end of their range."""

WEAR = {
    Placement.LOWER_BACK: TRUNK,
    Placement.POCKET: TRUNK,
    Placement.THIGH: LIMB,
    Placement.UNKNOWN: LIMB,
    Placement.LEFT_FOOT: LIMB,
    Placement.RIGHT_FOOT: LIMB,
    Placement.LEFT_SHANK: LIMB,
    Placement.RIGHT_SHANK: LIMB,
}

USUAL_PLACEMENT = Placement.LOWER_BACK
"""Where a chip on a cable is worn unless somebody says otherwise: the build in hardware/."""


@dataclass(frozen=True, slots=True)
class I2cSpec:
    """A chip on a bus, as somebody named it; ``bus_path`` is the device file."""

    chip: str
    bus_path: str
    address: int

    def __str__(self) -> str:
        """Return how people and logs call it."""
        return f"{self.chip}@{self.bus_path}:0x{self.address:02x}"


def parse_i2c_spec(text: str) -> I2cSpec:
    """Return what "CHIP@BUS:ADDRESS" names; the bus is a number or a device file.

    Raises
    ------
    WrongUse
        With what is wrong in it.
    """
    chip, at, rest = text.partition("@")
    bus, colon, address = rest.rpartition(":")
    if not (at and colon and chip and bus):
        raise WrongUse(f'the sensor "{text}" does not have the form {FORM}')
    chip_maker(chip)
    path = f"/dev/i2c-{bus}" if bus.isdecimal() else bus
    return I2cSpec(chip, path, _address(address))


def i2c_source(
    spec: I2cSpec,
    placement: Placement,
    host: HostTime,
    open_bus: Callable[[], I2cBus] | None = None,
    on_trouble: TroubleLog | None = None,
    turn: EngineTurn | None = None,
) -> I2cSource:
    """Return the source; nothing is opened yet.

    Parameters
    ----------
    open_bus
        Another way to the bus than its device file, for tests.
    turn
        For the engine, which lets tools have the bus.
    """
    wear = WEAR[placement]
    make = chip_maker(spec.chip)
    place = ChipPlace(
        name=str(spec),
        address=spec.address,
        open_bus=open_bus or (lambda: SmbusBus(spec.bus_path)),
        chip=lambda access: make(spec.chip, access, wear.settings, host),
        turn=turn,
    )
    return I2cSource(place, placement, host, wear.spikes, on_trouble)


def _address(text: str) -> int:
    try:
        address = int(text, 16)
    except ValueError:
        address = -1
    if not FIRST_ADDRESS <= address <= LAST_ADDRESS:
        raise WrongUse(
            f'the address "{text}" is not a hexadecimal number from '
            f"0x{FIRST_ADDRESS:02x} to 0x{LAST_ADDRESS:02x}; most chips have 0x6a or 0x68"
        )
    return address
