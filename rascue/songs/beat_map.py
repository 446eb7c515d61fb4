"""The instants of a song's beats, what a person may correct about them, and tempo in words. Pure.

Every correction returns a new map; the one before is kept, so each can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_BEATS = 8
"""A song with fewer is not worth a walk: default."""

SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
SHIFT_MAX_S = 2.0


@dataclass(frozen=True, slots=True)
class BeatMap:
    """Instants of all beats, s from the first sample, strictly increasing."""

    beats_s: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no row of beats."""
        intervals = np.diff(self.beats_s)
        if len(self.beats_s) < LEAST_BEATS:
            raise ValueError(f"only {len(self.beats_s)} beats, {LEAST_BEATS} are needed")
        if self.beats_s[0] < 0 or not np.all(intervals > 60.0 / FASTEST_BPM):
            raise ValueError("beats must follow one another at most 400 times a minute")
        if np.median(intervals) > 60.0 / SLOWEST_BPM:
            raise ValueError("beats must come at least 20 times a minute")

    @property
    def tempo_bpm(self) -> float:
        """Median tempo, beats/min."""
        return float(60.0 / np.median(np.diff(self.beats_s)))


def shifted(beats: BeatMap, by_s: float) -> BeatMap:
    """Return the map with every beat later by ``by_s``; beats before the song are dropped."""
    if abs(by_s) > SHIFT_MAX_S:
        raise ValueError(f"beats can be shifted by at most {SHIFT_MAX_S:g} s at a time")
    moved = np.array(beats.beats_s) + by_s
    return BeatMap(tuple(moved[moved >= 0].tolist()))


def shifted_half(beats: BeatMap) -> BeatMap:
    """Return the map with every beat moved halfway to the next."""
    times = np.array(beats.beats_s)
    return BeatMap(tuple(((times[:-1] + times[1:]) / 2).tolist()))


def halved(beats: BeatMap) -> BeatMap:
    """Return every second beat."""
    return BeatMap(beats.beats_s[::2])


def doubled(beats: BeatMap) -> BeatMap:
    """Return the map with one more beat halfway between every two."""
    times = np.array(beats.beats_s)
    both = np.sort(np.concatenate([times, (times[:-1] + times[1:]) / 2]))
    return BeatMap(tuple(both.tolist()))


def tapped(beats: BeatMap, taps_s: NDArray[np.float64]) -> BeatMap:
    """Return the map that goes with what a person tapped.

    Taps tell which of the beats, halves and doubles were meant, and where they begin; people tap
    tens of ms early, so that the beats found keep their exact place.

    Raises
    ------
    ValueError
        When there are fewer than eight taps, or they go with no map.
    """
    least = 8
    if len(taps_s) < least:
        raise ValueError(f"tap at least {least} beats")
    options = [beats, shifted_half(beats), halved(beats), doubled(beats)]
    options += [halved(shifted_half(beats)), BeatMap(beats.beats_s[1::2])]
    options += [BeatMap(shifted_half(beats).beats_s[1::2])]
    scores = [_fit(np.array(option.beats_s), taps_s) for option in options]
    best = int(np.argmax(scores))
    if scores[best] < 0.6:  # noqa: PLR2004  default
        raise ValueError("the taps do not go with the music; listen first, then tap again")
    return options[best]


def _fit(times: NDArray[np.float64], taps_s: NDArray[np.float64]) -> float:
    """Return how many taps and beats belong together, 0..1."""
    interval = float(np.median(np.diff(times)))
    nearest = np.abs(times[:, None] - taps_s[None, :])
    tapped_part = times[(times > taps_s[0] - 0.1) & (times < taps_s[-1] + 0.1)]
    if not len(tapped_part):
        return 0.0
    hit = float(np.mean(nearest.min(axis=0) < 0.2 * interval))
    missed = np.abs(tapped_part[:, None] - taps_s[None, :]).min(axis=1)
    return hit * float(np.mean(missed < 0.2 * interval))
