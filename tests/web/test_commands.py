"""What a therapist asks reaches the engine, is answered in words, and is written down."""

import json

import pytest

from rascue.dashboard.clinic.audit import AuditTrail
from rascue.dashboard.clinic.patients import NEW_PATIENT
from rascue.link.messages import COMMAND_ARGS, CommandKind

STORE_FAILED = {"code": "store_failed"}
PROBLEM_KEYS = {"type", "title", "status", "detail"}


@pytest.fixture
def ready(engine, therapist, reach):
    """A signed-in client that reaches the scripted engine and knows one patient."""
    reach(therapist)
    therapist.post("/patients", data={"label": "left hip"})
    return therapist


@pytest.fixture
def program_name(ready):
    return ready.app.state.services.programs.all()[0].program.name


def trail(client):
    return AuditTrail(client.app.state.services.database).rows()


def test_start_sends_programme_pseudonym_and_wall_time(ready, engine, program_name):
    answer = ready.post("/api/session/start", json={"patient": "P-0001", "program": program_name})
    assert answer.json() == {"text": "done"}
    asked = engine.asked[-1]
    assert (asked.kind, asked.actor) == (CommandKind.START, "Robin")
    assert asked.args["subject_code"] == "P-0001"
    assert asked.args["program"]["name"] == program_name
    assert asked.args["started_utc"] == "2026-03-01T09:00:00+00:00"


def test_a_new_patient_gets_the_next_code_with_the_start(ready, engine, program_name):
    ready.post("/api/session/start", json={"patient": NEW_PATIENT, "program": program_name})
    assert engine.asked[-1].args["subject_code"] == "P-0002"


@pytest.mark.parametrize(
    ("path", "body", "kind", "args"),
    [
        ("stop", None, CommandKind.STOP, {}),
        ("resume", None, CommandKind.RESUME, {}),
        ("end", None, CommandKind.END, {}),
        ("skip", None, CommandKind.SKIP_BLOCK, {}),
        ("tempo", {"delta_spm": -5}, CommandKind.ADJUST_TEMPO, {"delta_spm": -5.0}),
        ("level", {"delta_db": 2}, CommandKind.ADJUST_LEVEL, {"delta_db": 2.0}),
        ("mark", {"text": "turn"}, CommandKind.MARK, {"text": "turn"}),
        (
            "clear-fault",
            {"code": "store_failed"},
            CommandKind.CLEAR_FAULT,
            {"code": "store_failed"},
        ),
    ],
)
def test_every_command_reaches_the_engine_and_the_audit_trail(
    ready, engine, path, body, kind, args
):
    answer = ready.post(f"/api/session/{path}", json=body)
    assert answer.status_code == 200, answer.text
    assert (engine.asked[-1].kind, engine.asked[-1].args) == (kind, args)
    row = trail(ready)[-1]
    assert (row.actor, row.action) == ("Robin", f"session.{kind}")
    assert json.loads(row.detail_json)["ok"] is True


def test_there_is_a_route_for_every_command(ready):
    asked = {"start", "stop", "resume", "end", "skip_block", "adjust_tempo", "adjust_level", "mark",
             "preview", "clear_fault"}  # fmt: skip
    assert asked == set(COMMAND_ARGS)


def test_a_refusal_is_told_with_the_engines_reason_and_written_down(ready, engine):
    engine.refusal = "no session is running; press start first"
    answer = ready.post("/api/session/tempo", json={"delta_spm": 1})
    assert answer.status_code == 409
    assert answer.json()["detail"] == engine.refusal
    assert json.loads(trail(ready)[-1].detail_json)["ok"] is False


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/session/tempo", {"delta_spm": 500}, 422),
        ("/api/session/tempo", {"delta_spm": "fast"}, 422),
        ("/api/session/tempo", {}, 422),
        ("/api/session/tempo", {"delta_spm": 1, "more": 2}, 422),
        ("/api/session/clear-fault", {"code": "unheard_of"}, 422),
        ("/api/session/mark", {"text": "x" * 501}, 422),
        ("/api/session/start", {"patient": "P-0099", "program": "x"}, 409),
        ("/api/session/start", {"patient": "P-0001", "program": "x"}, 409),
        ("/api/nowhere", {}, 404),
        ("/api/me", {}, 405),
    ],
)
def test_all_errors_have_one_shape(ready, engine, path, body, status):
    before = len(engine.asked)
    answer = ready.post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == PROBLEM_KEYS
    assert problem["status"] == status
    assert problem["detail"]
    assert "\n" not in problem["detail"]
    assert len(engine.asked) == before


def test_broken_json_is_refused_in_the_same_shape(ready):
    headers = {"content-type": "application/json"}
    answer = ready.post("/api/session/tempo", content=b"{", headers=headers)
    assert answer.status_code == 422
    assert set(answer.json()) == PROBLEM_KEYS


def test_without_an_engine_the_answer_says_so_at_once(therapist):
    answer = therapist.post("/api/session/stop")
    assert answer.status_code == 503
    assert "not running" in answer.json()["detail"]


def test_a_killed_engine_is_told_and_found_again(ready, engine, settings, reach):
    engine.close()
    assert ready.post("/api/session/stop").status_code == 503
    assert ready.get("/health").json() == {"dashboard": True, "engine": False}
    again = type(engine)(settings.socket_path)
    reach(ready)
    assert ready.post("/api/session/stop").status_code == 200
    again.close()


def test_a_programming_error_shows_no_traceback(browse, claim, engine, monkeypatch):
    with browse() as client:
        claim(client)
        quiet = type(client)(client.app, base_url="http://localhost", raise_server_exceptions=False)
        quiet.cookies = client.cookies

        def broken():
            raise ZeroDivisionError("secret")

        monkeypatch.setattr(client.app.state.services.patients, "all", broken)
        answer = quiet.get("/patients")
        assert answer.status_code == 500
        assert "reload the page" in answer.text
        assert "secret" not in answer.text
