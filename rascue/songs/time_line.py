"""Where each moment of a song lies in a version at another tempo. Pure; used by maker and player.

The line has slope 1 around each attack, so an attack is copied as it is and stands exactly at its
own time divided by the tempo factor; what is between is stretched the more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COPIED = 1280
"""Around an attack the line has slope 1 so far to both sides, samples: half a window of the
stretcher and half a hop."""

ATTACKS_APART = 4 * COPIED
"""Attacks nearer than this to a stronger one are stretched like the rest: there must be time left
in between to be stretched, samples."""

FACTORS = tuple(round(0.88 + 0.02 * k, 2) for k in range(13))
"""Tempi of the versions against the song's own: at most 1 % from any wish within 12 %."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Corners of the line: sample of the version, sample of the song."""

    version: NDArray[np.float64]
    song: NDArray[np.float64]

    def in_version(self, song_sample: float) -> float:
        """Return where a moment of the song lies in the version, samples."""
        return float(np.interp(song_sample, self.song, self.version))


def time_line(length: int, factor: float, kept: NDArray[np.int64]) -> TimeLine:
    """Return the line of one version.

    Parameters
    ----------
    length
        Samples of the song.
    factor
        Tempo against the song's: 1.1 is ten per cent faster, and shorter.
    kept
        Attacks from ``apart``, increasing.
    """
    inside = kept[(kept > ATTACKS_APART) & (kept < length - ATTACKS_APART)].astype(np.float64)
    out = np.stack([inside / factor - COPIED, inside / factor + COPIED], axis=1).ravel()
    into = np.stack([inside - COPIED, inside + COPIED], axis=1).ravel()
    end = float(length)
    return TimeLine(np.array([0.0, *out, end / factor]), np.array([0.0, *into, end]))


def apart(attacks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the attacks that are far enough from every stronger one that was kept, increasing.

    Parameters
    ----------
    attacks
        Samples, the strongest first.
    """
    where: dict[int, int] = {}
    for attack in attacks.tolist():
        cell = attack // ATTACKS_APART
        near = (where.get(other) for other in (cell - 1, cell, cell + 1))
        if all(one is None or abs(attack - one) >= ATTACKS_APART for one in near):
            where[cell] = attack
    return np.sort(np.array(list(where.values()), np.int64))
