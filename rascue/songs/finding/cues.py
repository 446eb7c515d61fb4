"""A row of instants and the onsets -> named figures that tell how much like beats it is. Pure.

- ``at.KIND.K``: what begins at K/12 of the interval after each instant, over what does on average.
- ``bars.KIND.K.N``: how unlike one another every N-th of these places are, so that a bar shows.
- ``again.KIND.X``: how like itself the song is X intervals later.
- ``tempo``, ``tempo squared``: octaves from 105 beats/min; ``fit``, ``jitter``: as in ``Row``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from rascue.songs.finding.onsets import FRAME_S, Envelope, Onsets
from rascue.songs.finding.rows import Row
from rascue.songs.finding.tempo import autocorrelation

NEAR_S = 0.03
"""What begins so near to an instant begins there, s. Default."""

PARTS = 12
PLACES = (0, 3, 4, 6, 8, 9)
BAR_PLACES, BAR_BEATS = (0, 6), (2, 3, 4)
LATER = (1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0)
USUAL_BPM = 105.0


@dataclass(frozen=True, slots=True)
class Cues:
    """All that is needed of a song to look at its rows; ``near`` is (kinds, frames)."""

    kinds: tuple[str, ...]
    near: NDArray[np.float64]
    alike: Mapping[str, Envelope]


def cues_of(onsets: Onsets, longest: float) -> Cues:
    """Return the cues of a song whose rows have intervals of at most ``longest`` frames."""
    kinds = tuple(onsets.cues)
    width = 2 * round(NEAR_S / FRAME_S) + 1
    near = np.array([ndimage.maximum_filter1d(onsets.cues[kind], width) for kind in kinds])
    several = {"all": onsets.coarse, "bass": onsets.cues["bass"], "upper": onsets.cues["upper"]}
    reach = int(LATER[-1] * longest) + 4
    return Cues(kinds, near, {name: autocorrelation(one, reach) for name, one in several.items()})


def figures_of(cues: Cues, row: Row) -> dict[str, float]:
    """Return all figures of a row, by name."""
    spans = np.diff(row.frames)
    grid = row.frames[:-1, None] + spans[:, None] * np.arange(PARTS) / PARTS
    frames = np.clip(np.rint(grid).astype(np.int64), 0, cues.near.shape[1] - 1)
    begins = cues.near[:, frames]  # kinds, beats, parts
    figures: dict[str, float] = {}
    for kind, one in zip(cues.kinds, begins, strict=True):
        usual = float(one.mean()) + 0.05
        figures |= {f"at.{kind}.{k}": float(one[:, k].mean()) / usual for k in PLACES}
        figures |= {
            f"bars.{kind}.{k}.{n}": _unlikeness(one[:, k], n) / usual
            for k in BAR_PLACES
            for n in BAR_BEATS
        }
    octaves = float(np.log2(60.0 / (row.interval * FRAME_S) / USUAL_BPM))
    figures |= {"tempo": octaves, "tempo squared": octaves**2}
    figures |= {"fit": row.fit, "jitter": row.jitter}
    return figures | _again(cues, row.interval)


def _unlikeness(values: Envelope, every: int) -> float:
    """Return the spread of the means of every so many-th value."""
    whole = values[: len(values) // every * every].reshape(-1, every)
    return float(whole.mean(axis=0).std())


def _again(cues: Cues, interval: float) -> dict[str, float]:
    figures = {}
    for kind, alike in cues.alike.items():
        for share in LATER:
            lag = round(interval * share)
            figures[f"again.{kind}.{share:.2f}"] = float(alike[max(lag - 2, 0) : lag + 3].max())
    return figures
