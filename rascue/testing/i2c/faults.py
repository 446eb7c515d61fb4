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
    """One bit of what the chip says arrives wrong, whichever it is."""
    FLIP_SENT = "bit flip to the chip"
    BURST = "burst of noise"
    """Several bits within 8 bytes that the chip says: what a motor or a phone does to a line."""
    SLIPPED_CLOCK = "slipped clock"
    """A spike on the clock line: from some bit on the chip is one bit ahead of the adapter."""
    LET_GO = "chip lets go"
    """A spike that the chip takes for a stop: it lets go of the line, which reads as ones."""
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


DAMAGES = frozenset(
    {
        FaultKind.FLIP_RECEIVED,
        FaultKind.FLIP_SENT,
        FaultKind.BURST,
        FaultKind.SLIPPED_CLOCK,
        FaultKind.LET_GO,
    }
)
"""Faults that change what arrives, in one transfer."""

BURST_BITS, BURST_SPREAD = (3, 12), 64
"""How many bits a burst flips, and within how many; default, not evidence."""


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
        self._due: dict[FaultKind, int] = {}
        """Bits until the one at which the damage begins."""

    def refuse(self, transfers: int) -> None:
        """Let so many of the next transfers get no answer."""
        self._refusals = transfers

    def silence(self, seconds: float) -> None:
        """Let nobody answer for a while."""
        self._silent_until_ns = after(self._clock.now_ns(), seconds)

    def hold_low(self, seconds: float) -> None:
        """Hold the data line low for a while."""
        self._stuck_until_ns = after(self._clock.now_ns(), seconds)

    def damage(self, kind: FaultKind, within_bytes: int) -> None:
        """Do damage of a kind somewhere among the next so many bytes that go in its direction."""
        self._due[kind] = int(self._rng.integers(8 * within_bytes))

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
        return self._damaged(data, (FaultKind.FLIP_SENT,))

    def received(self, data: bytes) -> bytes:
        """Return what arrives at the adapter."""
        return self._damaged(data, tuple(DAMAGES - {FaultKind.FLIP_SENT}))

    def _damaged(self, data: bytes, kinds: tuple[FaultKind, ...]) -> bytes:
        for kind in kinds:
            bit = self._due.pop(kind, None)
            if bit is None:
                continue
            if bit >= 8 * len(data):
                self._due[kind] = bit - 8 * len(data)
            else:
                data = _with_damage(kind, data, bit, self._rng)
        return data


def _with_damage(kind: FaultKind, data: bytes, bit: int, rng: np.random.Generator) -> bytes:
    """Return ``data`` damaged from a bit on; the first bit on the wire is the highest of a byte."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    if kind is FaultKind.LET_GO:
        bits[bit:] = 1
    elif kind is FaultKind.SLIPPED_CLOCK:
        bits[bit:] = np.append(bits[bit + 1 :], 1)
    elif kind is FaultKind.BURST:
        near = np.arange(bit, min(bit + BURST_SPREAD, len(bits)))
        bits[rng.choice(near, min(len(near), int(rng.integers(*BURST_BITS))), replace=False)] ^= 1
    else:
        bits[bit] ^= 1
    return np.packbits(bits).tobytes()
