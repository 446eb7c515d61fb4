"""Faults of wires and chips, injected one by one into modelled time."""

from __future__ import annotations

import errno
from enum import StrEnum

import numpy as np

from rascue.core.clock import Clock, after
from rascue.core.types import EngineNs


class FaultKind(StrEnum):
    """What can be injected."""

    NO_ACKNOWLEDGE = "no acknowledge"
    """One transfer gets no answer."""
    NO_ANSWER_AWHILE = "no answer for a while"
    """All transfers of up to 2 s get none: a plug that came loose."""
    STUCK_LINE = "stuck line"
    """The data line is held low for up to 2 s: every transfer times out."""
    FLIP_RECEIVED = "bit flip to the adapter"
    FLIP_SENT = "bit flip to the chip"
    OVERFLOW = "overflow"
    """Nobody reads for so long that the chip's memory runs over."""
    BROWN_OUT = "brown-out"
    """The chip loses its supply for a moment, and all its settings."""
    FROZEN = "frozen output"
    """The chip repeats one sample, for up to 2 s."""
    STOPPED = "stopped sampling"
    """The chip answers but takes no samples, for up to 2 s."""
    SWAPPED = "another chip"
    """Another identity answers, for up to 2 s."""


class FaultyLine:
    """A line that disturbs what it is told to, in the order of calls of the adapter.

    Parameters
    ----------
    clock
        Ends the faults that last.
    seed
        Of which bit flips.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        self._rng = np.random.default_rng(seed)
        self._refusals = 0
        self._silent_until_ns = self._stuck_until_ns = EngineNs(0)
        self._flips: dict[FaultKind, int] = {}
        """Bits until the one that is to be flipped, by direction."""

    def refuse(self, transfers: int) -> None:
        """Let so many of the next transfers get no answer."""
        self._refusals = transfers

    def silence(self, seconds: float) -> None:
        """Let nobody answer for a while."""
        self._silent_until_ns = after(self._clock.now_ns(), seconds)

    def hold_low(self, seconds: float) -> None:
        """Hold the data line low for a while."""
        self._stuck_until_ns = after(self._clock.now_ns(), seconds)

    def flip(self, kind: FaultKind, within_bytes: int) -> None:
        """Flip one bit among the next so many bytes that go in one direction."""
        self._flips[kind] = int(self._rng.integers(8 * within_bytes))

    def begin(self) -> None:
        """Raise ``OSError`` when this transfer does not come through."""
        now_ns = self._clock.now_ns()
        if now_ns < self._stuck_until_ns:
            raise OSError(errno.ETIMEDOUT, "timed out")
        if now_ns < self._silent_until_ns or self._refusals:
            self._refusals = max(0, self._refusals - 1)
            raise OSError(errno.EREMOTEIO, "no acknowledge")

    def sent(self, data: bytes) -> bytes:
        """Return what arrives at the chip."""
        return self._flipped(FaultKind.FLIP_SENT, data)

    def received(self, data: bytes) -> bytes:
        """Return what arrives at the adapter."""
        return self._flipped(FaultKind.FLIP_RECEIVED, data)

    def _flipped(self, kind: FaultKind, data: bytes) -> bytes:
        bit = self._flips.pop(kind, None)
        if bit is None:
            return data
        if bit >= 8 * len(data):
            self._flips[kind] = bit - 8 * len(data)
            return data
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        return bytes(damaged)
