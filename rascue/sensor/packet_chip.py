"""What chips share whose memory holds packets of fixed length and that tell no time.

The number of a sample is its place in the memory since that was emptied, so one lost byte would
shift everything after it. Hence each doubt ends in setting the chip up anew: reading is checked by
the levels of the memory, each of which must follow from the one before, and each packet by those of
its bytes that are known.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import after, seconds_between
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

LOOK_FROM_S, LOOK_TO_S = -0.0025, 0.0005
"""Just before and just after a new sample a look tells most about when the chip takes them; a
thread wakes late rather than early."""

DATA_EVERY_S = 0.03
"""Until the clock is tied the level is looked at more often than the packets are read."""

ASKING_BITS, BYTE_BITS = 31, 9
"""Address, register and address again; each with its acknowledge. Source: NXP UM10204."""

NEW_MAX_RATIO, NEW_SLACK = 1.1, 2
"""Between two levels no more packets come than an oscillator 10 % fast gives, and two."""


class PacketChip:
    """Base of drivers; a driver names its registers and takes packets apart.

    Parameters
    ----------
    setup
        What the chip will do; ``counts_per_sample`` is 1.
    """

    level_register: Register
    """Read together for each level; the last two of these bytes are it, the high one first."""
    level_bytes = 2
    data_register: Register
    packet_bytes: int
    capacity_bytes: int
    scl_max_hz: float
    """Fastest clock line that the chip works with. Source: data sheets, "I2C timing"."""

    def __init__(self, access: RegisterAccess, host: HostTime, setup: ChipSetup) -> None:
        self._access = access
        self._host = host
        self._setup = setup
        self._left: int | None = None
        """Bytes left in the memory by the last look, which began at ``_left_ns``."""
        self._left_ns = EngineNs(0)
        self._forget()

    @property
    def setup(self) -> ChipSetup:
        """What the chip does with its settings."""
        return self._setup

    def verify(self) -> None:
        """Read identity and every setting."""
        self.identify()
        self._access.verify(self._settings())

    def drain(self, shown: float | None) -> Drained:
        """Read the level and all whole packets, and look once more how many there are.

        Raises
        ------
        ChipError
            OVERFLOW or DAMAGED: what follows is not certain any more.
        BusError
            When the chip does not answer.
        """
        level, pairs = self._level()
        n_packets = level // self.packet_bytes
        if not n_packets or (shown is None and n_packets < DATA_EVERY_S * self._setup.rate_hz):
            return Drained(NO_COUNTS, NO_RAW, pairs)
        wanted = n_packets * self.packet_bytes
        data = self._access.read_from(self.data_register, wanted)
        self._n_taken += n_packets
        self._left = level - wanted
        raw = self._decoded(np.frombuffer(data, np.uint8).reshape(n_packets, self.packet_bytes))
        counts = np.arange(self._n_taken - n_packets + 1, self._n_taken + 1)
        return Drained(counts, raw, pairs + self._look_again(raw))

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
    def _decoded(self, packets: NDArray[np.uint8]) -> NDArray[np.int16]:
        """Return (n, 6) of (n, packet_bytes); raise ``ChipError`` for a packet that cannot be."""

    def _forget(self) -> None:
        self._n_taken = 0
        self._edges = SamplingEdges(self._setup.rate_hz)
        self._left = None

    def _look_again(self, _raw: NDArray[np.int16]) -> tuple[ClockPair, ...]:
        """Return clock pairs from a second look, after ``raw`` was read."""
        return self._level()[1]

    def _level(self) -> tuple[int, tuple[ClockPair, ...]]:
        before_ns: EngineNs = self._host.clock.now_ns()
        data = self._access.read_from(self.level_register, self.level_bytes)
        after_ns: EngineNs = self._host.clock.now_ns()
        level = self._stated_level(data)
        if level + self.packet_bytes > self.capacity_bytes:
            raise ChipError(TroubleKind.OVERFLOW, f"{level} bytes in the memory")
        self._check_level(level, after_ns)
        self._left, self._left_ns = level, before_ns
        n_samples = self._n_taken + level // self.packet_bytes
        look = self._look(n_samples, before_ns, after_ns, self.level_bytes)
        return level, self._edges.take(look)

    def _look(self, n_samples: int, before_ns: EngineNs, after_ns: EngineNs, n_bytes: int) -> Look:
        """Return what a read of so many bytes tells: less than it lasted, by the time on the wire.

        The chip holds its registers still from the first byte on, so what it says is not older than
        the address on the wire, and not newer than the bytes.
        """
        asking_s, answering_s = ASKING_BITS / self.scl_max_hz, BYTE_BITS * n_bytes / self.scl_max_hz
        return Look(n_samples, after(before_ns, asking_s), after(after_ns, -answering_s))

    def _stated_level(self, data: bytes) -> int:
        return int.from_bytes(data, "big")

    def _check_level(self, level: int, now_ns: EngineNs) -> None:
        if self._left is None:
            return
        came_s = seconds_between(self._left_ns, now_ns)
        came = NEW_MAX_RATIO * came_s * self._setup.rate_hz + NEW_SLACK
        if not self._left <= level <= self._left + came * self.packet_bytes:
            detail = f"{self._left} bytes were left, {level} are there after {came_s:.3f} s"
            raise ChipError(TroubleKind.DAMAGED, detail)


def big_endian(packets: NDArray[np.uint8], start: int, n_values: int) -> NDArray[np.int16]:
    """Return signed 16-bit values, high byte first, from place ``start`` of each packet."""
    part = np.ascontiguousarray(packets[:, start : start + 2 * n_values])
    return part.view(">i2").astype(np.int16)
