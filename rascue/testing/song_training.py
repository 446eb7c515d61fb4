"""Fits the weights by which the beats of songs are chosen: ``songs/finding/beat_weights.json``.

    python -m rascue.testing.song_training

renders songs by bands that do not exist, in kinds of music that are not held out, mixtures of them
and the app's own styles (an hour), prints how kinds fare that were left out, and writes the file.

For each song all rows that may be the beats get a score, and the scores shares of one. The first
weights make the shares of the rows at the beats, their half or double large, the second those of
rows at the beats; the sum of squared weights is held down (``HELD_DOWN``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from rascue.songs.finding import choice
from rascue.songs.finding.choice import FARTHEST, Weights, chosen
from rascue.songs.finding.cues import cues_of, figures_of
from rascue.songs.finding.onsets import FRAME_S, Onsets, onsets_of
from rascue.songs.finding.rows import Row, possible_rows
from rascue.testing.song_bands import band, band_beats_s, band_played
from rascue.testing.song_grooves import GROOVES, mixed_groove
from rascue.testing.song_pieces import RATE_HZ, beats_s, pieces, played
from rascue.testing.song_scores import f_measure, level_f, levels_of

SONGS_EACH, MIXTURES = 5, 284
PIECES_SEEDS = (11, 12, 13, 14)
HELD_DOWN = 15.0
ENOUGH = 0.9
"""A row with this F counts as right: its ends may be wrong."""

FOLDS = 6
STEPS = 80

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One song: rows, their figures by name, the beats, and which rows are right."""

    kind: str
    rows: Sequence[Row]
    figures: Sequence[dict[str, float]]
    beats_s: Series
    family: NDArray[np.bool_]
    level: NDArray[np.bool_]


def example_of(kind: str, onsets: Onsets, true: Series) -> Example:
    """Return what is to be learned from one song."""
    rows = possible_rows(onsets)
    cues = cues_of(onsets, max(row.interval for row in rows))
    scores = np.array(
        [[f_measure(one, true)[0] for one in levels_of(row.frames * FRAME_S)] for row in rows]
    )
    return Example(
        kind,
        rows,
        [figures_of(cues, row) for row in rows],
        true,
        scores.max(axis=1) >= ENOUGH,
        scores[:, 0] >= ENOUGH,
    )


def examples() -> Iterator[Example]:
    """Yield all songs."""
    for seed in range(SONGS_EACH):
        for number, groove in enumerate(GROOVES.values()):
            if not groove.held_out:
                song = band(groove, 1000 + 100 * seed + number)
                yield _heard(groove.name, band_played(song), band_beats_s(song)[:-1])
    for seed in range(MIXTURES):
        groove = mixed_groove(np.random.default_rng(5000 + seed))
        song = band(groove, 20_000 + seed)
        yield _heard(groove.name, band_played(song), band_beats_s(song)[:-1])
    for seed in PIECES_SEEDS:
        for piece in pieces(seed, length_s=40.0):
            yield _heard(piece.style, played(piece), beats_s(piece)[:-1])


def _heard(kind: str, song: NDArray[np.float32], true: Series) -> Example:
    return example_of(kind, onsets_of(song / np.abs(song).max(), RATE_HZ), true)


def fitted(songs: Sequence[Example]) -> Weights:
    """Return the weights that fit these songs."""
    names = tuple(songs[0].figures[0])
    raw = [np.array([[row[name] for name in names] for row in song.figures]) for song in songs]
    every = np.concatenate(raw)
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-6
    tables = [np.clip((one - mean) / spread, -FARTHEST, FARTHEST) for one in raw]
    family = _weights(tables, [song.family for song in songs])
    level = _weights(tables, [song.level for song in songs])
    return Weights(names, mean, spread, family, level)


def _weights(tables: Sequence[Series], right: Sequence[NDArray[np.bool_]]) -> Series:
    """Return weights with which right rows have large shares: maximum likelihood."""
    pairs = [(table, wanted) for table, wanted in zip(tables, right, strict=True) if wanted.any()]
    starts = np.cumsum([0] + [len(table) for table, _ in pairs])[:-1]
    figures = np.concatenate([table for table, _ in pairs])
    wanted = np.concatenate([right for _, right in pairs])
    song = np.repeat(np.arange(len(pairs)), [len(table) for table, _ in pairs])

    def shares(scores: Series) -> tuple[Series, Series]:
        top = np.maximum.reduceat(scores, starts)
        grown = np.exp(scores - top[song])
        total = np.add.reduceat(grown, starts)
        return grown / total[song], np.log(total) + top

    def loss(weights: Series) -> tuple[float, Series]:
        scores = figures @ weights
        all_shares, all_log = shares(scores)
        right_shares, right_log = shares(np.where(wanted, scores, -1e9))
        value = (all_log - right_log).sum() + 0.5 * HELD_DOWN * weights @ weights
        return value, figures.T @ (all_shares - right_shares) + HELD_DOWN * weights

    found = optimize.minimize(
        loss, np.zeros(figures.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
    )
    weights: Series = found.x
    return weights


def outcome(song: Example, weights: Weights) -> tuple[float, float, float]:
    """Return F as found, F at a level, and the share of the family, of one song."""
    raw = np.array([[row[name] for name in weights.names] for row in song.figures])
    figures = np.clip((raw - weights.mean) / weights.spread, -FARTHEST, FARTHEST)
    took = chosen(song.rows, figures @ weights.family, figures @ weights.level)
    found = took.taken * FRAME_S
    return f_measure(found, song.beats_s)[0], level_f(found, song.beats_s)[0], took.share


def left_out(songs: Sequence[Example]) -> Series:
    """Return the outcome of each song with weights fitted without its kind, (songs, 3)."""
    kinds = sorted({song.kind for song in songs})
    shuffled = np.random.default_rng(0).permutation(len(kinds))
    fold = {kinds[place]: number % FOLDS for number, place in enumerate(shuffled)}
    outcomes = np.zeros((len(songs), 3))
    for one in range(FOLDS):
        weights = fitted([song for song in songs if fold[song.kind] != one])
        for number, song in enumerate(songs):
            if fold[song.kind] == one:
                outcomes[number] = outcome(song, weights)
    return outcomes


def written(weights: Weights, path: Path) -> None:
    """Write the file that is shipped: name -> mean, spread, weight of family, of level."""
    columns = zip(weights.mean, weights.spread, weights.family, weights.level, strict=True)
    lines = [
        f"  {json.dumps(name)}: {[float(f'{value:.4g}') for value in values]}"
        for name, values in zip(weights.names, columns, strict=True)
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def main() -> None:
    """Fit the weights and write them."""
    songs = list(examples())
    _, at_level, _ = left_out(songs).T
    print(f"{len(songs)} songs, kinds left out: mean F at a level {at_level.mean():.3f}")  # noqa: T201
    written(fitted(songs), Path(choice.__file__).with_name("beat_weights.json"))


if __name__ == "__main__":
    main()
