"""How much sound energy a beat brings to the ear, against its peak level. Pure.

The unit is the second of a full-scale tone: so long would a tone of 1 kHz at the peak level of the
beat have to last for the same A-weighted energy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rascue.audio.cue_player import MUSIC_SEED
from rascue.audio.music.accompaniment import notes_of_beat
from rascue.audio.music.styles import music_named
from rascue.audio.naming import without_sides
from rascue.songs.name import song_named

TONE_S: Mapping[str, float] = MappingProxyType(
    {
        "click": 0.0027,
        "woodblock": 0.005,
        "bell": 0.023,
        "drum": 0.0012,
        "gravel": 0.0012,
        "pluck": 0.021,
        "epiano": 0.143,
        "marimba": 0.05,
        "bass": 0.024,
        "pad": 0.33,
        "tick": 0.0029,
        "snare": 0.0044,
        "hat": 0.0006,
        "shaker": 0.0021,
        "voice": 0.022,
    }
)
"""Sound or instrument -> the largest value over its accents and the pitches that styles use.

Source: measured on our own samples with A-weighting of IEC 61672-1, rounded up;
``tests/unit/audio/test_exposure.py`` measures again."""


SONG_SHARE = 0.32
"""A song counts as a tone 5 dB below its peak, for the whole interval: the loudest records in use
reach about -6 LUFS. Default; a song that breathes is overrated, which is the safe side."""


def beat_tone_s(sound: str, beat_index: int, intensity: float, interval_s: float | None) -> float:
    """Return the energy of one beat with all its notes, s of a tone at its peak level.

    Parameters
    ----------
    sound
        Name as in a programme; one that was never measured counts as a tone for the whole
        interval.
    beat_index, intensity
        Which notes go with it, and how many.
    interval_s
        Time to the next beat, s; None counts as one second.

    Notes
    -----
    Energies are added as if no two sounds had anything in common; notes in one ear count fully.
    """
    whole_s = 1.0 if interval_s is None else interval_s
    song = song_named(sound)
    if song is not None:
        return SONG_SHARE * whole_s + TONE_S.get(song.click, 0.0)
    name = without_sides(sound)
    music = music_named(name)
    if music is None:
        return TONE_S.get(name, whole_s)
    notes = notes_of_beat(beat_index, music, intensity, MUSIC_SEED)
    tone_s = TONE_S.get(music.style.anchor, whole_s)
    for note in notes:
        tone_s += TONE_S.get(note.instrument, whole_s) * float(10.0 ** (note.level_db / 10.0))
    return tone_s


PHRASE_BEATS = 32
"""The mean is taken over so many beats: all styles have turned round by then."""


@lru_cache(64)
def mean_tone_s(sound: str, intensity: float, interval_s: float) -> float:
    """Return the mean energy of a beat, s of a tone at its peak level; see ``beat_tone_s``."""
    beats = [beat_tone_s(sound, index, intensity, interval_s) for index in range(PHRASE_BEATS)]
    return sum(beats) / len(beats)
