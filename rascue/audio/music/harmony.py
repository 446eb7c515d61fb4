"""Keys, chords and their voicing: which pitches belong together. Pure.

Pitches are MIDI note numbers: 60 is middle C, 69 is 440 Hz, one more is a semitone higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

OCTAVE = 12
CHORD_LOW, CHORD_HIGH = 55, 76
"""Range of chords, G3 to E5: above the bass, below the fills. Default."""

BASS_LOW, BASS_HIGH = 36, 52
"""Range of the bass, C2 to E3. Default."""

FILL_LOW, FILL_HIGH = 72, 88
"""Range of fills, C5 to E6. Default."""

WIDEST_VOICING = 14
"""Distance from the lowest to the highest note of a chord, semitones: it stays one sound."""

FIRST_CENTER = 64
"""The first chord lies around E4."""


class Mode(StrEnum):
    """The scale of a key."""

    MAJOR = "major"
    MINOR = "minor"
    MIXOLYDIAN = "mixolydian"


SCALES = {
    Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11),
    Mode.MINOR: (0, 2, 3, 5, 7, 8, 10),
    Mode.MIXOLYDIAN: (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones of each degree above the tonic; in none is a triad on 1, 4, 5 or 6 diminished."""

TONICS = ("c", "c#", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b")


KEY_NAMES = tuple(f"{tonic}-{mode}" for tonic in TONICS for mode in Mode)
"""Every key that ``key_named`` knows."""


@dataclass(frozen=True, slots=True)
class Key:
    """Tonic as a pitch class, 0 is C, and mode."""

    tonic: int
    mode: Mode

    def degree(self, number: int) -> int:
        """Return the pitch class of a degree, counted from 0 and beyond the octave."""
        scale = SCALES[self.mode]
        return (self.tonic + scale[number % len(scale)]) % OCTAVE

    def triad(self, degree: int) -> tuple[int, int, int]:
        """Return root, third and fifth on a degree, as pitch classes."""
        return self.degree(degree), self.degree(degree + 2), self.degree(degree + 4)


def key_named(text: str) -> Key | None:
    """Return the key that a text like ``d-minor`` names, or None."""
    tonic, _, mode = text.lower().partition("-")
    if tonic not in TONICS or mode not in set(Mode):
        return None
    return Key(TONICS.index(tonic), Mode(mode))


@cache
def voicings(key: Key, progression: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return three pitches, rising, for each chord of a progression.

    Each chord takes the position that moves its voices little and stays near the middle.
    """
    before: Sequence[int] = (FIRST_CENTER - 4, FIRST_CENTER, FIRST_CENTER + 4)
    chords = []
    for degree in progression:
        before = min(_positions(key.triad(degree)), key=lambda chord: _movement(before, chord))
        chords.append(tuple(before))
    return tuple(chords)


def bass_root(pitch_class: int) -> int:
    """Return the root in the range of the bass."""
    return BASS_LOW + (pitch_class - BASS_LOW) % OCTAVE


def bass_fifth(root: int, fifth_class: int) -> int:
    """Return the fifth above the root, or below it where that would leave the range."""
    above = root + (fifth_class - root) % OCTAVE
    return above if above <= BASS_HIGH else above - OCTAVE


@cache
def fill_pitches(key: Key, degree: int) -> tuple[int, ...]:
    """Return the pitches of the scale that no note of the chord is a semitone away from."""
    chord = key.triad(degree)
    scale = {key.degree(number) for number in range(7)}
    good = {pitch for pitch in scale if all(_ring_distance(pitch, note) != 1 for note in chord)}
    return tuple(p for p in range(FILL_LOW, FILL_HIGH + 1) if p % OCTAVE in good)


def _ring_distance(one: int, other: int) -> int:
    away = (one - other) % OCTAVE
    return min(away, OCTAVE - away)


def _movement(before: Sequence[int], chord: Sequence[int]) -> int:
    """Return how far the voices move and end from the middle, so that they do not drift away."""
    way = sum(abs(new - old) for old, new in zip(before, chord, strict=True))
    return way + abs(sum(chord) - 3 * FIRST_CENTER)


def _positions(triad: Sequence[int]) -> list[tuple[int, ...]]:
    """Return all ways to sing a chord within its range, each note once, close together."""
    places = [[p for p in range(CHORD_LOW, CHORD_HIGH + 1) if p % OCTAVE == note] for note in triad]
    sung = {tuple(sorted(chord)) for chord in product(*places)}
    return sorted(chord for chord in sung if chord[-1] - chord[0] <= WIDEST_VOICING)
