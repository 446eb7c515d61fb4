"""Patients, programmes, past sessions and downloads."""

import csv
import io
import re
import shutil
import zipfile
from html import unescape
from pathlib import Path

import pytest

from rascue.dashboard import app as app_module
from rascue.dashboard.session_files import SessionFiles
from tests.store.samples import a_header, some_items, write_session


def plain(answer):
    """The words of a page, without tags and line breaks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


# --- patients ------------------------------------------------------------------------------------


def test_a_patient_gets_a_code_and_can_be_chosen(therapist):
    assert "P-0001 is added" in plain(therapist.post("/patients", data={"label": "left hip"}))
    assert "P-0001 · left hip" in plain(therapist.get("/"))


def test_a_label_that_looks_like_a_name_is_asked_about_first(therapist):
    asked = therapist.post("/patients", data={"label": "Anna Berg"})
    assert "looks like a name" in plain(asked)
    assert "Nobody yet" in plain(therapist.get("/patients"))
    therapist.post("/patients", data={"label": "Anna Berg", "sure": "yes"})
    assert "P-0001" in plain(therapist.get("/patients"))


def test_labels_are_shown_as_text(therapist):
    page = therapist.post("/patients", data={"label": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_htmx_gets_the_part_and_a_browser_without_it_the_page(therapist):
    form = {"label": "left hip"}
    part = therapist.post("/patients", data=form, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "<html" in therapist.post("/patients", data=form).text


def test_htmx_of_somebody_signed_out_is_sent_to_the_sign_in(visitor):
    answer = visitor.get("/patients", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/setup")


# --- programmes ----------------------------------------------------------------------------------


def shipped(client):
    return next(kept for kept in client.app.state.services.programs.all() if kept.shipped)


def test_programmes_are_told_in_plain_words(therapist):
    page = plain(therapist.get("/programs"))
    assert "Meet and lead" in page
    assert "came with the device" in page
    one = plain(therapist.get("/programs/meet_and_lead"))
    assert "the beat meets the person's own tempo" in one
    assert "% of own tempo" in one


def test_copy_change_and_run_the_new_version(therapist):
    name = shipped(therapist).program.name
    copied = therapist.post(f"/programs/{name}/copy", data={"title": "My own"})
    assert copied.headers["location"] == "/programs/my_own"
    saved = therapist.post("/programs/my_own", data={"title": "Mine", "0.minutes": "2"})
    assert "Saved as version 2" in plain(saved)
    home = plain(therapist.get("/"))
    assert "Mine" in home


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"0.minutes": "soon"}, "“soon” is not a number"),
        ({"0.minutes": "-1"}, "duration_s"),
        ({"title": ""}, "title"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_saved(therapist, fields, says):
    name = shipped(therapist).program.name
    therapist.post(f"/programs/{name}/copy", data={"title": "My own"})
    answer = therapist.post("/programs/my_own", data=fields)
    assert answer.status_code == 409
    assert says in plain(answer)
    assert "version 1" in plain(therapist.get("/programs/my_own"))


def test_an_unknown_programme_is_told_in_a_sentence(therapist):
    answer = therapist.get("/programs/nothing")
    assert answer.status_code == 409
    assert "no programme nothing" in plain(answer)


# --- past sessions -------------------------------------------------------------------------------


@pytest.fixture
def session(settings):
    settings.sessions_dir.mkdir(parents=True)
    return write_session(settings.sessions_dir / "20260131_P-017_0123.sqlite", some_items(60))


def test_no_session_yet(therapist):
    assert "No session yet" in plain(therapist.get("/sessions"))


def test_the_list_and_the_page_of_a_session(session, therapist):
    listed = plain(therapist.get("/sessions"))
    assert "2026-01-31 09:45" in listed
    assert "P-017" in listed
    page = plain(therapist.get(f"/sessions/{a_header().session_id}"))
    assert "P-017: A plain one" in page
    assert "=1+1 is no formula" in page
    assert "Check cable and strap" in page


def test_a_damaged_file_is_told_in_the_list_and_hides_no_other(session, therapist):
    damaged = session.with_name("20260202_P-018_4567.sqlite")
    shutil.copy(session, damaged)
    damaged.write_bytes(damaged.read_bytes()[:5000])
    listed = plain(therapist.get("/sessions"))
    assert damaged.name in listed
    assert "P-017" in listed


def test_series_for_the_charts(session, therapist):
    series = therapist.get(f"/api/sessions/{a_header().session_id}/series").json()
    assert set(series) == {"cadence", "asynchrony", "marks"}
    assert len(series["cadence"]) == 3
    assert len({len(column) for column in series["cadence"]}) == 1


def test_the_download_holds_tables_and_their_dictionary(session, therapist):
    answer = therapist.get(f"/sessions/{a_header().session_id}/export/csv")
    assert answer.headers["content-type"] == "application/zip"
    assert f'filename="{session.stem}.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "data_dictionary.csv" in archive.namelist()
        table = archive.read("data_dictionary.csv").decode()
    assert len(list(csv.reader(io.StringIO(table)))) > 20
    assert "session.exported" in [row.action for row in therapist.app.state.services.audit.rows()]


@pytest.mark.parametrize("path", ["/sessions/none", "/sessions/none/export/csv"])
def test_an_unknown_session_is_told_in_a_sentence(session, therapist, path):
    answer = therapist.get(path)
    assert answer.status_code == 409
    assert "no such session" in plain(answer)


def test_an_unknown_format_is_told_with_those_there_are(session, therapist):
    answer = therapist.get(f"/sessions/{a_header().session_id}/export/doc")
    assert "known are: csv" in plain(answer)


def test_a_session_that_disappears_between_list_and_page(session, therapist, monkeypatch):
    listed = SessionFiles(session.parent).all()
    session.unlink()
    monkeypatch.setattr(therapist.app.state.services.sessions, "all", lambda: listed)
    answer = therapist.get(f"/sessions/{a_header().session_id}")
    assert answer.status_code == 500
    assert "no such file" in plain(answer)


# --- browser libraries ---------------------------------------------------------------------------


def test_without_browser_libraries_pages_work_and_say_so(browse, claim, session, monkeypatch):
    monkeypatch.setattr(app_module, "_VENDOR", Path("absent"))
    with browse() as client:
        claim(client)
        for path in ("/", f"/sessions/{a_header().session_id}"):
            page = client.get(path)
            assert "run make setup" in plain(page).replace("  ", " ")
            assert "/static/vendor/" not in page.text


def test_pages_name_nothing_outside_this_device(therapist, session):
    for path in ("/", "/patients", "/programs", "/sessions", "/accounts"):
        page = therapist.get(path).text
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page)
        assert "<script>" not in page
        assert " style=" not in page
