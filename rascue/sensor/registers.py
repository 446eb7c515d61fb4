"""A chip's registers: declared as data, read and written through one place.

Runs in the source thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rascue.sensor.bus import BusError, BusErrorKind, I2cBus

ALL_BITS = 0xFF

BURST_GAP = 6
"""Settings so near each other are read back in one transfer, with what lies between; registers
that change by being read are further away from any setting of the chips here."""


@dataclass(frozen=True, slots=True)
class Register:
    """One byte of a chip.

    Parameters
    ----------
    kept_bits
        Bits that read back as they were written; the chip changes the others by itself.
    """

    address: int
    name: str
    kept_bits: int = ALL_BITS


@dataclass(frozen=True, slots=True)
class Field:
    """Neighboring bits of a register."""

    register: Register
    shift: int
    width: int = 1

    def of(self, byte: int) -> int:
        """Return the field's value in the register's byte."""
        return (byte >> self.shift) & ((1 << self.width) - 1)

    def at(self, value: int) -> int:
        """Return the byte with this field set and all else 0."""
        if not 0 <= value < (1 << self.width):
            raise ValueError(f"{value} does not fit in {self.width} bits of {self.register.name}")
        return value << self.shift


Setting = tuple[Register, int]
"""A register and the byte it is to hold."""


class SettingLostError(Exception):
    """A register does not hold what was written: damage on the way, or the chip has restarted."""


class RegisterAccess:
    """Reads and writes the registers of one chip.

    A transfer that fails is tried again once, at once (EMBEDDED section 2): single disturbances
    are the common case, and a repeated read or write of these chips does no harm.

    Parameters
    ----------
    on_retry
        Told of each transfer that had to be repeated.
    """

    def __init__(self, address: int, on_retry: Callable[[BusError], None]) -> None:
        self.address = address
        self._on_retry = on_retry
        self._bus: I2cBus | None = None

    def attach(self, bus: I2cBus | None) -> None:
        """Use this bus from now on; None for none."""
        self._bus = bus

    def read(self, register: Register) -> int:
        """Return one register.

        Raises
        ------
        BusError
            When the transfer failed twice.
        """
        return self.read_from(register, 1)[0]

    def read_from(self, register: Register, count: int) -> bytes:
        """Return ``count`` bytes from a register on; otherwise as ``read``."""
        return self._twice(lambda: self._open_bus().read(self.address, register.address, count))

    def write(self, register: Register, value: int) -> None:
        """Write one register, without looking whether it took; otherwise as ``read``."""
        data = bytes((register.address, value))
        self._twice(lambda: self._written(data))

    def apply(self, settings: Sequence[Setting]) -> None:
        """Write each register and read it back.

        Raises
        ------
        SettingLostError
            When one does not hold its value after a second try.
        BusError
            When a transfer failed twice.
        """
        for register, value in settings:
            self.write(register, value)
            if not self._holds(register, value):
                self.write(register, value)
                self._require(register, value)

    def verify(self, settings: Sequence[Setting]) -> None:
        """Read all registers, neighbors together; otherwise as ``apply`` without writing."""
        for burst in _bursts(settings):
            first = burst[0][0]
            data = self.read_from(first, burst[-1][0].address - first.address + 1)
            for register, value in burst:
                if not _is_kept(register, data[register.address - first.address], value):
                    self._require(register, value)

    def _require(self, register: Register, value: int) -> None:
        if not self._holds(register, value):
            raise SettingLostError(f"{register.name} does not hold 0x{value:02x}")

    def _holds(self, register: Register, value: int) -> bool:
        return _is_kept(register, self.read(register), value)

    def _written(self, data: bytes) -> bytes:
        self._open_bus().write(self.address, data)
        return b""

    def _open_bus(self) -> I2cBus:
        if self._bus is None:
            raise BusError(BusErrorKind.GONE, "the bus is not open")
        return self._bus

    def _twice(self, transfer: Callable[[], bytes]) -> bytes:
        try:
            return transfer()
        except BusError as error:
            self._on_retry(error)
            if error.kind is BusErrorKind.GONE:
                raise
            return transfer()


def _is_kept(register: Register, found: int, value: int) -> bool:
    return (found ^ value) & register.kept_bits == 0


def _bursts(settings: Sequence[Setting]) -> list[list[Setting]]:
    """Return the settings by address, in groups that one transfer reads."""
    bursts: list[list[Setting]] = []
    for setting in sorted(settings, key=lambda setting: setting[0].address):
        if bursts and setting[0].address - bursts[-1][-1][0].address <= BURST_GAP:
            bursts[-1].append(setting)
        else:
            bursts.append([setting])
    return bursts
