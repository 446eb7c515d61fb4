from dataclasses import replace

import numpy as np
import pytest

from rascue.core.errors import RecordingError
from rascue.songs.beat_map import BeatMap, doubled, halved, shifted, shifted_half, tapped
from rascue.songs.finding.beats import beats_of
from rascue.songs.finding.choice import chosen
from rascue.songs.finding.harmony import changes_of_harmony
from rascue.songs.finding.onsets import onsets_of
from rascue.songs.finding.rows import Row
from rascue.songs.making.prepare import find_beats
from rascue.testing.song_bands import band, band_beats_s, band_played
from rascue.testing.song_grooves import GROOVES
from rascue.testing.song_pieces import RATE_HZ, Piece, beats_s, played
from rascue.testing.song_scores import level_f


@pytest.mark.parametrize(
    "piece",
    [
        Piece("march", "g-major", 97.0, 25.0),
        Piece("waltz", "d-minor", 121.0, 25.0, drift=0.06, sway=0.01),
        Piece("folk", "a-minor", 104.0, 25.0, drums=False, human_s=0.004),
    ],
)
def test_beats_of_a_piece_are_found_without_bias(piece):
    found = beats_of(onsets_of(played(piece), RATE_HZ)).beats
    true = beats_s(piece)[1:-2]
    away = np.array([found[np.abs(found - beat).argmin()] - beat for beat in true])
    assert np.mean(np.abs(away) < 0.07) > 0.95
    assert abs(np.median(away)) < 0.005


def test_noise_and_an_uneven_beat_are_refused_in_words():
    rng = np.random.default_rng(1)
    with pytest.raises(RecordingError, match="beat"):
        find_beats(rng.normal(0, 0.1, 25 * RATE_HZ).astype(np.float32))
    uneven = np.zeros(25 * RATE_HZ, np.float32)
    at_s = np.cumsum(rng.uniform(0.3, 0.9, 40))
    uneven[(at_s[at_s < 24] * RATE_HZ).astype(int)] = 1.0
    with pytest.raises(RecordingError, match=r"uneven|tempo|beat"):
        find_beats(uneven)


MAP = BeatMap(tuple((0.5 + 0.5 * np.arange(40)).tolist()))


def test_corrections_give_new_maps():
    assert shifted(MAP, 0.02).beats_s[0] == pytest.approx(0.52)
    assert len(shifted(MAP, -0.7).beats_s) == 39
    assert shifted_half(MAP).beats_s[0] == pytest.approx(0.75)
    assert halved(MAP).tempo_bpm == pytest.approx(60)
    assert doubled(MAP).tempo_bpm == pytest.approx(240)
    with pytest.raises(ValueError, match="at a time"):
        shifted(MAP, 5.0)
    with pytest.raises(ValueError, match="are needed"):
        halved(halved(halved(MAP)))


@pytest.mark.parametrize(
    ("first", "every", "tempo_bpm"), [(5.0, 0.5, 120), (5.25, 0.5, 120), (5.0, 1.0, 60)]
)
def test_taps_choose_among_what_was_found(first, every, tempo_bpm):
    taps = first - 0.03 + every * np.arange(10)
    chosen = tapped(MAP, taps)
    assert chosen.tempo_bpm == pytest.approx(tempo_bpm)
    assert np.abs(np.array(chosen.beats_s) - first).min() < 1e-6


def test_taps_that_go_with_nothing_are_refused():
    with pytest.raises(ValueError, match="do not go"):
        tapped(MAP, 5.0 + 0.377 * np.arange(12))
    with pytest.raises(ValueError, match="at least"):
        tapped(MAP, np.array([5.0, 5.5]))


@pytest.mark.parametrize("kind", ["rock", "slow-waltz", "one-drop"])
def test_the_beat_of_bands_is_not_taken_for_the_off_beat(kind):
    song = replace(band(GROOVES[kind], 3, length_s=30.0), tempo_bpm=84.0)
    found = beats_of(onsets_of(band_played(song), RATE_HZ))
    assert level_f(found.beats, band_beats_s(song)[:-1])[0] > 0.95
    assert 0.0 < found.share <= 1.0


def test_a_chord_that_changes_is_found_where_it_changes():
    at_s = np.arange(8 * RATE_HZ) / RATE_HZ
    first, second = (
        sum(np.sin(2 * np.pi * f * at_s) for f in fs) for fs in ((262, 330), (294, 349))
    )
    song = np.where(at_s < 4.0, first, second).astype(np.float32) / 2
    changes = changes_of_harmony(song, RATE_HZ, 1600, 0.005)
    for kind in ("harmony", "chords"):
        assert changes[kind].argmax() * 0.005 == pytest.approx(4.0, abs=0.05)


def rows(*beats):
    return [Row(np.asarray(one, float), 1.0, 0.0) for one in beats]


EVERY = np.arange(100.0, 4000.0, 100.0)


def test_halves_and_doubles_stand_by_each_other_against_the_off_beat():
    options = rows(EVERY + 50, EVERY, EVERY[::2], np.arange(100.0, 4000.0, 50.0))
    scores = np.log([0.4, 0.3, 0.25, 0.05])
    took = chosen(options, scores, np.array([0.0, 1.0, 0.0, 0.0]))
    assert took.taken[0] == 100.0
    assert np.diff(took.taken).max() == 100.0
    assert took.other is not None
    assert took.other[0] == 150.0
    assert took.share == pytest.approx(0.6)


def test_a_row_begins_on_its_strong_beat():
    options = rows(EVERY, EVERY[1::2], EVERY[::2])
    took = chosen(options, np.log([0.5, 0.4, 0.1]), np.array([1.0, 0.0, 0.0]))
    assert took.taken[0] == EVERY[1]


def test_a_single_row_has_no_other():
    took = chosen(rows(EVERY), np.zeros(1), np.zeros(1))
    assert took.other is None
    assert took.share == 1.0
