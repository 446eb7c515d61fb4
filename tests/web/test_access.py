"""Who gets in: first run, sign-in, borders, and that nothing is open by oversight."""

import re

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from rascue.dashboard.access.borders import BODY_MAX_BYTES
from rascue.dashboard.deps import OPEN_PATHS

OPEN = {"/login", "/setup", "/setup/code", "/health", "/favicon.ico", "/device/stop"}


def routes_of(router):
    """Yield (path, method) of all routes, also of those that FastAPI includes lazily."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from ((route.path, method) for method in route.methods)
        elif isinstance(route, Mount):
            assert route.path == "/static"
        else:
            yield from routes_of(route.original_router)


def call(client, path, method, **options):
    return client.request(method, re.sub(r"{\w+}", "x", path), **options)


def test_every_route_but_the_listed_ones_needs_a_sign_in(visitor):
    assert OPEN_PATHS == OPEN
    routes = list(routes_of(visitor.app))
    assert len(routes) > 25
    for path, method in routes:
        answer = call(visitor, path, method)
        if path in OPEN:
            assert answer.status_code != 401, path
            assert answer.headers.get("location") != "/login", path
        elif path.startswith("/api/"):
            assert answer.status_code == 401, (method, path)
            assert answer.json()["title"] == "Unauthorized"
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/setup"), path


def test_nothing_describes_the_api_to_strangers(visitor):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert visitor.get(path).status_code in {303, 404}


# --- first run -----------------------------------------------------------------------------------


def code_on(console):
    return re.search(r"\d{4} \d{4}", console[-1]).group()


def test_first_run_needs_the_code_on_the_console(visitor, console, account):
    name, password = account
    form = {"code": "00000000", "name": name, "password": password}
    refused = visitor.post("/setup", data=form)
    assert refused.status_code == 400
    assert "not the code on the console" in refused.text
    done = visitor.post("/setup", data=form | {"code": code_on(console)})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert visitor.get("/").status_code == 200
    again = visitor.post("/setup", data=form | {"code": code_on(console)})
    assert again.headers["location"] == "/login"


def test_a_code_dies_after_five_tries_and_can_be_renewed(visitor, console, account, clock):
    name, password = account
    first = code_on(console)
    form = {"code": "x", "name": name, "password": password}
    for _ in range(5):
        visitor.post("/setup", data=form)
    dead = visitor.post("/setup", data=form | {"code": first})
    assert "run out" in dead.text
    visitor.post("/setup/code")
    assert len(console) == 1, "a new code too soon would make guessing easy"
    clock.forward(seconds=31)
    visitor.post("/setup/code")
    assert len(console) == 2
    assert visitor.post("/setup", data=form | {"code": code_on(console)}).status_code == 303


def test_a_code_dies_after_ten_minutes(visitor, console, account, clock):
    name, password = account
    clock.forward(minutes=10, seconds=1)
    form = {"code": code_on(console), "name": name, "password": password}
    assert "run out" in visitor.post("/setup", data=form).text


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "RobinRobinRobin", "012345678901", "x" * 300]
)
def test_a_weak_password_is_refused_with_advice(visitor, console, password):
    form = {"code": code_on(console), "name": "Robin", "password": password}
    answer = visitor.post("/setup", data=form)
    assert answer.status_code == 400
    assert "sentence is good" in answer.text


# --- sign-in -------------------------------------------------------------------------------------


def sign_in(client, account, **changes):
    name, password = account
    return client.post("/login", data={"name": name, "password": password} | changes)


def test_signing_out_and_in_again(therapist, account):
    assert therapist.post("/logout").headers["location"] == "/login"
    assert therapist.get("/").headers["location"] == "/login"
    assert sign_in(therapist, account).headers["location"] == "/"
    assert therapist.get("/").status_code == 200


def test_the_cookie_is_for_this_site_and_not_for_scripts(therapist, account):
    cookie = sign_in(therapist, account).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_wrong_name_and_a_wrong_password_look_the_same(therapist, account):
    name = sign_in(therapist, account, name="Nobody")
    word = sign_in(therapist, account, password="wrong")
    assert (name.status_code, word.status_code) == (401, 401)
    assert "Name or password is not right" in name.text
    assert "Name or password is not right" in word.text


def test_guessing_is_slowed_down_and_the_right_password_waits_too(therapist, account, clock):
    for _ in range(5):
        sign_in(therapist, account, password="wrong")
    waiting = sign_in(therapist, account)
    assert waiting.status_code == 429
    assert "Wait 15 s" in waiting.text
    clock.forward(seconds=16)
    assert sign_in(therapist, account).status_code == 303


def test_an_idle_sign_in_ends_and_a_busy_one_ends_after_a_day(therapist, clock):
    clock.forward(minutes=31)
    assert therapist.get("/").status_code == 303


def test_even_a_busy_sign_in_ends_after_twelve_hours(therapist, clock):
    for _ in range(12 * 3):
        clock.forward(minutes=19.9)
        assert therapist.get("/").status_code == 200
    clock.forward(minutes=5)
    assert therapist.get("/").status_code == 303


def test_a_restarted_dashboard_still_knows_who_is_signed_in(browse, claim):
    with browse() as client:
        cookies = claim(client).cookies
    with browse() as client:
        client.cookies = cookies
        assert client.get("/").status_code == 200


def test_a_changed_password_signs_out_every_other_browser(browse, claim, account, settings):
    with browse() as client:
        claim(client)
        old = dict(client.cookies)
        sign_in(client, account)
        form = {"old": account[1], "new": "another calm sentence"}
        assert client.post("/accounts/password", data=form).status_code == 303
        assert client.get("/").status_code == 200
        client.cookies.clear()
        client.cookies.update(old)
        assert client.get("/").status_code == 303
        assert sign_in(client, account).status_code == 401


def test_a_colleague_can_be_added_once(therapist):
    form = {"name": "Kim", "password": "another calm sentence"}
    assert "Kim can sign in now" in therapist.post("/accounts", data=form).text
    assert "already an account" in therapist.post("/accounts", data=form).text
    assert sign_in(therapist, tuple(form.values())).status_code == 303


# --- borders -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("10.1.2.3", 400),
        ("", 400),
        ("[::1", 400),
    ],
)
def test_only_own_names_are_answered(visitor, host, status):
    assert visitor.get("/health", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"origin": "http://localhost"}, True),
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, True),
        ({}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:9999"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_other_sites_cannot_cause_a_change(therapist, headers, let_in):
    answer = therapist.post("/patients", data={"label": "x"}, headers=headers)
    assert (answer.status_code == 200) is let_in
    if not let_in:
        assert answer.status_code == 403


def test_every_answer_carries_the_headers(therapist):
    for path in ("/", "/login", "/nowhere", "/api/nowhere", "/static/css/base.css"):
        headers = therapist.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


def test_a_large_body_is_refused_announced_or_not(therapist):
    announced = therapist.post("/patients", content=b"x" * (BODY_MAX_BYTES + 1))
    assert announced.status_code == 413

    def stream():
        yield from [b"label=" + b"x" * 60_000] * 20

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert therapist.post("/patients", content=stream(), headers=headers).status_code == 413


# --- stop at the device --------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_whoever_stands_at_the_device_can_stop_the_beat(browse, engine, reach, address):
    with browse(address) as client:
        reach(client)
        answer = client.post("/device/stop")
        assert (answer.status_code, answer.json()) == (200, {"text": "done"})
    assert [request.kind for request in engine.asked] == ["stop"]


def test_nobody_else_can_stop_it_without_signing_in(browse, engine, reach):
    with browse("192.168.7.20") as client:
        reach(client)
        answer = client.post("/device/stop", headers={"x-forwarded-for": "127.0.0.1"})
        assert answer.status_code == 403
        assert "only on the device itself" in answer.json()["detail"]
    assert engine.asked == []


def test_health_says_nothing_but_alive(browse, settings, engine, reach):
    with browse() as client:
        reach(client)
        assert client.get("/health").json() == {"dashboard": True, "engine": True}
