"""What chips share whose memory holds packets of fixed length and that tell no time.

The number of a sample is its place in the memory since that was emptied, so one lost byte would
shift everything after it. Hence each doubt ends in setting the chip up anew: reading is checked by
the level of the memory before and after it, and each packet by those of its bytes that are known.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.sensor.chip import (
    NO_COUNTS,
    NO_RAW,
    ChipError,
    ChipSetup,
    ClockPair,
    Drained,
    HostTime,
    TroubleKind,
)
from rascue.sensor.registers import Register, RegisterAccess, Setting
from rascue.sensor.sampling_edges import Look, SamplingEdges

PAIR_SD_SAMPLES = 1 / 16
"""Spread of a pair made of some dozen looks, as a share of the sampling period: as measured in
tests/unit/sensor/test_sampling_edges.py."""


NEW_MAX_RATIO, NEW_SLACK = 1.1, 2
"""While the memory is read, no more packets come than an oscillator 10 % fast gives, and two."""


class PacketChip:
    """Base of drivers; a driver names its registers and takes packets apart.

    Parameters
    ----------
    setup
        What the chip will do; ``counts_per_sample`` is 1.
    """

    count_register: Register
    """Two bytes, the high one first: bytes in the memory."""
    data_register: Register
    output_register: Register
    packet_bytes: int
    capacity_bytes: int

    def __init__(self, access: RegisterAccess, host: HostTime, setup: ChipSetup) -> None:
        self._access = access
        self._host = host
        self._setup = setup
        self._forget()

    @property
    def setup(self) -> ChipSetup:
        """What the chip does with its settings."""
        return self._setup

    def verify(self) -> None:
        """Read identity and every setting."""
        self.identify()
        self._access.verify(self._settings())

    def drain(self) -> Drained:
        """Read all whole packets.

        Raises
        ------
        ChipError
            OVERFLOW or DAMAGED: what follows is not certain any more.
        BusError
            When the chip does not answer.
        """
        if self._overflowed():
            raise ChipError(TroubleKind.OVERFLOW, "the memory was full before it was read")
        begun_ns = self._host.clock.now_ns()
        level, pairs = self._level()
        n_packets = level // self.packet_bytes
        if not n_packets:
            return Drained(NO_COUNTS, NO_RAW, pairs)
        wanted = n_packets * self.packet_bytes
        data = self._access.read_from(self.data_register, wanted)
        self._n_taken += n_packets
        left, more = self._level()
        came_s = seconds_between(begun_ns, self._host.clock.now_ns())
        came = NEW_MAX_RATIO * came_s * self._setup.rate_hz + NEW_SLACK
        if not level - wanted <= left <= level - wanted + came * self.packet_bytes:
            raise ChipError(TroubleKind.DAMAGED, f"{level} bytes less {wanted} leave {left}")
        raw = self._decoded(np.frombuffer(data, np.uint8).reshape(n_packets, self.packet_bytes))
        counts = np.arange(self._n_taken - n_packets + 1, self._n_taken + 1)
        return Drained(counts, raw, pairs + more)

    @abstractmethod
    def identify(self) -> None:
        """Raise ``ChipError`` when another chip answers."""

    @abstractmethod
    def start(self) -> None:
        """Identify the chip, set it up and begin to sample."""

    @abstractmethod
    def direct(self) -> NDArray[np.int16]:
        """Return the newest sample from the output registers, (6,)."""

    @abstractmethod
    def _settings(self) -> list[Setting]:
        """Return all settings in the order in which they are written."""

    @abstractmethod
    def _overflowed(self) -> bool:
        """Return whether the memory was full since this was last asked."""

    @abstractmethod
    def _decoded(self, packets: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Return (n, 6) of (n, packet_bytes); raise ``ChipError`` for a packet that cannot be."""

    def _forget(self) -> None:
        self._n_taken = 0
        self._edges = SamplingEdges(self._setup.rate_hz)

    def _level(self) -> tuple[int, tuple[ClockPair, ...]]:
        before_ns: EngineNs = self._host.clock.now_ns()
        level = int.from_bytes(self._access.read_from(self.count_register, 2), "big")
        after_ns: EngineNs = self._host.clock.now_ns()
        if level + self.packet_bytes > self.capacity_bytes:
            raise ChipError(TroubleKind.OVERFLOW, f"{level} bytes in the memory")
        n_samples = self._n_taken + level // self.packet_bytes
        return level, self._edges.take(Look(n_samples, before_ns, after_ns))


def big_endian(packets: NDArray[np.uint8], start: int, n_values: int) -> NDArray[np.int16]:
    """Return signed 16-bit values, high byte first, from place ``start`` of each packet."""
    part = np.ascontiguousarray(packets[:, start : start + 2 * n_values])
    return part.view(">i2").astype(np.int16)
