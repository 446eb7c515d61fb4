"""Where a chip is found, how it is driven, and what is still movement there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rascue.sensor.bus import I2cBus
from rascue.sensor.bus_turn import EngineTurn
from rascue.sensor.chip import ImuChip
from rascue.sensor.registers import RegisterAccess


@dataclass(frozen=True, slots=True)
class SpikeLimits:
    """By how much one value may stand out from both its neighbors and still be movement."""

    acc_mps2: float
    gyr_dps: float


@dataclass(frozen=True, slots=True)
class ChipPlace:
    """Where a chip is found and how it is driven.

    Parameters
    ----------
    name
        How people call it: "lsm6dsox@/dev/i2c-1:0x6a".
    open_bus
        Opens the bus, in the thread that will use it.
    chip
        Makes the driver for the chip behind these registers.
    turn
        The engine's share of the bus; None where nobody else can want it.
    """

    name: str
    address: int
    open_bus: Callable[[], I2cBus]
    chip: Callable[[RegisterAccess], ImuChip]
    turn: EngineTurn | None = None
