"""The modelled wires behind the drivers' own seam, without the kernel: for simulated time."""

from __future__ import annotations

from rascue.sensor.bus import TransferCounts, bus_error
from rascue.testing.i2c.wire import Message, Wires


class DirectBus:
    """An ``I2cBus`` on modelled wires."""

    def __init__(self, wires: Wires) -> None:
        self._wires = wires
        self._counts = TransferCounts()

    @property
    def name(self) -> str:
        """Says that there is no adapter."""
        return "modelled wires"

    @property
    def counts(self) -> TransferCounts:
        """What has happened on the bus so far."""
        return self._counts

    def read(self, address: int, register: int, count: int) -> bytes:
        """Return ``count`` bytes from a register on."""
        asked = Message(address, count=count, is_read=True)
        return self._transfer(Message(address, bytes((register,))), asked)

    def write(self, address: int, data: bytes) -> None:
        """Send a register's number and what goes into it."""
        self._transfer(Message(address, data))

    def close(self) -> None:
        """Hold nothing."""

    def _transfer(self, *messages: Message) -> bytes:
        self._counts.transfers += 1
        try:
            return self._wires.transfer(messages)[-1]
        except OSError as error:
            failure = bus_error(self.name, messages[0].address, error)
            self._counts.errors[failure.kind] += 1
            raise failure from None
