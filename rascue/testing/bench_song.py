"""Tables of songs: beats found, beats placed, joins, and what preparing and playing cost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from rascue.songs.beat_map import BeatMap
from rascue.songs.finding.beats import beats_of
from rascue.songs.finding.onsets import onsets_of
from rascue.songs.making.prepare import UPLOAD, prepare
from rascue.testing.bench_table import BenchTable
from rascue.testing.song_bands import band, band_beats_s, band_played
from rascue.testing.song_grooves import GROOVES
from rascue.testing.song_pieces import HELD_OUT, RATE_HZ, Piece, beats_s, pieces, played
from rascue.testing.song_placement import heard, placement_ms, prepared, prepared_with
from rascue.testing.song_scores import WELL, Beats, f_measure, level_f

KINDS = (
    "steady, with drums",
    "drifting, with drums",
    "steady, without drums",
    "drifting, without drums",
)
SONGS_EACH, BAND_S = 2, 60.0
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


@dataclass(frozen=True, slots=True)
class _Found:
    """How the beats of one song were found: F as found and at a level, bias there, and the doubt.

    ``other_f`` is F at a level of what else might be the beats.
    """

    kind: str
    exact_f: float
    level_f: float
    bias_ms: float
    is_close: bool
    other_f: float


def beats_table() -> BenchTable:
    """Return how well beats are found in the app's own styles, in pieces that are held out."""
    found = [_found(one.kind, played(one), beats_s(one)[:-1]) for one in pieces(HELD_OUT)]
    return _table("24 pieces in the app's styles", found)


def grooves_table() -> BenchTable:
    """Return how well beats are found in kinds of music that nothing was chosen by."""
    held = [groove for groove in GROOVES.values() if groove.held_out]
    songs = [
        band(groove, HELD_OUT + SONGS_EACH * number + song, length_s=BAND_S)
        for number, groove in enumerate(held)
        for song in range(SONGS_EACH)
    ]
    found = [_found(one.kind, band_played(one), band_beats_s(one)[:-1]) for one in songs]
    return _table(f"{len(songs)} songs in {len(held)} kinds of music that were held out", found)


def _table(title: str, found: list[_Found]) -> BenchTable:
    kinds = [(kind, [one for one in found if one.kind == kind]) for kind in KINDS]
    missed = [one for one in found if one.level_f < WELL]
    right = [one for one in found if one.level_f >= WELL]
    return BenchTable(
        f"Beats found within 70 ms: {title}",
        ("songs", "F as found", "at a level", "F >= 0.95", "at a level >= 0.95", "bias ms"),
        tuple(_row(kind, songs) for kind, songs in [*kinds, ("all", found)]),
        "A level is what was found, its half or its double, as the player takes them. Called "
        f"close: {_close(missed)} that were missed, {_close(right)} that were right; what else "
        f"might be the beats is right in {sum(one.other_f >= WELL for one in missed)} of the "
        "missed.",
    )


def _close(songs: list[_Found]) -> str:
    return f"{sum(one.is_close for one in songs)} of {len(songs)}"


def _row(kind: str, songs: list[_Found]) -> tuple[str, float, float, str, str, float]:
    exact, level = [one.exact_f for one in songs], [one.level_f for one in songs]
    good = [one.bias_ms for one in songs if one.level_f >= WELL]
    return (
        kind,
        float(np.mean(exact)),
        float(np.mean(level)),
        f"{sum(f >= WELL for f in exact)} of {len(exact)}",
        f"{sum(f >= WELL for f in level)} of {len(level)}",
        float(np.mean(good)) if good else float("nan"),
    )


def _found(kind: str, song: NDArray[np.float32], true: Beats) -> _Found:
    found = beats_of(onsets_of(song, RATE_HZ))
    best, bias_ms = level_f(found.beats, true)
    exact, _ = f_measure(found.beats, true)
    return _Found(kind, exact, best, bias_ms, found.is_close, level_f(found.other, true)[0])


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
