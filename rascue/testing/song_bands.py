"""Songs by bands that do not exist: a groove, a tempo that moves, hands that are not exact, a mix.

Every song is drawn from one seed: tempo within what is usual, chords, who plays and how loud, a
melody, breaks and fills, timing of hands, rooms, noise. The beats are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from rascue.audio.music.harmony import (
    OCTAVE,
    Key,
    Mode,
    bass_fifth,
    bass_root,
    fill_pitches,
    voicings,
)
from rascue.testing.song_grooves import Groove
from rascue.testing.song_sounds import RATE_HZ, STRUM_S, UNPITCHED, Sound, note_sound

PROGRESSIONS = (
    (0, 5, 3, 4),
    (0, 4, 5, 3),
    (0, 3, 4, 0),
    (0, 0, 3, 4),
    (0, 3, 0, 4),
    (5, 3, 0, 4),
    (0, 0, 0, 0, 3, 3, 0, 0, 4, 3, 0, 4),
)
"""Usual rows of chords, by degree from 0."""

LEVEL_DB = {"kick": 0, "snare": -4, "clap": -6, "surdo": -2, "bass": -4, "tom": -5, "conga": -7}
HIGH_DB, CHORD_DB, MELODY_DB = -14, -9, -7
"""Usual levels of cymbals and shakers, of chords, of the melody."""

HIGH = frozenset({"hat", "ohat", "ride", "shaker", "tamb", "clave", "cowbell", "rim"})
DRIFTING, DRUMMED, RESTING, SINGING, FILLING, STRUCK = 0.5, 0.6, 0.12, 0.6, 0.6, 0.8
"""Shares: songs that drift, songs with drums even where it goes without, phrases in which a part
rests, songs with a melody, with drum fills, strokes of a fill."""

THIRDS = 3
STROKE_DB = {"X": 0.0, "x": -3.0, "o": -11.0}
LEAD_S = 1.3


@dataclass(frozen=True, slots=True)
class Band:
    """What is drawn for one song.

    Parameters
    ----------
    kind
        Steady or drifting, with or without drums.
    drift, sway
        Change of tempo from begin to end, and slow waves in it, as shares.
    human_s
        Spread of single notes around their place, s.
    """

    groove: Groove
    seed: int
    tempo_bpm: float
    drums: bool
    drift: float
    sway: float
    human_s: float
    length_s: float

    @property
    def kind(self) -> str:
        """Steady or drifting, with or without drums."""
        steady = "drifting" if self.drift or self.sway else "steady"
        return f"{steady}, {'with' if self.drums else 'without'} drums"


def band(groove: Groove, seed: int, *, length_s: float = 40.0) -> Band:
    """Draw a song; every second one drifts, and those that can do without drums do so at times."""
    rng = np.random.default_rng([seed, 0])
    low, high = np.log(groove.bpm)
    drifting = bool(rng.random() < DRIFTING)
    pitched = sum(part not in UNPITCHED for part in groove.parts)
    return Band(
        groove=groove,
        seed=seed,
        tempo_bpm=float(np.exp(rng.uniform(low, high))),
        drums=pitched <= 1 or bool(rng.random() < DRUMMED),
        drift=float(rng.uniform(-0.1, 0.1)) if drifting else 0.0,
        sway=float(rng.uniform(0.0, 0.02)) if drifting else 0.0,
        human_s=float(rng.choice([0.0, 0.004, 0.008, 0.012])),
        length_s=length_s,
    )


def band_beats_s(one: Band) -> NDArray[np.float64]:
    """Return the instants of the beats, s."""
    times = [LEAD_S]
    while times[-1] < one.length_s - 1.0:
        share = times[-1] / one.length_s
        wave = one.sway * np.sin(2 * np.pi * times[-1] / 17.0)
        times.append(times[-1] + 60.0 / (one.tempo_bpm * (1.0 + one.drift * (share - 0.5) + wave)))
    return np.array(times)


def band_played(one: Band) -> Sound:
    """Return the song, mono, peak 0.9."""
    rng = np.random.default_rng([one.seed, 1])
    size = round((one.length_s + 1.5) * RATE_HZ)
    song = np.zeros(size)
    for instrument, notes in _parts(one, rng).items():
        song += _colored(_stem(instrument, notes, size, rng, one.human_s), rng)
    song = _in_a_room(song, rng)
    drive = float(rng.choice([0.5, 1.0, 2.5]))
    song = np.tanh(drive * song / np.abs(song).max()) / np.tanh(drive)
    noise_db = rng.choice([-90.0, -40.0, -28.0])
    song += rng.normal(0.0, np.sqrt(np.mean(song**2)) * 10 ** (noise_db / 20), size)
    sound: Sound = (song * (0.9 / np.abs(song).max())).astype(np.float32)
    return sound


@dataclass(frozen=True, slots=True)
class _Note:
    at_s: float
    pitches: tuple[int, ...]
    level_db: float


@dataclass(frozen=True, slots=True)
class _Chords:
    key: Key
    degrees: tuple[int, ...]

    def degree(self, bar: int) -> int:
        return self.degrees[bar % len(self.degrees)]


def _parts(one: Band, rng: np.random.Generator) -> dict[str, list[_Note]]:
    """Return the notes of each instrument."""
    groove, beats = one.groove, band_beats_s(one)
    key = Key(int(rng.integers(12)), Mode(rng.choice(list(Mode))))
    chords = _Chords(key, PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))])
    names = [name for name in groove.parts if one.drums or name not in UNPITCHED]
    n_phrases = len(beats) // (4 * groove.beats) + 1
    resting = {name: rng.random(n_phrases) < RESTING for name in names}
    if len(names) <= 2:  # noqa: PLR2004 - somebody must play
        resting = {name: np.zeros(n_phrases, bool) for name in names}
    parts = {name: _part(name, one, beats, chords, resting[name], rng) for name in names}
    if rng.random() < SINGING:
        parts[str(rng.choice(["flute", "voice", "marimba"]))] = list(
            _melody(one, beats, chords, rng)
        )
    if one.drums and rng.random() < FILLING and "snare" in parts:
        parts["tom"] = parts.get("tom", []) + list(_fills(one, beats, rng))
    return parts


def _part(
    name: str,
    one: Band,
    beats: NDArray[np.float64],
    chords: _Chords,
    resting: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[_Note]:
    """Return what one instrument plays as its groove says."""
    groove, notes = one.groove, []
    texts = groove.parts[name]
    for beat, (at_s, next_s) in enumerate(pairwise(beats)):
        if resting[beat // (4 * groove.beats)]:
            continue
        for offset, what in _strokes(texts[beat % len(texts)], groove.swing):
            pitches = _pitches(what, name, chords, beat // groove.beats)
            level_db = STROKE_DB.get(what, -3.0) + float(rng.normal(0.0, 1.0))
            notes.append(_Note(at_s + (next_s - at_s) * offset, pitches, level_db))
    return notes


def _strokes(group: str, swing: float) -> list[tuple[float, str]]:
    late = swing if len(group) == 4 else 0.0  # noqa: PLR2004
    return [(k / len(group) + late * (k % 2), what) for k, what in enumerate(group) if what != "."]


def _pitches(what: str, name: str, chords: _Chords, bar: int) -> tuple[int, ...]:
    if name in UNPITCHED:
        return (0,)
    root_class, third_class, fifth_class = chords.key.triad(chords.degree(bar))
    root = bass_root(root_class)
    chord = voicings(chords.key, chords.degrees)[bar % len(chords.degrees)]
    if what in STROKE_DB:
        return chord
    meanings = {
        "R": root,
        "T": root + (third_class - root) % OCTAVE,
        "F": bass_fifth(root, fifth_class),
        "O": root + OCTAVE,
        "1": chord[0],
        "2": chord[1],
        "3": chord[2],
        "4": chord[0] + OCTAVE,
        "5": chord[1] + OCTAVE,
    }
    return (meanings[what],)


def _melody(
    one: Band,
    beats: NDArray[np.float64],
    chords: _Chords,
    rng: np.random.Generator,
) -> Iterator[_Note]:
    """Yield a tune of two bars' rhythm that returns: mostly on beats, at times ahead of them."""
    groove = one.groove
    parts = 3 if groove.divided_by == THIRDS else 2
    likely = np.full(2 * groove.beats * parts, 0.3)
    likely[::parts] = rng.choice([0.35, 0.6])
    rhythm = [rng.random(len(likely)) < likely for _ in range(2)]
    place = 5
    for beat, (at_s, next_s) in enumerate(pairwise(beats)):
        phrase = beat // (4 * groove.beats)
        if phrase % 4 == 3:  # noqa: PLR2004 - the tune rests in every fourth phrase
            continue
        row = fill_pitches(chords.key, chords.degree(beat // groove.beats))
        pattern = rhythm[phrase % 2]
        for k in range(parts):
            if pattern[(beat * parts + k) % len(pattern)]:
                place = int(np.clip(place + rng.integers(-2, 3), 0, len(row) - 1))
                at = at_s + (next_s - at_s) * k / parts
                yield _Note(at, (row[place] - OCTAVE,), float(rng.normal(-1.0, 1.5)))


def _fills(one: Band, beats: NDArray[np.float64], rng: np.random.Generator) -> Iterator[_Note]:
    """Yield strokes over the last beat or two of every second phrase."""
    phrase = 8 * one.groove.beats
    parts = 3 if one.groove.divided_by == THIRDS else 4
    for end in range(phrase, len(beats), phrase):
        for beat in range(end - int(rng.integers(1, 3)), end):
            for k in np.flatnonzero(rng.random(parts) < STRUCK):
                at = beats[beat - 1] + (beats[beat] - beats[beat - 1]) * k / parts
                yield _Note(float(at), (0,), -2.0)


def _stem(
    instrument: str, notes: list[_Note], size: int, rng: np.random.Generator, human_s: float
) -> NDArray[np.float64]:
    """Return what one instrument plays, at its level in the mix."""
    stem = np.zeros(size)
    late_s = float(rng.normal(0.0, human_s / 2))
    for note in notes:
        moved = note.at_s + late_s + float(rng.normal(0.0, human_s))
        for string, pitch in enumerate(note.pitches):
            begin = round((moved + (string * STRUM_S if instrument == "strum" else 0)) * RATE_HZ)
            sound = note_sound(instrument, pitch)[: max(size - begin, 0)]
            stem[begin : begin + len(sound)] += 10 ** (note.level_db / 20) * sound
    usual_db = LEVEL_DB.get(instrument, HIGH_DB if instrument in HIGH else CHORD_DB)
    if instrument in {"flute", "voice"}:
        usual_db = MELODY_DB
    return stem * 10 ** ((usual_db + float(rng.normal(0.0, 3.0))) / 20)


def _colored(stem: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a part that is brighter or duller, by at most 6 dB at the ends."""
    slope = float(rng.uniform(-0.4, 0.4))
    colored: NDArray[np.float64] = signal.lfilter([1.0, slope], [1.0], stem)
    return colored


def _in_a_room(song: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the song with what the walls give back."""
    wet, decay_s = float(rng.uniform(0.0, 0.3)), float(rng.uniform(0.1, 0.5))
    tail = rng.normal(0.0, 1.0, RATE_HZ) * np.exp(-np.arange(RATE_HZ) / RATE_HZ / decay_s)
    tail /= np.sqrt(np.sum(tail**2))
    return song + wet * signal.fftconvolve(song, tail)[: len(song)]
