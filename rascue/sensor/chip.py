"""The seam between a chip driver and the source that runs it.

A driver knows registers, FIFO layout and scale factors; it keeps no history of time and decides
nothing about recovery. Runs in the source thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import Clock
from rascue.core.types import EngineNs

STANDARD_GRAVITY_MPS2 = 9.80665
"""Source: 3rd General Conference on Weights and Measures, 1901."""


class TroubleKind(StrEnum):
    """What can go wrong with a chip; the log names it so."""

    NO_ANSWER = "no answer"
    TIMED_OUT = "timed out"
    TRANSFER_FAILED = "transfer failed"
    BUS_GONE = "bus gone"
    DAMAGED = "damaged data"
    """What was read cannot be what the chip meant."""
    OVERFLOW = "overflow"
    """The chip's memory was full before it was read."""
    RESTARTED = "restarted"
    """The chip has lost its settings, as after a dip of its supply."""
    STALLED = "no samples"
    """The chip answers, but takes no samples."""
    FROZEN = "frozen"
    """The chip goes on and repeats one and the same sample."""
    WRONG_CHIP = "wrong chip"
    CLOCK = "clock"
    """Sample times cannot be: in the future, or older than the chip's memory reaches."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that went wrong."""

    kind: TroubleKind
    detail: str = ""


class ChipError(Exception):
    """The chip must be set up anew (or is another one)."""

    def __init__(self, kind: TroubleKind, detail: str) -> None:
        self.trouble = Trouble(kind, detail)
        super().__init__(f"{kind}: {detail}")


@dataclass(frozen=True, slots=True)
class HostTime:
    """How a driver sees time pass; ``sleep`` waits for a number of seconds."""

    clock: Clock
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ChipSettings:
    """What is asked of a chip; it takes the nearest it has that is not less.

    Parameters
    ----------
    rate_hz
        Samples per second.
    acc_range_g, gyr_range_dps
        Largest absolute values to be measured.
    """

    rate_hz: float = 104.0
    acc_range_g: int = 4
    gyr_range_dps: int = 500


@dataclass(frozen=True, slots=True)
class ChipSetup:
    """What a chip really does with its settings.

    Parameters
    ----------
    rate_hz
        Nominal samples per second; the true rate may be some percent off and is measured.
    counts_per_sample
        By how much the chip's own clock advances from sample to sample.
    rate_sd
        Spread of true about nominal rate, as a ratio.
    pair_sd_s
        Spread to be expected of clock pairs, s.
    acc_mps2_per_lsb, gyr_dps_per_lsb
        Scale factors.
    look_from_s, look_to_s
        How long after a sample's instant the chip is best looked at, once its clock is tied.
    delay_s
        Age of the motion in a sample at its instant: group delay of the chip's filter, s.
    """

    rate_hz: float
    counts_per_sample: float
    rate_sd: float
    pair_sd_s: float
    acc_mps2_per_lsb: float
    gyr_dps_per_lsb: float
    look_from_s: float
    look_to_s: float
    delay_s: float = 0.0

    @property
    def counts_per_s(self) -> float:
        """Nominal speed of the chip's clock."""
        return self.rate_hz * self.counts_per_sample


@dataclass(frozen=True, slots=True)
class ClockPair:
    """The chip's clock showed ``count`` at ``at_ns``."""

    count: int
    at_ns: EngineNs


@dataclass(frozen=True, slots=True, eq=False)
class Drained:
    """What one look at a chip's memory gave.

    Parameters
    ----------
    counts
        int64 (n,), the chip's clock at each sample, strictly increasing; two in a row that are
        further apart than a sample show a gap.
    raw
        int16 (n, 6): accelerometer x y z, gyroscope x y z.
    pairs
        Readings of the chip's clock against the engine's.
    troubles
        What went wrong on the way and was got over.
    """

    counts: NDArray[np.int64]
    raw: NDArray[np.int16]
    pairs: tuple[ClockPair, ...] = ()
    troubles: tuple[Trouble, ...] = ()


NO_COUNTS = np.empty(0, np.int64)
NO_RAW = np.empty((0, 6), np.int16)


class ImuChip(Protocol):
    """One chip on a bus.

    Every method may raise ``BusError``; all but ``setup`` may raise ``ChipError``.
    """

    @property
    def setup(self) -> ChipSetup:
        """What the chip will do; known before ``start``."""
        ...

    def start(self) -> None:
        """Identify the chip, set it up from whatever state it is in, and begin to sample."""
        ...

    def identify(self) -> None:
        """Raise ``ChipError`` when another chip answers."""
        ...

    def verify(self) -> None:
        """Look whether the chip is still the same and still holds its settings."""
        ...

    def drain(self, shown: float | None) -> Drained:
        """Take what has been sampled since the last call, without waiting.

        Parameters
        ----------
        shown
            What the chip's clock shows by now at least; None until it is tied, when pairs are
            worth more transfers.
        """
        ...

    def direct(self) -> NDArray[np.int16]:
        """Return the newest sample from the output registers, (6,), for comparison."""
        ...
