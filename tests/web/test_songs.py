"""A patient's own song on the tablet: added, prepared, corrected, kept, heard and deleted."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from rascue.audio.song_reader import SongShelf
from rascue.dashboard.routes.songs import reach_words
from rascue.songs.beat_map import shifted_half
from rascue.songs.name import song_named
from rascue.songs.shelf import add_other, read_beats, song_folder
from rascue.testing.song_pieces import RATE_HZ, Piece, played
from rascue.testing.song_placement import prepared
from tests.web.test_browser import app, chromium, open_window, served, signed_in  # noqa: F401

pytestmark = pytest.mark.slow

PREPARED_MS = 180_000


@pytest.fixture(scope="module")
def song_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "Our_waltz.ogg"
    soundfile.write(path, played(Piece("march", "c-major", 104.0, 18.5)), RATE_HZ)
    return path


@pytest.fixture
def songs(signed_in, app):  # noqa: F811
    app.state.services.patients.add("left hip", app.state.services.utc_now())
    window = signed_in(size="tall")
    window.page.goto("/songs")
    return window


def add(window, path):
    window.page.set_input_files("input[type=file]", path)
    window.press("Add song")


def test_a_song_from_the_file_to_the_session(songs, song_file, engine, app, settings):  # noqa: F811
    page = songs.page
    add(songs, song_file)
    page.locator("[data-busy]").wait_for()
    page.locator("[data-busy] progress").wait_for()
    songs.shoot("songs-preparing")
    page.get_by_role("link", name="Open").click(timeout=PREPARED_MS)
    page.wait_for_function("() => document.getElementById('tempo').textContent === '104'")
    page.wait_for_timeout(500)
    songs.shoot("song")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(
        box["height"] >= 64
        for box in map(lambda b: b.bounding_box(), page.locator("[data-song] button").all())
    )

    _correct(songs)
    songs.press("Hear it as in a session")
    songs.await_text("[data-live=preview]", "song")
    asked = engine.asked[-1].args
    assert song_named(asked["sound"]).click == "click"
    page.keyboard.press("Escape")

    page.get_by_label("Patient").select_option("P-0001")
    songs.press("Keep for this patient")
    page.get_by_text("P-0001 walks with “Our waltz”").wait_for()
    page.goto("/?patient=P-0001")
    songs.press("Start")
    songs.await_text("[data-live=state_text]", "Beat on")
    steps = engine.asked[-1].args["program"]["step"]
    (name,) = {step["sound"] for step in steps if step["strategy"]}
    opened = SongShelf(settings.data_dir, in_thread=False).open(song_named(name))
    assert np.abs(opened.samples(6, 2 * RATE_HZ, RATE_HZ)).max() > 0.1
    assert len(opened.beats) > 25

    _delete(songs, app, song_named(name).song_id)
    assert not list((settings.data_dir / "songs").iterdir())
    assert songs.complaints == []


def _correct(songs):
    page = songs.page
    songs.press("Half as many")
    page.wait_for_function("() => document.getElementById('tempo').textContent === '52'")
    songs.press("Undo")
    page.wait_for_function("() => document.getElementById('tempo').textContent === '104'")
    assert page.locator("#undo").is_disabled()
    page.locator("[data-fix=shift][data-by='0.01']").click()
    page.wait_for_function("() => !document.getElementById('undo').disabled")


def _delete(songs, app, song_id):  # noqa: F811
    page = songs.page
    page.goto(f"/songs/{song_id}")
    songs.press("Delete the song")
    page.get_by_text("No song yet").wait_for()
    assert app.state.services.sounds.of("P-0001") is None
    actions = [row.action for row in app.state.services.audit.rows()]
    assert {"song.added", "song.beats", "patient.sound", "song.deleted"} <= set(actions)


def test_a_close_choice_is_heard_both_ways_and_changed_by_one_press(
    songs,
    app,  # noqa: F811
    settings,
    engine,
):
    name = prepared(Piece("march", "c-major", 108.0, 18.0), settings.data_dir)
    folder = song_folder(settings.data_dir, name.song_id)
    add_other(folder, shifted_half(read_beats(folder)))
    services = app.state.services
    services.songs.add(name.song_id, "Our march", "kim", services.utc_now())
    page = songs.page
    page.goto("/songs")
    page.get_by_text("two beats fit almost alike").wait_for()
    page.get_by_role("link", name="Open").click()
    page.get_by_text("keep the one you would clap to").wait_for()
    songs.shoot("song-close")
    songs.press("Hear the other")
    songs.await_text("[data-live=preview]", "song")
    assert song_named(engine.asked[-1].args["sound"]).revision == 2
    songs.press("Change to the other")
    page.wait_for_function("() => !document.getElementById('undo').disabled")
    assert services.songs.get(name.song_id).revision == 2
    songs.press("Change to the other")
    page.wait_for_function("() => document.getElementById('undo').disabled")
    page.locator("[data-fix=shift][data-by='0.01']").click()
    page.locator("#close").wait_for(state="hidden")
    services.songs.remove(services.songs.get(name.song_id))
    services.song_maker.remove(name.song_id)
    assert songs.complaints == []


def test_what_is_no_song_is_refused_in_one_line(songs, tmp_path):
    page = songs.page
    wrong = tmp_path / "letter.txt"
    wrong.write_text("hello")
    add(songs, wrong)
    page.get_by_text("ends in .wav, .flac, .ogg or .mp3").wait_for()
    noise = tmp_path / "noise.mp3"
    noise.write_bytes(b"no sound at all")
    add(songs, noise)
    page.get_by_text("not a sound file that can be read").wait_for(timeout=PREPARED_MS)
    songs.shoot("songs-refused")
    songs.press("Remove")
    page.get_by_text("No song yet").wait_for()


def test_preparing_is_cancelled_and_taken_up_again(song_file, settings, app):  # noqa: F811
    maker = app.state.services.song_maker
    for song_id in ("0" * 12, "1" * 12):
        folder = settings.data_dir / "songs" / song_id
        folder.mkdir(parents=True)
        (folder / "upload").write_bytes(song_file.read_bytes())
    maker.make("0" * 12)
    while maker.state("0" * 12).share == 0:
        pass
    maker.remove("0" * 12)
    assert not (settings.data_dir / "songs" / ("0" * 12)).exists()
    maker.take_up(["0" * 12, "1" * 12])
    while maker.state("1" * 12).share == 0:
        pass
    maker.close()
    assert not maker.state("1" * 12).ready
    assert maker.state("1" * 12).refusal == ""


def test_strangers_send_no_song(browse):
    with browse() as client:
        answer = client.post("/api/songs?name=a.mp3", content=b"x" * 2_000_000)
        assert answer.status_code == 401
        assert client.post("/patients", content=b"x" * 2_000_000).status_code == 413
        assert client.post("/api/songs?name=a.mp3", content=b"x" * 80_000_001).status_code == 413


def test_cadences_a_song_goes_with():
    assert reach_words(104) == "46 to 58 or 92 to 116 steps a minute"
