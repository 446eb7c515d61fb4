"""An I2C bus: register reads with repeated start, writes, and every transfer countable.

Runs in the thread that opened the bus (the source thread); no other may use it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from smbus2 import SMBus, i2c_msg

from rascue.core.errors import RascueError, SensorUnavailable, UnavailableReason

I2C_TIMEOUT_REQUEST = 0x0702
"""ioctl that sets the adapter's time-out. Source: Linux, Documentation/i2c/dev-interface."""

TIMEOUT_10_MS = 5
"""50 ms, in the request's unit of 10 ms: a dead bus must not stop the thread for the usual 1 s.
Source: EMBEDDED section 2."""

MESSAGES_KEPT = 64

FIRST_ADDRESS, LAST_ADDRESS = 0x08, 0x77
"""Addresses below and above are reserved. Source: NXP UM10204, table "Reserved addresses"."""


class BusErrorKind(StrEnum):
    """How a transfer failed; what several error numbers of the kernel have in common."""

    NO_ANSWER = "no answer"
    """Nobody acknowledged: cable, address, or a chip that is busy or without power."""
    TIMED_OUT = "timed out"
    """A line is held low or a controller hangs."""
    FAILED = "transfer failed"
    """Anything else on the wire: lost arbitration, wrong length."""
    GONE = "bus gone"
    """The adapter itself has disappeared."""


_KIND_OF_ERRNO = {
    errno.EREMOTEIO: BusErrorKind.NO_ANSWER,
    errno.ENXIO: BusErrorKind.NO_ANSWER,
    errno.ETIMEDOUT: BusErrorKind.TIMED_OUT,
    errno.ENODEV: BusErrorKind.GONE,
    errno.ENOTCONN: BusErrorKind.GONE,
    errno.ENOENT: BusErrorKind.GONE,
    errno.EBADF: BusErrorKind.GONE,
}
"""Adapters differ in what they report, so nothing hangs on one number alone.
Source: Linux, Documentation/i2c/fault-codes."""


class BusError(RascueError):
    """A transfer that failed."""

    def __init__(self, kind: BusErrorKind, text: str) -> None:
        self.kind = kind
        super().__init__(text)


def bus_error(bus: str, address: int, error: OSError) -> BusError:
    """Return what an error number of the kernel means."""
    kind = _KIND_OF_ERRNO.get(error.errno or 0, BusErrorKind.FAILED)
    return BusError(kind, f"{bus} 0x{address:02x}: {kind} (error {error.errno})")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer as seen on the bus; ``received`` is empty for a write or after an error."""

    address: int
    sent: bytes
    received: bytes = b""
    error: BusErrorKind | None = None


@dataclass(slots=True)
class TransferCounts:
    """How much went over the bus since it was opened."""

    transfers: int = 0
    payload_bytes: int = 0
    errors: Counter[BusErrorKind] = field(default_factory=Counter)


class I2cBus(Protocol):
    """What a chip driver needs of a bus.

    Each call is one transfer; it fails with ``BusError`` and may have had its effect all the same.
    """

    @property
    def name(self) -> str:
        """How people call the bus."""
        ...

    @property
    def counts(self) -> TransferCounts:
        """What has happened on the bus so far."""
        ...

    def read(self, address: int, register: int, count: int) -> bytes:
        """Return ``count`` bytes from a register on; write and read in one transfer."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Send a register's number and what goes into it and its successors."""
        ...

    def close(self) -> None:
        """Release the bus; harmless when called twice."""
        ...


class SmbusBus:
    """A bus of the Linux kernel, through smbus2.

    Parameters
    ----------
    path
        Device file, "/dev/i2c-1".
    watch
        Told of every transfer after it, for a log or a bring-up tool; None costs nothing.

    Raises
    ------
    SensorUnavailable
        When the bus cannot be opened.
    """

    def __init__(self, path: str, watch: Callable[[Transfer], None] | None = None) -> None:
        self._path = path
        self._watch = watch
        self._owner = threading.get_ident()
        self._counts = TransferCounts()
        # The same few reads come again and again; messages and their buffers are used again too.
        self._sent = lru_cache(MESSAGES_KEPT)(i2c_msg.write)
        self._asked = lru_cache(MESSAGES_KEPT)(i2c_msg.read)
        self._bus = _opened(path)

    @property
    def name(self) -> str:
        """The device file."""
        return self._path

    @property
    def counts(self) -> TransferCounts:
        """What has happened on the bus so far."""
        return self._counts

    def read(self, address: int, register: int, count: int) -> bytes:
        """Return ``count`` bytes, 1 to 8192, from a register on.

        One combined transfer with a repeated start, the read last: split in two, another reader
        may move the register pointer; and the Pi's BCM2835 adapter takes a read only at the end.

        Raises
        ------
        BusError
            When the transfer failed.
        """
        asked = self._asked(address, count)
        sent = bytes((register,))
        self._transfer(address, sent, self._sent(address, sent), asked)
        received = bytes(asked)
        self._count(1 + count)
        if self._watch is not None:
            self._watch(Transfer(address, sent, received))
        return received

    def write(self, address: int, data: bytes) -> None:
        """Send ``data``: the number of a register and what goes into it and its successors.

        Raises
        ------
        BusError
            When the transfer failed.
        """
        self._transfer(address, data, i2c_msg.write(address, data))
        self._count(len(data))
        if self._watch is not None:
            self._watch(Transfer(address, data))

    def close(self) -> None:
        """Release the device file; harmless when called twice."""
        # An adapter that was unplugged cannot be closed in an orderly way, and need not be.
        with contextlib.suppress(OSError):
            self._bus.close()

    def _transfer(self, address: int, sent: bytes, *messages: i2c_msg) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError(f"{self._path} belongs to the thread that opened it")
        try:
            self._bus.i2c_rdwr(*messages)
        except OSError as error:
            failure = bus_error(self._path, address, error)
            self._counts.errors[failure.kind] += 1
            self._count(0)
            if self._watch is not None:
                self._watch(Transfer(address, sent, error=failure.kind))
            raise failure from None

    def _count(self, payload_bytes: int) -> None:
        self._counts.transfers += 1
        self._counts.payload_bytes += payload_bytes


def _opened(path: str) -> SMBus:
    try:
        bus = SMBus(path)
        if bus.fd is not None:
            fcntl.ioctl(bus.fd, I2C_TIMEOUT_REQUEST, TIMEOUT_10_MS)
    except PermissionError:
        raise SensorUnavailable(path, UnavailableReason.NO_PERMISSION) from None
    except OSError as error:
        raise SensorUnavailable(path, UnavailableReason.NOT_FOUND, error.strerror or "") from None
    return bus
