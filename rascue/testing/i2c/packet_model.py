"""What the models of packet chips share: a memory of bytes that overflows mid-packet."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import Clock
from rascue.testing.i2c.motion import Motion
from rascue.testing.i2c.register_chip import RegisterChip, Samples


class PacketModel(RegisterChip):
    """Base of models; a model says where its registers are and what a packet looks like."""

    capacity_bytes: int
    count_register: int
    data_register: int
    output_register: int
    status_register: int
    overflow_bit: int

    def __init__(
        self,
        motion: Motion,
        clock: Clock,
        speed: float = 1.0,
        watch: Callable[[Samples], None] | None = None,
    ) -> None:
        self._memory: deque[int] = deque()
        super().__init__(motion, clock, speed, watch)

    @abstractmethod
    def _is_filling(self) -> bool:
        """Return whether samples go into the memory now."""

    @abstractmethod
    def _packet(self, instant_ns: float, row: NDArray[np.int16]) -> bytes:
        """Return one sample as it lies in the memory."""

    @abstractmethod
    def _output(self, row: NDArray[np.int16]) -> bytes:
        """Return one sample as the output registers show it."""

    def _empty(self) -> None:
        self._memory.clear()
        self.registers[self.status_register] &= ~self.overflow_bit

    def _fetch(self, register: int, count: int) -> bytes:
        if register == self.data_register:
            taken = [self._memory.popleft() for _ in range(min(count, len(self._memory)))]
            return bytes(taken).ljust(count, b"\xff")
        at = self.count_register
        self.registers[at : at + 2] = len(self._memory).to_bytes(2, "big")
        shown = bytes(self.registers[(register + offset) % 256] for offset in range(count))
        if register <= self.status_register < register + count:
            self.registers[self.status_register] = 0
        return shown

    def _keep(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        shown = self._output(raw[-1])
        self.registers[self.output_register : self.output_register + len(shown)] = shown
        if not self._is_filling():
            return
        for instant_ns, row in zip(t_ns, raw, strict=True):
            self._memory.extend(self._packet(float(instant_ns), row))
        # What does not fit pushes out the oldest bytes, packet or not.
        surplus = len(self._memory) - self.capacity_bytes
        if surplus > 0:
            self.registers[self.status_register] |= self.overflow_bit
            for _ in range(surplus):
                self._memory.popleft()
