"""The table of sound energies against our own samples, and how beats add up."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.audio.calibration_noise import NOISE_DBFS, calibration_noise
from rascue.audio.catalog import CATALOG
from rascue.audio.exposure import SONG_SHARE, TONE_S, beat_tone_s, mean_tone_s
from rascue.audio.music.accompaniment import notes_of_beat
from rascue.audio.music.instruments import INSTRUMENTS, VOICE, instrument_sample
from rascue.audio.music.styles import STYLES, music_named
from rascue.audio.sounds import SOUND_NAMES, render
from rascue.testing.loudness import a_weighted_tone_s

RATE_HZ = 48_000
BEATS = 32


def used_pitches() -> dict[str, set[int]]:
    """Return the pitches of each instrument that any style asks for."""
    used: dict[str, set[int]] = {}
    for name in STYLES:
        music = music_named(name)
        assert music is not None
        for index in range(BEATS):
            for note in notes_of_beat(index, music, 1.0, seed=1):
                used.setdefault(note.instrument, set()).add(note.pitch)
    return used


@pytest.mark.parametrize("name", SOUND_NAMES)
def test_no_cue_sound_brings_more_than_the_table_says(name: str) -> None:
    found = max(
        a_weighted_tone_s(render(name, accent=accent, rate_hz=RATE_HZ, lower=lower), RATE_HZ)
        for accent in (False, True)
        for lower in (False, True)
    )
    assert 0.8 * TONE_S[name] <= found <= TONE_S[name]


def test_no_note_of_any_style_brings_more_than_the_table_says() -> None:
    used = used_pitches()
    assert set(used) == {*INSTRUMENTS, VOICE}
    for instrument, pitches in used.items():
        found = max(
            a_weighted_tone_s(instrument_sample(instrument, pitch, RATE_HZ), RATE_HZ)
            for pitch in pitches
        )
        assert found <= TONE_S[instrument], instrument


def test_a_tone_of_one_second_has_one_second() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)
    assert a_weighted_tone_s(tone, RATE_HZ) == pytest.approx(1.0, rel=0.01)


def test_the_calibration_noise_has_its_stated_level() -> None:
    energy_s = a_weighted_tone_s(np.tile(calibration_noise(RATE_HZ), 4), RATE_HZ) / 4
    assert 10 * np.log10(energy_s) == pytest.approx(NOISE_DBFS, abs=0.2)


@pytest.mark.parametrize("name", CATALOG)
def test_fuller_music_brings_more_and_a_cue_always_the_same(name: str) -> None:
    soft, full = (mean_tone_s(name, intensity, 0.5) for intensity in (0.0, 1.0))
    assert soft <= full
    assert (soft == full) == (name in SOUND_NAMES)


def test_a_sound_nobody_measured_counts_as_a_tone_for_the_whole_interval() -> None:
    assert beat_tone_s("unknown", 0, 0.5, 0.55) == 0.55
    assert beat_tone_s("unknown", 0, 0.5, None) == 1.0


def test_a_song_counts_as_a_tone_below_its_peak_and_its_click_besides() -> None:
    song = "song:0123456789ab"
    assert beat_tone_s(song, 0, 0.5, 0.5) == SONG_SHARE * 0.5
    assert beat_tone_s(f"{song}:3:bell", 0, 0.5, 0.5) == SONG_SHARE * 0.5 + TONE_S["bell"]


def test_the_side_of_a_beat_changes_nothing() -> None:
    assert beat_tone_s("bell:ear", 0, 0.5, 0.5) == beat_tone_s("bell", 0, 0.5, 0.5)
