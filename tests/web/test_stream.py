"""The stream of live values over a real connection."""

import http.client
import json
from contextlib import closing, contextmanager

import pytest

from rascue.dashboard.app import create_app

WAIT_S = 20.0


class Page:
    """An open stream, read event by event."""

    def __init__(self, address, cookie):
        self.connection = http.client.HTTPConnection(*address, timeout=WAIT_S)
        self.connection.request("GET", "/api/live", headers={"Cookie": cookie})
        self.answer = self.connection.getresponse()

    def close(self):
        self.connection.close()
        self.answer.close()

    def next(self, wanted):
        """Read on to the next event of this name; None at the end of the stream."""
        name = None
        while line := self.answer.readline().decode():
            if line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: ") and name == wanted:
                return json.loads(line[6:])
        return None


@pytest.fixture
def open_page(serve_app, settings, clock, console, account, engine):
    """Return a function that opens the stream of somebody signed in."""
    app = create_app(settings, console.append, clock)
    services = app.state.services
    robin = services.accounts.create(*account, clock())
    cookie = f"rascue_sign_in={services.sign_ins.begin(robin, clock())}"

    @contextmanager
    def opened():
        with serve_app(app) as address, closing(Page(address, cookie)) as page:
            yield page

    opened.services = services
    return opened


def test_values_come_as_they_are_said(open_page, engine):
    with open_page() as page:
        assert page.answer.headers["content-type"].startswith("text/event-stream")
        engine.show(cadence_spm=97.0)
        while page.next("live")["cadence"] != "97":
            pass
        engine.show(cadence_spm=98.0)
        assert page.next("live")["cadence"] == "98"


def test_a_lost_engine_is_told_and_its_return_too(open_page, engine, settings):
    with open_page() as page:
        page.next("live")
        engine.close()
        assert page.next("link")["connected"] is False
        with closing(type(engine)(settings.socket_path)):
            assert page.next("link")["connected"] is True


def test_an_idle_page_is_signed_out_in_time(open_page, engine, clock):
    with open_page() as page:
        page.next("live")
        clock.forward(minutes=31)
        engine.show()
        assert page.next("signed_out") == {}
        assert page.answer.read().strip() == b""


def test_a_running_session_keeps_its_page_signed_in(open_page, engine, clock):
    engine.show(**engine.session_begun({"subject_code": "P-1", "program": {"title": "t"}}))
    with open_page() as page:
        for k in range(4):
            # The first is looked at by the old time; its successor proves that the new one counts.
            engine.show(n_steps=2 * k)
            engine.show(n_steps=2 * k + 1)
            while page.next("live")["steps"] != 2 * k + 1:
                pass
            clock.forward(minutes=20)


def test_streams_end_when_the_dashboard_does(open_page, engine):
    with open_page() as page:
        page.next("live")
        open_page.services.feed.end()
        assert page.next("signed_out") is None
