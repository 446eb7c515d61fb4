"""What a modelled chip took, to compare with what a source gives out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.testing.i2c.register_chip import Samples

KEPT_PARTS = 200
"""What a chip takes between two looks is a part; a memory reaches over some dozen."""

NEAR = np.arange(-4, 4)
"""Places about a sample's own, by time, at which it may stand."""

MARGIN_NS = 100_000_000

UNLIKE_LSB = 1000.0
"""More than this does not make a sample more unlike: one damaged value must not decide."""

UNDECIDED_LSB = 0.6
"""Rounding to float32 and back is less; a true difference is at least 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Samples given out, each beside the one that was taken; all (n, 6), in units of 1 LSB.

    Parameters
    ----------
    off
        How far each value is from the true one; infinite where none was taken near that time.
    outside
        How far each value lies outside of what the true sample and its neighbors span.
    """

    off: NDArray[np.float64]
    outside: NDArray[np.float64]

    @property
    def is_altered(self) -> NDArray[np.bool_]:
        """(n,), whether a sample is not the one that was taken."""
        return np.asarray((self.off > UNDECIDED_LSB).any(axis=1))


class Truth:
    """The newest samples that a chip took; ``take`` is what its model calls.

    Parameters
    ----------
    scales
        Tells m/s2 and deg/s per LSB at the moment.
    """

    def __init__(self, scales: Callable[[], tuple[float, float]]) -> None:
        self._scales = scales
        self._parts: deque[tuple[NDArray[np.int64], NDArray[np.float64]]] = deque(maxlen=KEPT_PARTS)

    def take(self, samples: Samples) -> None:
        """Remember samples."""
        t_ns, raw = samples
        self._parts.append((t_ns, raw * np.repeat(self._scales(), 3)))

    def compare(
        self, t_ns: NDArray[np.int64], given: NDArray[np.float64], time_off_max_s: float
    ) -> Compared:
        """Find the sample behind each one given out, within the time allowed.

        The samples of a block follow each other, so all of them together tell where they belong: a
        damaged one alone may be more like another than like its own.

        Parameters
        ----------
        t_ns, given
            (n,) and (n, 6), m/s2 and deg/s.
        """
        lsb = np.repeat(self._scales(), 3)
        true_ns, values = self._around(int(t_ns[0]))
        newest = len(true_ns) - 1
        first = np.searchsorted(true_ns, t_ns[0])
        places = np.clip(first + np.arange(len(t_ns))[:, np.newaxis] + NEAR, 0, newest)
        apart = np.abs(values[places] - given[:, np.newaxis]) / lsb
        late_s = np.abs(true_ns[places] - t_ns[:, np.newaxis]) / NS_PER_S
        apart[late_s > time_off_max_s] = np.inf
        best = int(np.minimum(apart, UNLIKE_LSB).sum(axis=(0, 2)).argmin())
        at = places[:, best]
        around = values[np.clip(np.stack((at - 1, at, at + 1)), 0, newest)]
        outside = np.maximum(given - around.max(axis=0), around.min(axis=0) - given) / lsb
        return Compared(apart[:, best], outside)

    def _around(self, first_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the samples taken from some time before ``first_ns`` on."""
        from_ns = first_ns - MARGIN_NS
        wanted = list(takewhile(lambda part: part[0][-1] >= from_ns, reversed(self._parts)))
        times, values = zip(*reversed(wanted or list(self._parts)), strict=True)
        return np.concatenate(times), np.concatenate(values)
