"""The dashboard in this process, against a real link served by a scripted engine."""

from __future__ import annotations

import threading
import time
import warnings
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from rascue.core.types import AudioState, CadenceStatus, SessionState, StepKind
from rascue.dashboard.app import create_app
from rascue.dashboard.settings import DashboardSettings
from rascue.link.messages import (
    Answer,
    CommandKind,
    Event,
    EventKind,
    Hello,
    SensorLamp,
    SensorState,
    Snapshot,
    SoundLamp,
)
from rascue.link.server import LinkServer
from rascue.session.snapshot import sound_offers

with warnings.catch_warnings():
    # Starlette moves its test client from httpx to httpx2; both work.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

NAME = "Robin"
PASSWORD = "a calm walk in the park"
WAIT_S = 20.0
TENTH_NS = 100_000_000


class HandClock:
    """The wall clock of a test; moves only when told."""

    def __init__(self):
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **length):
        self.now += timedelta(**length)


class ScriptedEngine:
    """Speaks the link's protocol like the engine, with made-up values.

    ``show`` publishes one snapshot a tenth of a second later; ``walk`` many.
    """

    SENSOR = SensorLamp(
        state=SensorState.RUNNING, text="simulated walker at the lower back", age_s=0.02
    )
    SOUND = SoundLamp(state=AudioState.RUNNING, text="headphone output", audible=True)

    def __init__(self, path):
        self.asked = []
        self.refusal = None
        self.now = Snapshot(
            seq=0, at_ns=10**12, state=SessionState.IDLE, sensor=self.SENSOR, sound=self.SOUND
        )
        hello = Hello(engine_version="test", boot_id="boot", sounds=sound_offers())
        self.link = LinkServer(path, self.take, hello)
        self.lock = threading.Lock()
        self.link.start()
        self.show()

    def close(self):
        self.link.close()

    def show(self, **changes):
        with self.lock:
            step = {"seq": self.now.seq + 1, "at_ns": self.now.at_ns + TENTH_NS}
            self.now = self.now.model_copy(update=step | changes)
            self.link.publish(self.now)

    def walk(self, seconds, cadence=lambda t_s: 101.0, **changes):
        for _ in range(round(seconds * 10)):
            t_s = self.now.elapsed_s + 0.1
            self.show(
                elapsed_s=t_s,
                block_elapsed_s=t_s,
                block_left_s=max(0.0, 300 - t_s),
                cadence_spm=cadence(t_s),
                **changes,
            )

    def take(self, request):
        self.asked.append(request)
        if self.refusal:
            self.link.answer(Answer(id=request.id, ok=False, text=self.refusal))
            return
        text = self.carry_out(request)
        self.link.answer(Answer(id=request.id, ok=True, text=text))

    def carry_out(self, request):
        args = request.args
        match request.kind:
            case CommandKind.START:
                self.show(**self.session_begun(args))
            case CommandKind.PREVIEW:
                self.show(preview=args["sound"])
            case CommandKind.STOP if self.now.preview:
                self.show(preview="")
            case CommandKind.STOP:
                self.show(state=SessionState.SILENT, stopped=True, cue_spm=None)
            case CommandKind.RESUME:
                self.show(state=SessionState.CUEING, stopped=False, cue_spm=102.0)
            case CommandKind.END:
                self.show(state=SessionState.ENDED, stopped=False, session_id=None)
            case CommandKind.ADJUST_TEMPO:
                offset = self.now.tempo_offset_spm + args["delta_spm"]
                self.show(tempo_offset_spm=offset)
                return f"tempo by hand: {offset:+.0f} steps/min"
            case CommandKind.ADJUST_LEVEL:
                self.show(level_offset_db=self.now.level_offset_db + args["delta_db"])
                return "volume changed"
            case CommandKind.MARK:
                note = {"at_ns": self.now.at_ns, "kind": "mark", "text": args["text"]}
                self.link.publish(Event(kind=EventKind.NOTE, data=note))
        return "done"

    def session_begun(self, args):
        return {
            "state": SessionState.CUEING,
            "session_id": "0190-test",
            "subject_code": args["subject_code"],
            "program_title": args["program"]["title"],
            "elapsed_s": 0.0,
            "planned_s": 900.0,
            "block_index": 1,
            "block_count": 5,
            "block_title": "Meet and lead",
            "block_kind": StepKind.CUED,
            "cadence_status": CadenceStatus.STEADY,
            "cadence_spm": 98.0,
            "baseline_spm": 96.0,
            "target_spm": 104.0,
            "cue_spm": 102.0,
            "level_dbfs": -18.0,
            "consistency_r": 0.93,
            "asynchrony_mean_ms": -32.0,
            "locked": True,
            "explanation": "raised to 102: locked for 60 s",
        }


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def console():
    """What the dashboard said to whoever stands at the device."""
    return []


@pytest.fixture
def settings(tmp_path):
    return DashboardSettings(data_dir=tmp_path / "data", socket_path=tmp_path / "link.sock")


@pytest.fixture
def engine(settings):
    with closing(ScriptedEngine(settings.socket_path)) as scripted:
        yield scripted


@pytest.fixture
def browse(settings, clock, console):
    """Return a function that opens a client of the running app, as seen from an address."""

    @contextmanager
    def open_client(address="192.168.7.20", app=None):
        app = app or create_app(settings, console.append, clock)
        with TestClient(
            app, base_url="http://localhost", client=(address, 50000), follow_redirects=False
        ) as client:
            client.clock = clock
            yield client

    return open_client


@pytest.fixture
def serve_app():
    """Return a function that runs an app in a thread and gives its address."""

    @contextmanager
    def serve(app, port=0):
        config = uvicorn.Config(
            app, port=port, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        try:
            yield server.servers[0].sockets[0].getsockname()
        finally:
            server.should_exit = True
            thread.join()

    return serve


@pytest.fixture
def visitor(browse):
    """A client that is not signed in, on a device that nobody has claimed."""
    with browse() as client:
        yield client


def code_on(console):
    return console[-1].split(":")[1].split("(")[0].strip()


@pytest.fixture
def claim(console):
    """Return a function that creates the first account and so signs the client in."""

    def create(client):
        form = {"code": code_on(console), "name": NAME, "password": PASSWORD}
        answer = client.post("/setup", data=form)
        assert answer.status_code == 303, answer.text
        return client

    return create


@pytest.fixture
def therapist(visitor, claim):
    """A signed-in client; no engine runs unless the test asks for one."""
    return claim(visitor)


@pytest.fixture
def reach():
    """Return a function that waits until the dashboard reaches the engine."""

    def wait(client):
        deadline = time.monotonic() + WAIT_S
        while not client.get("/health").json()["engine"]:
            assert time.monotonic() < deadline, "the dashboard does not find the engine"

    return wait


@pytest.fixture
def account():
    return NAME, PASSWORD
