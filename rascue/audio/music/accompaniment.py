"""Number of a beat, style, key, intensity and seed -> the notes that go with this beat. Pure.

Nothing is remembered between beats: a beat that is planned anew has the same notes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from rascue.audio.music.harmony import (
    OCTAVE,
    bass_fifth,
    bass_root,
    fill_pitches,
    voicings,
)
from rascue.audio.music.instruments import VOICE
from rascue.audio.music.styles import PHRASE_BARS, Layer, Music

NO_PITCH = 0
FILL_LEVEL_DB = -8.0
FILL_FROM_INTENSITY = 0.3
SOFTEST_DB = -6.0
"""At intensity 0 the accompaniment is so much softer against the beat, dB. Default."""

UNPITCHED = frozenset({"tick", "snare", "hat", "shaker"})
"""Instruments without a pitch."""

WIDEST_LEAP = 3
"""Places in the row of good pitches that a fill moves at once. Default."""


@dataclass(frozen=True, slots=True)
class MusicNote:
    """One note of the accompaniment.

    Parameters
    ----------
    offset
        When it begins, as a share of the interval to the next beat, 0 <= offset < 1.
    instrument
        Name in ``instruments``.
    pitch
        MIDI note number; ``NO_PITCH`` for drums.
    level_db
        Peak level against the beat, dB, not positive.
    balance
        -1 is left, 1 is right.
    """

    offset: float
    instrument: str
    pitch: int
    level_db: float
    balance: float


def notes_of_beat(
    beat_index: int, music: Music, intensity: float, seed: int
) -> tuple[MusicNote, ...]:
    """Return what sounds from one beat to the next, besides the beat itself.

    Parameters
    ----------
    beat_index
        Number of the beat, from 0.
    music
        Style and key.
    intensity
        0..1: how many parts play, and how loud against the beat.
    seed
        Chooses the fills at the ends of phrases.
    """
    style = music.style
    bar, beat = divmod(beat_index, style.beats)
    softer_db = SOFTEST_DB * (1.0 - intensity)
    notes = [
        MusicNote(offset, layer.instrument, pitch, layer.level_db + softer_db, layer.balance)
        for layer in style.layers
        if intensity >= layer.from_intensity
        for offset, what in _strokes(layer.bar, beat)
        for pitch in _pitches(what, layer, music, bar % len(style.progression))
    ]
    if _is_last_of_phrase(bar) and style.fill and intensity >= FILL_FROM_INTENSITY:
        pitches = _fill(music, bar, seed)
        before = sum(len(_strokes(style.fill_rhythm, earlier)) for earlier in range(beat))
        notes += [
            MusicNote(offset, style.fill, pitches[before + number], FILL_LEVEL_DB + softer_db, 0.0)
            for number, (offset, _) in enumerate(_strokes(style.fill_rhythm, beat))
        ]
    return tuple(notes)


def _is_last_of_phrase(bar: int) -> bool:
    return bar % PHRASE_BARS == PHRASE_BARS - 1


@cache
def _strokes(bar_text: str, beat: int) -> tuple[tuple[float, str], ...]:
    group = bar_text.split()[beat]
    return tuple((k / len(group), what) for k, what in enumerate(group) if what != ".")


def _pitches(what: str, layer: Layer, music: Music, bar: int) -> tuple[int, ...]:
    """Return what one character of a part stands for in a bar of the progression."""
    if layer.instrument in UNPITCHED:
        return (NO_PITCH,)
    if layer.instrument == VOICE:
        return (int(what),)
    style = music.style
    chord = voicings(music.key, style.progression)[bar]
    if what == "x":
        return chord
    root_class, _, fifth_class = music.key.triad(style.progression[bar])
    root = bass_root(root_class)
    meanings = {
        "R": root,
        "F": bass_fifth(root, fifth_class),
        "O": root + OCTAVE,
        "1": chord[0],
        "2": chord[1],
        "3": chord[2],
        "4": chord[0] + OCTAVE,
    }
    return (meanings[what],)


@cache
def _fill(music: Music, bar: int, seed: int) -> tuple[int, ...]:
    """Return the pitches of the fill in this bar: a call that stays open, an answer that ends.

    A walk over the pitches that go with the chord; the last note of an answer is the root of its
    chord, of a call the fifth.
    """
    style = music.style
    degree = style.progression[bar % len(style.progression)]
    row = fill_pitches(music.key, degree)
    root, _, fifth = music.key.triad(degree)
    is_answer = bar // PHRASE_BARS % 2 == 1
    rng = np.random.default_rng([seed, bar % (2 * len(style.progression))])
    end_class = root if is_answer else fifth
    ends = [place for place, pitch in enumerate(row) if pitch % OCTAVE == end_class]
    place = ends[int(rng.integers(len(ends)))]
    backward = [place]
    for _ in range(style.fill_rhythm.count("x") - 1):
        place = int(np.clip(place + rng.integers(-WIDEST_LEAP, WIDEST_LEAP + 1), 0, len(row) - 1))
        backward.append(place)
    return tuple(row[place] for place in reversed(backward))
