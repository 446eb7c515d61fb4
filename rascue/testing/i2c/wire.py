"""The wires of a modelled bus: addresses, bits in time, and what can go wrong on the way.

A chip model answers ``write`` and ``read``; everything between it and the adapter is here. Errors
are those a Raspberry Pi's adapter reports, as ``OSError`` with its number.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

ADDRESS_BITS, BYTE_BITS = 11, 9
"""Start condition and address with its acknowledge; a byte with its acknowledge (UM10204)."""


class WireChip(Protocol):
    """A chip as the wires see it."""

    def write(self, data: bytes) -> None:
        """Take bytes; ``OSError`` is a missing acknowledge."""
        ...

    def read(self, count: int) -> bytes:
        """Give bytes."""
        ...

    def catch_up(self) -> None:
        """Let the time since the last call have its effect."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One part of a transfer: ``data`` is sent, or ``count`` bytes are asked for."""

    address: int
    data: bytes = b""
    count: int = 0
    is_read: bool = False

    @property
    def bits(self) -> int:
        """Bits on the wire."""
        return ADDRESS_BITS + BYTE_BITS * max(len(self.data), self.count)


class Line(Protocol):
    """What the wires do to a transfer; the undisturbed line does nothing."""

    def begin(self) -> None:
        """Raise ``OSError`` when this transfer does not come through."""
        ...

    def sent(self, data: bytes) -> bytes:
        """Return what arrives at the chip."""
        ...

    def received(self, data: bytes) -> bytes:
        """Return what arrives at the adapter."""
        ...


class CleanLine:
    """Wires without a fault."""

    def begin(self) -> None:
        """Let every transfer through."""

    def sent(self, data: bytes) -> bytes:
        """Return ``data``."""
        return data

    def received(self, data: bytes) -> bytes:
        """Return ``data``."""
        return data


class Wires:
    """Chips on two wires.

    Parameters
    ----------
    chips
        By address.
    wait
        Lets the time on the wire pass, s; None takes no time.
    scl_hz
        Speed of the clock line.
    """

    def __init__(
        self,
        chips: Mapping[int, WireChip],
        wait: Callable[[float], None] | None = None,
        scl_hz: int = 400_000,
        line: Line | None = None,
    ) -> None:
        self.chips = dict(chips)
        self.line: Line = line or CleanLine()
        self._wait = wait
        self._scl_hz = scl_hz

    def transfer(self, messages: Sequence[Message]) -> list[bytes]:
        """Carry out one combined transfer; return what each read message got, b"" for writes.

        Raises
        ------
        OSError
            With the error number of the adapter: EREMOTEIO when nobody answers, EOPNOTSUPP for a
            read that is not last, as with the Pi's BCM2835 (Linux, i2c-bcm2835.c).
        """
        if any(message.is_read for message in messages[:-1]):
            raise OSError(errno.EOPNOTSUPP, "a read must be the last message")
        self.line.begin()
        return [self._carry(message) for message in messages]

    def idle(self) -> None:
        """Let the chips go on while nothing is on the wires."""
        for chip in self.chips.values():
            chip.catch_up()

    def _carry(self, message: Message) -> bytes:
        chip = self.chips.get(message.address)
        if chip is None:
            self._pass(ADDRESS_BITS)
            raise OSError(errno.EREMOTEIO, "no acknowledge")
        if message.is_read:
            # A chip latches what it is asked for when it sees its address, before the bytes go.
            self._pass(ADDRESS_BITS)
            data = self.line.received(chip.read(message.count))
            self._pass(message.bits - ADDRESS_BITS)
            return data
        self._pass(message.bits)
        chip.write(self.line.sent(message.data))
        return b""

    def _pass(self, bits: int) -> None:
        if self._wait is not None:
            self._wait(bits / self._scl_hz)
