"""What a sensor adds to the movement it feels, drawn for many samples at a time.

One random number at a time would cost more than the rest of a simulated session. Drawn ahead, the
errors of a sample also depend on its count alone, not on how the samples are cut into blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWN = 2048
"""Samples drawn at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Errors of successive samples, in steps of the sensor.

    ``noise`` (n, 6) is always there, ``tissue`` (n, 3) grows with the size of the movement and is
    felt by the accelerometer alone.
    """

    noise: NDArray[np.float64]
    tissue: NDArray[np.float64]


class SensorErrors:
    """Hands out the errors of the samples, in order.

    Parameters
    ----------
    noise_sd
        (6,), white noise of each axis.
    offset
        (6,), added to each sample.
    tissue_sd, tissue_samples
        Size and memory of soft-tissue movement, a first-order noise.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        noise_sd: NDArray[np.float64],
        offset: NDArray[np.float64],
        tissue_sd: float,
        tissue_samples: float,
    ) -> None:
        self._rng = rng
        self._noise_sd = noise_sd
        self._offset = offset
        self._keep = math.exp(-1.0 / tissue_samples)
        self._kick_sd = tissue_sd * math.sqrt(1.0 - self._keep * self._keep)
        self._last_tissue = (0.0, 0.0, 0.0)
        self._drawn = self._draw()
        self._used = 0

    def take(self, n: int) -> Errors:
        """Return the errors of the next ``n`` samples."""
        if self._used + n <= DRAWN:
            begin, self._used = self._used, self._used + n
            kept = slice(begin, self._used)
            return Errors(self._drawn.noise[kept], self._drawn.tissue[kept])
        parts = list(self._parts(n))
        return Errors(
            np.concatenate([part.noise for part in parts]),
            np.concatenate([part.tissue for part in parts]),
        )

    def _parts(self, n: int) -> Iterator[Errors]:
        """Yield what is left and as many new ones as needed."""
        while n > 0:
            if self._used == DRAWN:
                self._drawn, self._used = self._draw(), 0
            size = min(n, DRAWN - self._used)
            yield self.take(size)
            n -= size

    def _draw(self) -> Errors:
        noise = self._rng.normal(0.0, 1.0, (DRAWN, 6)) * self._noise_sd + self._offset
        kicks = self._rng.normal(0.0, self._kick_sd, (DRAWN, 3))
        return Errors(noise, self._remembering(kicks))

    def _remembering(self, kicks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return first-order noise from its kicks."""
        keep = self._keep
        x, y, z = self._last_tissue
        moved = []
        for a, b, c in kicks.tolist():
            x, y, z = keep * x + a, keep * y + b, keep * z + c
            moved.append((x, y, z))
        self._last_tissue = moved[-1]
        return np.array(moved)
