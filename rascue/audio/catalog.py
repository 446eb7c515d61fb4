"""Every name of a sound that a programme may ask for, and getting one ready."""

from __future__ import annotations

from rascue.audio.music.accompaniment import notes_of_beat
from rascue.audio.music.instruments import instrument_sample
from rascue.audio.music.styles import STYLES, music_named
from rascue.audio.naming import Sides, sides_of, without_sides
from rascue.audio.song_cue import FALLBACK
from rascue.audio.sounds import SOUND_NAMES, render
from rascue.songs.name import song_named

CATALOG: tuple[str, ...] = (*SOUND_NAMES, *STYLES)
"""Cue sounds, then patterns and music; music may carry a key, as ``folk:d-minor``."""


def sound_exists(name: str) -> bool:
    """Return whether a programme may ask for this sound."""
    song = song_named(name)
    if song is not None:
        return not song.click or song.click in SOUND_NAMES
    alone = without_sides(name)
    return alone in SOUND_NAMES or music_named(alone) is not None


def is_music(name: str) -> bool:
    """Return whether a name of the catalog has pitches, so that a key can be chosen."""
    return name in STYLES and STYLES[name].fill != ""


def group_of(name: str) -> str:
    """Return under which heading a name of the catalog is offered."""
    if name in SOUND_NAMES:
        return "Single sounds"
    return "Music that plays along" if is_music(name) else "Counting and divided beats"


def make_ready(name: str, rate_hz: int, seed: int) -> int:
    """Make all samples that a sound needs, so that no beat has to wait for them.

    Parameters
    ----------
    name
        For which ``sound_exists``.
    rate_hz
        Frames per second of the output.
    seed
        Of the accompaniment.

    Returns
    -------
    int
        Number of samples that the sound needs.
    """
    alone = without_sides(name)
    music = music_named(alone)
    song = song_named(name)
    alone = (song.click or FALLBACK) if song else alone
    anchor = music.style.anchor if music else alone
    lower = (False, True) if sides_of(name) is Sides.TIMBRE else (False,)
    beats = [
        render(anchor, accent=accent, rate_hz=rate_hz, lower=low)
        for accent in (False, True)
        for low in lower
    ]
    if music is None:
        return len(beats)
    cycle = 2 * len(music.style.progression) * music.style.beats
    notes = {
        (note.instrument, note.pitch)
        for beat_index in range(cycle)
        for note in notes_of_beat(beat_index, music, 1.0, seed)
    }
    made = [instrument_sample(instrument, pitch, rate_hz) for instrument, pitch in notes]
    return len(beats) + len(made)
