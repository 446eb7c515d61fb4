"""Rows that may be the beats -> the one that is taken, the next best, and how sure that is. Pure.

1. Each row has a score: its figures (``cues``), each less its mean over its spread, times weights.
   The scores of all rows become shares of one (softmax).
2. Rows that are one another's half or double, or the same, are a family: whoever walks to one walks
   to the other. The family with the largest sum of shares is taken.
3. Which of its rows is decided by a second set of weights, and where halves differ, by the first.

The weights, ``beat_weights.json``, are fitted to songs rendered by us (``rascue.testing.
song_training``), so that rows at the beats, their half or double get large shares; how that fares
on kinds of music that are left out is in docs/songs.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rascue.songs.finding.cues import cues_of, figures_of
from rascue.songs.finding.onsets import FRAME_S, Onsets
from rascue.songs.finding.rows import Row, possible_rows

Series = NDArray[np.float64]

ALIKE_S = 0.07
ALIKE_SHARE = 0.85
"""Rows are alike when so many of their beats lie so near to each other. Default."""

SAME, TWICE = 0.06, 0.12
"""How far ratios of intervals may lie from 1 and from 2. Default."""

FARTHEST = 4.0
"""No figure counts for more than so many spreads. Default."""


@dataclass(frozen=True, slots=True)
class Weights:
    """For each figure, in the order of ``names``: mean, spread, and two weights."""

    names: tuple[str, ...]
    mean: Series
    spread: Series
    family: Series
    level: Series


@dataclass(frozen=True, slots=True)
class Choice:
    """The row taken, frames; the best of another family, None when there is none.

    ``share`` is that of the family taken, 0..1.
    """

    taken: Series
    other: Series | None
    share: float


def choice_of(onsets: Onsets) -> Choice | None:
    """Return which row is taken for the beats; None when there is none at all."""
    rows = possible_rows(onsets)
    if not rows:
        return None
    weights = shipped_weights()
    figures = standard_figures(onsets, rows, weights)
    return chosen(rows, figures @ weights.family, figures @ weights.level)


def chosen(rows: Sequence[Row], family_scores: Series, level_scores: Series) -> Choice:
    """Return the choice among rows with these scores."""
    shares = np.exp(family_scores - family_scores.max())
    shares /= shares.sum()
    related = np.array([[relation(one, other) for other in rows] for one in rows])
    alike = related > 0
    sums = alike @ shares
    best = _member(int((sums + 1e-3 * shares).argmax()), alike, level_scores)
    others = np.flatnonzero(~alike[best])
    other = None
    if len(others):
        first = int(others[shares[others].argmax()])
        other = _member(first, alike & ~alike[best], level_scores)
    return Choice(
        _strong_first(best, rows, related, family_scores),
        None if other is None else _strong_first(other, rows, related, family_scores),
        float(sums[best]),
    )


def _member(of: int, alike: NDArray[np.bool_], level_scores: Series) -> int:
    """Return the member of a row's family whose level is best."""
    members = np.flatnonzero(alike[of] & alike[:, of])
    return int(members[level_scores[members].argmax()]) if len(members) else of


SECOND = 2
"""``relation``: the other has the second, fourth and so on of these beats."""


def relation(one: Row, other: Row) -> int:
    """Return 1 when the other row is the same, its half or its double; 2 as above; else 0."""
    ratio = other.interval / one.interval
    if abs(ratio - 1.0) < SAME:
        return int(_agreement(one.frames, other.frames) > ALIKE_SHARE)
    if abs(ratio - 2.0) < TWICE:
        return _half(one.frames, other.frames)
    if abs(1.0 / ratio - 2.0) < TWICE:
        return int(_half(other.frames, one.frames) > 0)
    return 0


def _half(row: Series, other: Series) -> int:
    odd, even = _agreement(row[::2], other), _agreement(row[1::2], other)
    if max(odd, even) <= ALIKE_SHARE:
        return 0
    return SECOND if even > odd else 1


def _agreement(row: Series, other: Series) -> float:
    """Return how many beats belong together, of the mean number of both, 0..1."""
    place = np.clip(np.searchsorted(other, row), 1, len(other) - 1)
    away = np.minimum(np.abs(row - other[place - 1]), np.abs(row - other[place]))
    near = int((away <= ALIKE_S / FRAME_S).sum())
    return 2.0 * min(near, len(other)) / (len(row) + len(other))


def _strong_first(
    number: int, rows: Sequence[Row], related: NDArray[np.int64], scores: Series
) -> Series:
    """Return a row from one of its strong beats on: the player, too, takes every second of them."""
    row = rows[number]
    twice = [
        other
        for other in np.flatnonzero(related[number] > 0).tolist()
        if abs(rows[other].interval / row.interval - 2.0) < TWICE
    ]
    best = max(twice, key=lambda other: scores[other], default=number)
    return row.frames[1:] if related[number, best] == SECOND else row.frames


def standard_figures(onsets: Onsets, rows: Sequence[Row], weights: Weights) -> Series:
    """Return the figures of all rows less their mean, over their spread, (rows, figures)."""
    cues = cues_of(onsets, max(row.interval for row in rows))
    tables = [figures_of(cues, row) for row in rows]
    raw = np.array([[table[name] for name in weights.names] for table in tables])
    scaled: Series = np.clip((raw - weights.mean) / weights.spread, -FARTHEST, FARTHEST)
    return scaled


@cache
def shipped_weights() -> Weights:
    """Return the weights that come with the program."""
    text = (files("rascue.songs.finding") / "beat_weights.json").read_text("utf-8")
    table: dict[str, list[float]] = json.loads(text)
    mean, spread, family, level = np.array(list(table.values())).T
    return Weights(tuple(table), mean, spread, family, level)
