"""A song through the whole player: where its beats fall, what its joins do, what can go wrong."""

import shutil
import time

import numpy as np
import pytest

from rascue.audio.base import ScheduledSound
from rascue.audio.catalog import sound_exists
from rascue.audio.cue_player import CuePlayer
from rascue.audio.song_reader import OpenSong, SongShelf
from rascue.core.types import BeatOutcome, DacFrame
from rascue.songs.name import SongName, song_named
from rascue.songs.shelf import song_folder
from rascue.testing.song_placement import SONG_ID, heard, placement_ms

from .conftest import PIECE

RATE_HZ = 48_000
NAME = SongName(SONG_ID, 1)


def beat(index, frame, name=NAME, level_dbfs=0.0, interval_s=60 / 108):
    return ScheduledSound(index, DacFrame(frame), str(name), False, level_dbfs, interval_s)


def player_of(folder, in_thread=False, cap_dbfs=0.0):
    return CuePlayer(RATE_HZ, 1, cap_dbfs, SongShelf(folder, in_thread=in_thread))


def test_names_are_read_back():
    for name in (SongName(SONG_ID), NAME, SongName(SONG_ID, 2, "woodblock")):
        assert song_named(str(name)) == name
        assert sound_exists(str(name))
    assert song_named("folk:d-minor") is None
    assert not sound_exists("song:0123456789ab:1:nothing")
    assert not sound_exists("song:../../etc")


def test_beats_fall_on_their_plan_while_the_tempo_moves(shelf_dir):
    got = heard(shelf_dir, NAME, depth=0.1, length_s=15.0)
    errors = placement_ms(PIECE, got)
    assert not got.troubles
    assert len(errors) > 20
    assert errors.std() < 3.0
    assert np.abs(errors).max() < 10.0


def test_at_an_even_tempo_the_song_is_heard_without_a_seam(shelf_dir):
    got = heard(shelf_dir, NAME, depth=0.0, length_s=14.0).sound
    one_piece = player_of(shelf_dir)
    spot = np.abs(got[RATE_HZ : 13 * RATE_HZ])
    level = np.sqrt(np.convolve(spot**2, np.ones(2400) / 2400, "valid"))
    assert level.min() > 0.01 * level.max()
    assert one_piece.trouble == ""


def test_stop_silences_the_song_within_its_ramp(shelf_dir):  # R1
    player = player_of(shelf_dir)
    player.schedule(beat(0, 10_000))
    player.mixer.render(20_000)
    player.fade_all(0.005)
    assert np.any(player.mixer.render(240))
    assert not np.any(player.mixer.render(RATE_HZ))


def test_nothing_plays_beyond_what_was_planned(shelf_dir):
    player = player_of(shelf_dir)
    player.schedule(beat(0, 10_000))
    sound = player.mixer.render(2 * RATE_HZ)[:, 0]
    last = int(np.flatnonzero(sound)[-1])
    assert last < 10_000 + 60 / 108 * RATE_HZ
    assert np.abs(np.diff(sound[last - 480 :])).max() < 0.05


def test_a_beat_taken_back_fades_and_is_placed_anew(shelf_dir):
    player = player_of(shelf_dir)
    player.schedule(beat(0, 10_000))
    player.mixer.render(20_000)
    player.schedule(beat(1, 36_667))
    player.cancel_from(DacFrame(36_667))
    player.schedule(beat(1, 36_900))
    player.mixer.render(RATE_HZ)
    outcomes = [(played.beat_index, played.frame, played.outcome) for played in player.outcomes()]
    assert (0, 10_000, BeatOutcome.PLAYED) in outcomes
    assert (1, 36_667, BeatOutcome.CANCELLED) in outcomes
    assert (1, 36_900, BeatOutcome.PLAYED) in outcomes


def test_the_level_cap_holds_for_songs(shelf_dir):  # R2
    player = player_of(shelf_dir, cap_dbfs=-20.0)
    for index in range(4):
        player.schedule(beat(index, 10_000 + round(index * RATE_HZ * 60 / 108)))
    assert np.abs(player.mixer.render(2 * RATE_HZ)).max() <= 0.1 + 1e-6


def test_a_click_on_top_is_exact(shelf_dir):
    with_click, without = player_of(shelf_dir), player_of(shelf_dir)
    with_click.schedule(beat(0, 10_000, SongName(SONG_ID, 1, "click")))
    without.schedule(beat(0, 10_000))
    more = with_click.mixer.render(20_000)[:, 0] - without.mixer.render(20_000)[:, 0]
    assert int(np.flatnonzero(np.abs(more) > 0.1)[0]) == 10_000


def test_the_song_begins_again_at_its_end(shelf_dir):
    player, frame, troubles = player_of(shelf_dir), 10_000, set()
    for index in range(60):
        player.schedule(beat(index, frame))
        troubles.add(player.trouble)
        frame += round(RATE_HZ * 60 / 108)
        player.mixer.render(frame - 9_000 - player.mixer.frame)
        player.outcomes()
    assert troubles == {""}


def clicks(player):
    player.schedule(beat(0, 10_000))
    sound = np.abs(player.mixer.render(20_000)[:, 0])
    return int(np.flatnonzero(sound > 0.5)[0]) == 10_000


@pytest.mark.parametrize("harm", ["missing", "no beats", "damaged", "cut short"])
def test_without_its_song_a_beat_is_a_click_and_says_why(shelf_dir, tmp_path, harm):
    folder = song_folder(tmp_path, SONG_ID)
    if harm != "missing":
        shutil.copytree(song_folder(shelf_dir, SONG_ID), folder)
    if harm == "no beats":
        (folder / "beats-1.json").unlink()
    for path in folder.glob("v*.s16"):
        data = bytearray(path.read_bytes())
        if harm == "damaged":
            data[::1000] = bytes(len(data[::1000]))
        path.write_bytes(data[:1000] if harm == "cut short" else data)
    player = player_of(tmp_path)
    assert clicks(player)
    assert SONG_ID in player.trouble or "damaged" in player.trouble


def test_a_tempo_beyond_the_song_is_a_click(shelf_dir):
    player = player_of(shelf_dir)
    player.schedule(beat(0, 10_000, interval_s=60 / 80))
    assert "too slow or too fast" in player.trouble


def test_a_thread_reads_ahead_and_the_engine_never_waits(shelf_dir, monkeypatch):
    read = OpenSong._read

    def slow_read(song, key):
        time.sleep(0.1)
        return read(song, key)

    monkeypatch.setattr(OpenSong, "_read", slow_read)
    shelf = SongShelf(shelf_dir, in_thread=True)
    player = CuePlayer(RATE_HZ, 1, 0.0, shelf)
    player.schedule(beat(0, 10_000))
    assert "being read" in player.trouble
    shelf.make_ready(NAME)
    deadline_s = time.monotonic() + 20
    index = 1
    while player.trouble and time.monotonic() < deadline_s:
        time.sleep(0.02)
        player.schedule(beat(index, 10_000 + index * 26_667))
        index += 1
    assert player.trouble == ""
