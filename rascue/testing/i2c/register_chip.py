"""What all modelled chips share: a register pointer, an oscillator that is off, its own samples.

Models are written from the same facts as the drivers (see there for sources), not from the drivers.
Time is read whenever the chip is spoken to; what it sampled meanwhile is made up then.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, Clock
from rascue.core.types import EngineNs
from rascue.testing.i2c.motion import Motion

Samples = tuple[NDArray[np.int64], NDArray[np.int16]]
"""True instants, engine ns (n,), and raw values (n, 6): accelerometer, gyroscope."""


class RegisterChip:
    """A chip with byte registers.

    Parameters
    ----------
    speed
        True over nominal speed of the chip's oscillator.
    watch
        Told of the motion in every sample the chip takes: when it was, and as what it is stated.
    """

    def __init__(
        self,
        motion: Motion,
        clock: Clock,
        speed: float = 1.0,
        watch: Callable[[Samples], None] | None = None,
    ) -> None:
        self.registers = bytearray(256)
        self.delay_s = 0.0
        """By how much older than its instant the motion in a sample is (group delay)."""
        self.frozen = False
        """While True the chip repeats its last sample."""
        self.stopped = False
        """While True the chip takes no samples."""
        self._motion = motion
        self._clock = clock
        self._speed = speed
        self._watch = watch
        self._pointer = 0
        self._asked_ns = EngineNs(0)
        """When the chip was last asked: what it sampled till then takes this model time to make."""
        self._origin_ns = 0.0
        self._n_sampled = 0
        self._period_ns: float | None = None
        self._last_raw = np.zeros((1, 6), np.int16)
        self.brown_out()

    # --- as the wires see it -------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Set the pointer; further bytes go into the register there and its successors."""
        if not data:
            return
        self._pointer = data[0]
        if len(data) > 1:
            self._go_on()
        for value in data[1:]:
            self._store(self._pointer, value)
            self._pointer = (self._pointer + 1) % 256

    def read(self, count: int) -> bytes:
        """Give bytes from the pointer on, as they were at the instant of asking."""
        self._asked_ns = self._clock.now_ns()
        self._go_on()
        return self._fetch(self._pointer, count)

    def catch_up(self) -> None:
        """Take the samples due by now, so that little is left to do when the chip is asked."""
        self._go_on()

    # --- the outside world ---------------------------------------------------------------------

    def brown_out(self) -> None:
        """Lose the supply for a moment: every register as at power-up, memory empty."""
        self.registers[:] = bytes(256)
        self._period_ns = None
        self._power_up()

    # --- for the models ------------------------------------------------------------------------

    @abstractmethod
    def _power_up(self) -> None:
        """Set the registers as they are after power-up or reset; empty the memory."""

    @abstractmethod
    def _store(self, register: int, value: int) -> None:
        """Take a byte for a register, with all that follows from it."""

    @abstractmethod
    def _fetch(self, register: int, count: int) -> bytes:
        """Return bytes from a register on."""

    @abstractmethod
    def _keep(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        """Put new samples into memory and output registers."""

    @abstractmethod
    def scales(self) -> tuple[float, float]:
        """Return m/s2 and deg/s per LSB at the present settings."""

    def _shown(self, register: int, count: int) -> bytes:
        """Return registers from one on; after the last comes the first again."""
        shown = bytes(self.registers[register : register + count])
        return shown + bytes(self.registers[: count - len(shown)])

    def _sample_every(self, nominal_s: float | None) -> None:
        """Begin to sample at a new rate, or stop with None."""
        self._period_ns = None if nominal_s is None else nominal_s * NS_PER_S / self._speed
        self._origin_ns = float(self._clock.now_ns())
        self._n_sampled = 0

    def _since_s(self, instant_ns: float, since_ns: float) -> float:
        """Return how much time passed by the chip's own oscillator."""
        return (instant_ns - since_ns) / NS_PER_S * self._speed

    def _go_on(self) -> None:
        """Take the samples that are due by now."""
        now_ns: EngineNs = self._clock.now_ns()
        if self._period_ns is None:
            return
        due = int((now_ns - self._origin_ns) / self._period_ns)
        if due <= self._n_sampled:
            return
        counts = np.arange(self._n_sampled + 1, due + 1)
        self._n_sampled = due
        if self.stopped:
            return
        t_ns = np.round(self._origin_ns + counts * self._period_ns).astype(np.int64)
        felt_ns = t_ns - round(self.delay_s * NS_PER_S)
        raw = self._sampled(felt_ns)
        if self._watch is not None:
            self._watch((felt_ns, raw))
        if self.frozen:
            raw = np.repeat(self._last_raw, len(t_ns), axis=0)
        self._last_raw = raw[-1:]
        self._keep(t_ns, raw)

    def _sampled(self, t_ns: NDArray[np.int64]) -> NDArray[np.int16]:
        felt = self._motion.at(t_ns)
        scaled = np.round(felt / np.repeat(self.scales(), 3))
        return np.asarray(np.clip(scaled, -32768, 32767), np.int16)
