"""The accompaniment keeps to the rules of its own harmony, whatever style, key and intensity."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.audio.catalog import CATALOG, make_ready, sound_exists
from rascue.audio.music.accompaniment import NO_PITCH, UNPITCHED, MusicNote, notes_of_beat
from rascue.audio.music.harmony import (
    BASS_HIGH,
    BASS_LOW,
    CHORD_HIGH,
    CHORD_LOW,
    FILL_HIGH,
    FILL_LOW,
    OCTAVE,
    Key,
    Mode,
    key_named,
    voicings,
)
from rascue.audio.music.instruments import INSTRUMENTS, VOICE, instrument_sample
from rascue.audio.music.styles import PHRASE_BARS, STYLES, Music, music_named
from rascue.audio.sounds import SOUND_NAMES

PATTERNS = {"halves", "thirds", "count", "count2", "count3"}
MUSICAL = sorted(STYLES.keys() - PATTERNS)
KEYS = [Key(tonic, mode) for tonic in range(OCTAVE) for mode in Mode]
SEED = 1

styles = st.sampled_from(sorted(STYLES))
keys = st.sampled_from(KEYS)
intensities = st.floats(0, 1)
beats = st.integers(0, 5000)


def notes(style: str, key: Key, beat: int, intensity: float = 1.0) -> tuple[MusicNote, ...]:
    return notes_of_beat(beat, Music(STYLES[style], key), intensity, SEED)


def cycle(style: str) -> range:
    return range(2 * len(STYLES[style].progression) * STYLES[style].beats)


def chord_classes(style: str, key: Key, beat: int) -> set[int]:
    bars = STYLES[style].progression
    return set(key.triad(bars[beat // STYLES[style].beats % len(bars)]))


def test_there_are_at_least_six_styles_of_music() -> None:
    assert len(MUSICAL) >= 6


@given(styles, keys, beats, intensities)
def test_no_two_notes_at_one_instant_rub(style: str, key: Key, beat: int, intensity: float) -> None:
    at: dict[float, set[int]] = {}
    for note in notes(style, key, beat, intensity):
        if note.pitch != NO_PITCH:
            at.setdefault(note.offset, set()).add(note.pitch)
    for together in at.values():
        apart = {abs(a - b) % OCTAVE for a in together for b in together if a != b}
        assert not apart & {1, 11}


@given(styles, keys, beats)
def test_all_pitches_belong_to_the_scale_and_stay_in_their_range(
    style: str, key: Key, beat: int
) -> None:
    scale = {key.degree(number) for number in range(7)}
    for note in notes(style, key, beat):
        assert 0.0 <= note.offset < 1.0
        assert note.level_db < 0.0
        assert -1.0 <= note.balance <= 1.0
        if note.instrument in UNPITCHED:
            assert note.pitch == NO_PITCH
            continue
        if note.instrument == VOICE:
            assert note.pitch == beat % STYLES[style].beats + 1
            continue
        assert note.pitch % OCTAVE in scale
        if note.instrument == "bass":
            assert BASS_LOW <= note.pitch <= BASS_HIGH + OCTAVE
            assert note.pitch % OCTAVE in chord_classes(style, key, beat)
        else:
            assert CHORD_LOW <= note.pitch <= max(CHORD_HIGH + OCTAVE, FILL_HIGH)


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("style", MUSICAL)
def test_chords_are_complete_close_and_move_little(style: str, key: Key) -> None:
    progression = STYLES[style].progression
    chords = voicings(key, progression)
    for degree, chord in zip(progression, chords, strict=True):
        assert {pitch % OCTAVE for pitch in chord} == set(key.triad(degree))
        assert list(chord) == sorted(chord)
        assert chord[0] >= CHORD_LOW
        assert chord[-1] <= CHORD_HIGH
    for one, other in pairwise([*chords, chords[0]]):  # over the seam of the loop as well
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 5


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("style", MUSICAL)
def test_no_chord_is_diminished(style: str, key: Key) -> None:
    for degree in STYLES[style].progression:
        root, _, fifth = key.triad(degree)
        assert (fifth - root) % OCTAVE == 7


@pytest.mark.parametrize("style", MUSICAL)
def test_phrases_are_whole_and_the_piece_comes_home(style: str) -> None:
    chosen = STYLES[style]
    assert len(chosen.progression) == 2 * PHRASE_BARS
    assert chosen.progression[0] == chosen.progression[-1] == 0
    assert chosen.progression[PHRASE_BARS - 1] != 0 or style in {"ballad"}
    texts = [layer.bar for layer in chosen.layers] + [chosen.fill_rhythm]
    assert all(len(text.split()) == chosen.beats for text in texts)


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("style", MUSICAL)
def test_a_call_stays_open_and_its_answer_ends_on_the_root(style: str, key: Key) -> None:
    chosen = STYLES[style]
    ends = []
    for bar in (PHRASE_BARS - 1, 2 * PHRASE_BARS - 1):
        fill = [
            note.pitch
            for beat in range(bar * chosen.beats, (bar + 1) * chosen.beats)
            for note in notes(style, key, beat)
            if note.instrument == chosen.fill and note.level_db == -8.0 and note.pitch >= FILL_LOW
        ]
        assert len(fill) >= chosen.fill_rhythm.count("x")
        ends.append(fill[-1] % OCTAVE)
    call, answer = (key.triad(chosen.progression[bar]) for bar in (3, 7))
    assert ends == [call[2], answer[0]]


@given(styles, keys, beats, intensities)
def test_a_beat_is_the_same_whenever_it_is_planned_and_in_every_round(
    style: str, key: Key, beat: int, intensity: float
) -> None:
    again = beat + len(cycle(style))
    assert notes(style, key, beat, intensity) == notes(style, key, again, intensity)


@pytest.mark.parametrize("style", MUSICAL)
def test_another_seed_has_other_fills_and_nothing_else(style: str) -> None:
    music = Music(STYLES[style], STYLES[style].key)
    differing = {
        beat // music.style.beats % PHRASE_BARS
        for beat in cycle(style)
        if notes_of_beat(beat, music, 1.0, 1) != notes_of_beat(beat, music, 1.0, 2)
    }
    assert differing == {PHRASE_BARS - 1}


@given(styles, beats, intensities, intensities)
def test_more_intensity_is_more_notes_and_none_softer(
    style: str, beat: int, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    fewer, more = (notes(style, STYLES[style].key, beat, level) for level in (low, high))
    louder = {(n.offset, n.instrument, n.pitch): n.level_db for n in more}
    for note in fewer:
        assert louder[note.offset, note.instrument, note.pitch] >= note.level_db


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_has_something_to_hear_at_every_intensity(style: str) -> None:
    counts = [
        sum(len(notes(style, STYLES[style].key, beat, level)) for beat in cycle(style))
        for level in (0.0, 0.35, 0.6, 1.0)
    ]
    assert counts == sorted(counts)
    assert counts[0] > 0
    if style not in PATTERNS:
        assert len(set(counts)) == 4


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_instruments_are_in_range_and_end_in_silence(name: str) -> None:
    for pitch in (NO_PITCH,) if name in UNPITCHED else (36, 60, 88):
        sample = instrument_sample(name, pitch, 48_000)
        assert sample.dtype == np.float32
        assert np.all(np.isfinite(sample))
        assert np.abs(sample).max() == 1.0
        assert sample[-1] == 0.0
        assert 0.05 <= len(sample) / 48_000 <= 1.5


@pytest.mark.parametrize("pitch", [36, 45, 60, 72, 88])
@pytest.mark.parametrize("name", sorted(INSTRUMENTS.keys() - UNPITCHED))
def test_instruments_are_in_tune(name: str, pitch: int) -> None:
    sample = instrument_sample(name, pitch, 48_000).astype(float)
    expected_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(sample * np.hanning(len(sample)), size))
    near = slice(int(expected_hz * 0.95 * size / 48_000), int(expected_hz * 1.05 * size / 48_000))
    found_hz = (near.start + int(np.argmax(spectrum[near]))) * 48_000 / size
    assert abs(1200 * np.log2(found_hz / expected_hz)) < 6  # cents; the pad is a chorus


def test_names_of_music_are_styles_with_or_without_a_key() -> None:
    assert music_named("folk") == Music(STYLES["folk"], Key(9, Mode.MINOR))
    assert music_named("folk:eb-major") == Music(STYLES["folk"], Key(3, Mode.MAJOR))
    for wrong in ("polka", "folk:", "folk:h-major", "folk:d", "folk:d-lydian", "", ":d-minor"):
        assert music_named(wrong) is None
    assert key_named("c#-mixolydian") == Key(1, Mode.MIXOLYDIAN)


def test_the_catalog_knows_what_exists() -> None:
    assert len(set(CATALOG)) == len(CATALOG)
    assert all(map(sound_exists, CATALOG))
    assert sound_exists("waltz:g-major")
    assert not sound_exists("waltz:g")
    assert make_ready("click", 48_000, SEED) == 2
    assert make_ready("march", 48_000, SEED) > 20
    assert set(SOUND_NAMES) < set(CATALOG)
