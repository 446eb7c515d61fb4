"""Choosing a sound by ear: the page in Chromium, and what it asks of the engine and keeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rascue.config.program import find_program
from rascue.core.types import AudioState
from rascue.dashboard.clinic.sounds import SoundChoice, with_choice
from rascue.link.messages import SoundLamp
from tests.web.test_browser import app, chromium, open_window, served, signed_in  # noqa: F401

pytestmark = pytest.mark.slow


@pytest.fixture
def sounds(signed_in, app):  # noqa: F811
    """The sounds page of a device with one patient."""
    app.state.services.patients.add("left hip", app.state.services.utc_now())
    window = signed_in(size="tall")
    window.page.goto("/sounds?patient=P-0001")
    return window


def test_a_sound_is_heard_through_the_engine_and_stopped(sounds, engine):
    engine.show(sound=SoundLamp(state=AudioState.RUNNING, text="USB audio", audible=True))
    sounds.page.get_by_text("Folk", exact=True).click()
    sounds.page.get_by_label("Key of the music").select_option("d-minor")
    sounds.page.get_by_label("How full the music is").select_option("full")
    sounds.press("Hear it")
    sounds.await_text("[data-live=preview]", "Listen: Folk, d minor.")
    sounds.await_text("[data-live='sound.text']", "loudness uncalibrated")
    assert sounds.box(".listen .stop")["height"] >= 64
    assert sounds.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sounds.shoot("sounds")
    sounds.page.keyboard.press("Escape")
    sounds.page.wait_for_function(
        "() => document.querySelector('[data-live=preview]').textContent === ''"
    )
    assert [request.kind for request in engine.asked] == ["preview", "stop"]
    assert engine.asked[0].args["sound"] == "folk:d-minor"
    assert engine.asked[0].args["intensity"] == 0.8
    assert sounds.complaints == []


def test_key_and_fullness_are_for_music_only(sounds, engine):
    sounds.page.get_by_text("Woodblock", exact=True).click()
    expect(sounds.page.get_by_label("Key of the music")).to_be_disabled(timeout=20_000)
    sounds.page.get_by_label("Left and right").select_option("ear")
    sounds.press("Hear it")
    sounds.await_text("[data-live=preview]", "other ear")
    assert engine.asked[0].args["sound"] == "woodblock:ear"


def test_what_is_kept_for_a_patient_is_what_the_next_session_plays(sounds, engine):
    sounds.page.get_by_text("Voice: one, two, three, four", exact=True).click()
    sounds.page.get_by_label("Accent").select_option("the first of 4")
    sounds.press("Keep for this patient")
    sounds.page.get_by_text("P-0001 walks with Voice").first.wait_for()
    sounds.shoot("sounds-kept")
    sounds.page.goto("/?patient=P-0001")
    sounds.press("Start")
    sounds.await_text("[data-live=state_text]", "Beat on")
    steps = engine.asked[-1].args["program"]["step"]
    assert {(step["sound"], step["accent_every"]) for step in steps if step["strategy"]} == {
        ("count", 4)
    }
    sounds.page.goto("/sounds?patient=P-0001")
    sounds.press("As the programme says")
    sounds.page.get_by_text("P-0001 hears what the programme says").wait_for()


def test_the_sounds_page_says_when_the_engine_is_not_reached(sounds, engine):
    engine.close()
    sounds.page.wait_for_timeout(500)
    sounds.page.goto("/sounds")
    sounds.await_text(".message.warn", "engine is not reached")


def test_a_choice_leaves_uncued_blocks_and_crescendos_alone():
    program = find_program("steady")
    chosen = with_choice(program, SoundChoice("bell", 2, 0.8))
    for before, after in zip(program.steps, chosen.steps, strict=True):
        assert after.sound == ("bell" if before.strategy else before.sound)
    assert with_choice(program, None) == program


def test_a_choice_is_kept_and_forgotten_also_without_scripts(therapist, engine, reach):
    therapist.post("/patients", data={"label": ""})
    reach(therapist)
    form = {"patient": "P-0001", "sound": "bell", "key": "d-minor", "sides": "ear"}
    assert (
        "P-0001 walks with Bell, every second beat in the other ear"
        in therapist.post("/sounds", data=form).text
    )
    assert "walks with <strong>Bell" in therapist.get("/sounds?patient=P-0001").text
    forgotten = therapist.post("/sounds/forget", data={"patient": "P-0001"})
    assert "P-0001 hears what the programme says" in forgotten.text
    assert "walks with" not in therapist.get("/sounds?patient=P-0001").text
    assert therapist.post("/sounds", data={**form, "patient": "P-9"}).status_code == 409
