"""What the models of packet chips share: a memory of bytes that overflows mid-packet."""

from __future__ import annotations

from abc import abstractmethod
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
        self._memory = bytearray()
        super().__init__(motion, clock, speed, watch)

    @abstractmethod
    def _is_filling(self) -> bool:
        """Return whether samples go into the memory now."""

    @abstractmethod
    def _packets(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> bytes:
        """Return samples as they lie in the memory."""

    @abstractmethod
    def _outputs(self, raw: NDArray[np.int16]) -> NDArray[np.uint8]:
        """Return samples as the output registers show them, (n, bytes)."""

    def _empty(self) -> None:
        self._memory.clear()
        self.registers[self.status_register] &= ~self.overflow_bit

    def _fetch(self, register: int, count: int) -> bytes:
        if register == self.data_register:
            taken = bytes(self._memory[:count])
            del self._memory[:count]
            return taken.ljust(count, b"\xff")
        at = self.count_register
        self.registers[at : at + 2] = len(self._memory).to_bytes(2, "big")
        shown = self._shown(register, count)
        if register <= self.status_register < register + count:
            self.registers[self.status_register] = 0
        return shown

    def _keep(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        shown = self._outputs(raw[-1:]).tobytes()
        self.registers[self.output_register : self.output_register + len(shown)] = shown
        if not self._is_filling():
            return
        self._memory += self._packets(t_ns, raw)
        # What does not fit pushes out the oldest bytes, packet or not.
        surplus = len(self._memory) - self.capacity_bytes
        if surplus > 0:
            self.registers[self.status_register] |= self.overflow_bit
            del self._memory[:surplus]
