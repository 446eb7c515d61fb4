"""Pieces of music with known beats, for the beat map and the song player: nobody's recording.

Our own accompaniment is laid on a given row of beats: steady, drifting or swaying, with or without
drums, straight or swung, clean or in noise. Pieces of seed ``HELD_OUT`` are held out: nothing was
chosen by looking at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rascue.audio.music.accompaniment import UNPITCHED, notes_of_beat
from rascue.audio.music.instruments import instrument_sample
from rascue.audio.music.styles import music_named
from rascue.audio.sounds import render

RATE_HZ = 48_000
LEAD_S = 1.3
"""Music begins so long after the file."""

KEYS = ("c-major", "d-minor", "g-major", "a-minor", "f-major", "e-minor")
MUSICAL = ("march", "waltz", "folk", "island", "ballad", "groove")
SEED = 5
HELD_OUT = 41_903
"""Drawn after everything was chosen; whoever looks at these pieces draws others."""

N_PIECES = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """What to play.

    Parameters
    ----------
    drift
        Change of tempo from begin to end, as a share.
    sway
        Slow waves in the tempo, as a share.
    human_s
        Spread of single notes around their place, s.
    swing
        How much later off-beats come, as a share of the beat.
    noise_db
        Level of noise against the music's RMS; None is none.
    """

    style: str
    key: str
    tempo_bpm: float
    length_s: float = 60.0
    drums: bool = True
    drift: float = 0.0
    sway: float = 0.0
    human_s: float = 0.0
    swing: float = 0.0
    noise_db: float | None = None
    intensity: float = 1.0
    seed: int = SEED

    @property
    def kind(self) -> str:
        """Steady or drifting, with or without drums."""
        steady = "drifting" if self.drift or self.sway else "steady"
        return f"{steady}, {'with' if self.drums else 'without'} drums"


def beats_s(piece: Piece) -> NDArray[np.float64]:
    """Return the instants of the beats, s."""
    times = [LEAD_S]
    while times[-1] < piece.length_s - 1.0:
        share = times[-1] / piece.length_s
        wave = piece.sway * np.sin(2 * np.pi * times[-1] / 17.0)
        tempo = piece.tempo_bpm * (1.0 + piece.drift * (share - 0.5) + wave)
        times.append(times[-1] + 60.0 / tempo)
    return np.array(times)


def played(piece: Piece) -> NDArray[np.float32]:
    """Return the piece, mono, peak 0.9."""
    rng = np.random.default_rng(piece.seed)
    song = np.zeros(round((piece.length_s + 3.0) * RATE_HZ), np.float32)
    for at_s, samples, gain in _notes(piece, rng):
        begin = round(at_s * RATE_HZ)
        part = samples[: len(song) - begin]
        song[begin : begin + len(part)] += np.float32(gain) * part
    if piece.noise_db is not None:
        level = float(np.sqrt(np.mean(song**2))) * 10 ** (piece.noise_db / 20)
        song += rng.normal(0.0, level, len(song)).astype(np.float32)
    return song * np.float32(0.9 / np.abs(song).max())


def _notes(
    piece: Piece, rng: np.random.Generator
) -> Iterator[tuple[float, NDArray[np.float32], float]]:
    music = music_named(f"{piece.style}:{piece.key}")
    assert music is not None  # noqa: S101  the names are ours
    beats = beats_s(piece)
    anchor = render(music.style.anchor, accent=False, rate_hz=RATE_HZ)
    for index, (at_s, next_s) in enumerate(pairwise(beats)):
        if piece.drums:
            yield at_s, anchor, 1.0
        for note in notes_of_beat(index, music, piece.intensity, piece.seed):
            if not piece.drums and note.instrument in UNPITCHED:
                continue
            late = piece.swing if note.offset > 0 else 0.0
            moved_s = at_s + (next_s - at_s) * (note.offset + late * (1 - note.offset))
            moved_s += abs(rng.normal(0.0, piece.human_s)) if piece.human_s else 0.0
            samples = instrument_sample(note.instrument, note.pitch, RATE_HZ)
            yield moved_s, samples, 10 ** (note.level_db / 20)


def pieces(seed: int, styles: tuple[str, ...] = MUSICAL, *, length_s: float = 60.0) -> list[Piece]:
    """Return pieces of all kinds; another seed has other tempi, keys, noises and notes."""
    rng = np.random.default_rng(seed)
    chosen = []
    for number in range(N_PIECES):
        kind = number % 4
        drifting = kind in {1, 3}
        chosen.append(
            Piece(
                style=styles[number % len(styles)]
                if number < N_PIECES // 2
                else str(rng.choice(styles)),
                key=str(rng.choice(KEYS)),
                tempo_bpm=float(rng.uniform(60, 180)),
                length_s=length_s,
                drums=kind in {0, 1},
                drift=float(rng.uniform(-0.1, 0.1)) if drifting else 0.0,
                sway=float(rng.uniform(0.0, 0.02)) if drifting else 0.0,
                human_s=float(rng.choice([0.0, 0.004, 0.008])),
                swing=float(rng.choice([0.0, 0.0, 1 / 6])),
                noise_db=[None, -30.0, -20.0][int(rng.integers(3))],
                intensity=float(rng.choice([0.6, 1.0])),
                seed=int(rng.integers(1000)),
            )
        )
    return chosen
