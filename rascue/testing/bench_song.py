"""Tables of songs: beats found, beats placed, joins, and what preparing and playing cost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from rascue.songs.beat_map import BeatMap
from rascue.songs.making.beats import beats_of
from rascue.songs.making.onsets import onsets_of
from rascue.songs.making.prepare import UPLOAD, prepare
from rascue.testing.bench_table import BenchTable
from rascue.testing.song_pieces import HELD_OUT, RATE_HZ, Piece, beats_s, pieces, played
from rascue.testing.song_placement import heard, placement_ms, prepared, prepared_with

WITHIN_S = 0.07
DEPTH = 0.1
LENGTH_S = 45.0
PLACED = (
    Piece("march", "c-major", 104, LENGTH_S),
    Piece("groove", "d-minor", 126, LENGTH_S, sway=0.01),
    Piece("waltz", "a-minor", 92, LENGTH_S, drift=0.05),
    Piece("folk", "e-minor", 84, LENGTH_S, drums=False),
)
TONES_HZ = (200.0, 400.0, 600.0)
"""A chord with a common period of 5 ms: its level in any 20 ms is the same."""

CLICKS_ABOVE_HZ = 3000.0
PREPARED_S = 240.0

Beats = NDArray[np.float64]


def beats_table() -> BenchTable:
    """Return how well beats are found in the pieces that are held out."""
    rows = [_found(piece) for piece in pieces(HELD_OUT)]
    kinds = sorted({kind for kind, *_ in rows})
    return BenchTable(
        "Beats found in 24 held-out pieces, within 70 ms",
        ("pieces", "F median", "F worst", "F >= 0.95", "F at half or double", "bias ms"),
        tuple(_summary(kind, [row for row in rows if row[0] == kind]) for kind in kinds),
        "Bias is that of beats found at the level of the piece, of its half or of its double.",
    )


def _summary(
    kind: str, rows: list[tuple[str, float, float, float]]
) -> tuple[str, float, float, str, str, float]:
    exact, level = [row[1] for row in rows], [row[2] for row in rows]
    good = [row[3] for row in rows if row[2] >= WELL]
    return (
        kind,
        float(np.median(level)),
        min(level),
        f"{sum(f >= WELL for f in exact)} of {len(exact)}",
        f"{sum(f >= WELL for f in level)} of {len(level)}",
        float(np.mean(good)) if good else float("nan"),
    )


WELL = 0.95


def _found(piece: Piece) -> tuple[str, float, float, float]:
    """Return kind, F as found, F at the best of its levels, and the bias there, ms."""
    true = beats_s(piece)[:-1]
    found = beats_of(onsets_of(played(piece), RATE_HZ)).smooth
    doubled = np.sort(np.concatenate([found, (found[:-1] + found[1:]) / 2]))
    levels = [found, found[::2], found[1::2], doubled]
    scores = [f_measure(level, true) for level in levels]
    best = int(np.argmax([score for score, _ in scores]))
    return piece.kind, scores[0][0], scores[best][0], scores[best][1]


def f_measure(found: Beats, true: Beats) -> tuple[float, float]:
    """Return the F measure within 70 ms, and the median of found less true, ms.

    Source: M. E. P. Davies, N. Degara and M. D. Plumbley, Queen Mary University C4DM-TR-09-06,
    2009, section 2.1.
    """
    errors, used = [], set()
    for beat in true:
        k = int(np.argmin(np.abs(found - beat)))
        if k not in used and abs(found[k] - beat) <= WITHIN_S:
            used.add(k)
            errors.append(1000.0 * (found[k] - beat))
    bias_ms = float(np.median(errors)) if errors else float("nan")
    return 2.0 * len(errors) / (len(found) + len(true)), bias_ms


def placement_table() -> BenchTable:
    """Return how the beats of songs fall on a plan whose tempo moves by 10 % to both sides."""
    rows = []
    for piece in PLACED:
        with tempfile.TemporaryDirectory() as folder:
            name = prepared(piece, Path(folder))
            errors = placement_ms(piece, heard(Path(folder), name, DEPTH, LENGTH_S - 5.0))
        label = f"{piece.style}, {piece.kind}"
        largest = float(np.abs(errors).max())
        rows.append((label, len(errors), float(errors.mean()), float(errors.std()), largest))
    return BenchTable(
        "Known beats of four songs in the sound that left the mixer, against their plan",
        ("song", "beats", "mean ms", "SD ms", "most ms"),
        tuple(rows),
    )


def joins_table() -> BenchTable:
    """Return what joins do to a steady chord, and what songs cost."""
    with tempfile.TemporaryDirectory() as folder:
        at_s = np.arange(round(LENGTH_S * RATE_HZ)) / RATE_HZ
        chord = np.sum([np.sin(2 * np.pi * hz * at_s) for hz in TONES_HZ], axis=0) / 3
        beats = BeatMap(tuple(np.arange(0.5, LENGTH_S - 1, 0.55).tolist()))
        none = np.zeros(0, np.int64)
        name = prepared_with(chord.astype(np.float32), beats, none, Path(folder))
        began_s = process_time()
        sound = heard(Path(folder), name, DEPTH, LENGTH_S - 5.0).sound
        cost_pct = 100.0 * (process_time() - began_s) / (len(sound) / RATE_HZ)
    music = sound[2 * RATE_HZ : -4 * RATE_HZ].astype(np.float64)
    rows = (
        (
            "loudest above 3 kHz, of a chord without anything there, against its level",
            _clicks_db(music),
            "dB",
        ),
        ("level of the chord in 20 ms: lowest, against the median", _level_db(music, np.min), "dB"),
        ("level of the chord in 20 ms: highest", _level_db(music, np.max), "dB"),
        ("playing, with reading and mixing", cost_pct, "% of a core"),
        *_preparing(),
    )
    return BenchTable("Joins of songs, and their cost", ("what", "value", "unit"), rows)


def _clicks_db(music: NDArray[np.float64]) -> float:
    high = signal.butter(6, CLICKS_ABOVE_HZ, "hp", fs=RATE_HZ, output="sos")
    clicks = np.abs(signal.sosfilt(high, music))[RATE_HZ // 10 :]
    return float(20.0 * np.log10(clicks.max() / np.sqrt(np.mean(music**2))))


def _level_db(music: NDArray[np.float64], which: Callable[[Beats], float]) -> float:
    size = RATE_HZ // 50
    level = np.sqrt(np.mean(music[: len(music) // size * size].reshape(-1, size) ** 2, axis=1))
    return float(20.0 * np.log10(which(level) / np.median(level)))


def _preparing() -> list[tuple[str, float, str]]:
    """Prepare a song of four minutes as the page does."""
    import soundfile  # noqa: PLC0415 - the only part that needs it

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        song = played(Piece("groove", "d-minor", 104, PREPARED_S - 3.0))
        with (folder / UPLOAD).open("wb") as file:
            soundfile.write(file, song, RATE_HZ, format="FLAC", subtype="PCM_16")
        began_s = perf_counter()
        prepare(folder, lambda *_: None)
        took_s = perf_counter() - began_s
        size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return [
        ("preparing a song of 4 min, two processes", took_s, "s"),
        ("its size on the disk", size_mb, "MB"),
    ]
