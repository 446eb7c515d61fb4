"""Engines and services as processes of their own, and a client that keeps all they say."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from rascue.config.program import find_program, program_to_dict

REPOSITORY = Path(__file__).absolute().parents[2]
SOCKET_NAME = "engine.sock"
SOURCE = ("--source", "simulated:entraining")

PATIENCE_S = 60.0
"""Longest wait for anything: only a broken engine takes so long, also on a busy machine."""

LOOK_EVERY_S = 0.01

BARE_START_S = 0.35
"""What `slowness` times takes where nothing else computes, on the machine the bars were set on."""

Message = dict[str, Any]


def slowness() -> float:
    """Return how many times as long as on a machine at rest a start takes here and now; at least 1.

    Bars in seconds are meant for a machine at rest; other work on a shared one must not fail them.
    """
    begun_s = time.monotonic()
    subprocess.run([sys.executable, "-c", "import numpy, pydantic"], check=True)
    return max(1.0, (time.monotonic() - begun_s) / BARE_START_S)


class Client:
    """One connection to an engine's link; ``seen`` holds every message in order."""

    def __init__(self, data: Path) -> None:
        self.seen: list[Message] = []
        until_s = time.monotonic() + PATIENCE_S
        while not self._greeted(data / SOCKET_NAME):
            assert time.monotonic() < until_s, f"nobody serves {data}"
            time.sleep(LOOK_EVERY_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the engine."""
        self._lines.close()
        self._socket.close()

    def _greeted(self, path: Path) -> bool:
        """Connect and take the greeting; False where nobody is, or somebody who just died."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_S)
        self._lines = self._socket.makefile("rb")
        try:
            self._socket.connect(str(path))
            return self.next_message()["type"] == "hello"
        except (OSError, EOFError):
            self.close()
            return False

    def next_message(self) -> Message:
        """Return the next message; EOFError when the engine is gone."""
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the engine is gone")
        message: Message = json.loads(line)
        self.seen.append(message)
        return message

    def read_until(self, wanted: Callable[[Message], bool]) -> Message:
        """Read on until a message fits; return it."""
        while True:
            message = self.next_message()
            if wanted(message):
                return message

    def read_for(self, seconds: float) -> None:
        """Read what comes within a time; snapshots come ten times a second."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.next_message()

    def drain(self) -> None:
        """Read what a dead engine left in the connection."""
        try:
            while True:
                self.next_message()
        except (EOFError, ConnectionResetError):
            return

    def ask(self, kind: str, **args: Any) -> Message:
        """Ask the engine for something; return its answer."""
        request_id = uuid.uuid4().hex
        request = {"v": 1, "type": "command", "id": request_id, "kind": kind, "args": args,
                   "actor": "test"}  # fmt: skip
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return self.read_until(lambda m: m["type"] == "answer" and m["id"] == request_id)

    def start(self, program: str = "steady_100") -> None:
        """Begin a session as soon as the engine accepts it."""
        self.read_until(lambda m: m["type"] == "snapshot" and m["sensor"]["state"] == "running")
        answer = self.ask(
            "start",
            program=program_to_dict(find_program(program)),
            subject_code="P1",
            started_utc="2026-01-31T09:45:00Z",
        )
        assert answer["ok"], answer["text"]

    def events(self, kind: str) -> list[Message]:
        """Return the data of all events of one kind, in order."""
        found = [m for m in self.seen if m["type"] == "event" and m["kind"] == kind]
        return [event["data"] for event in found]

    @property
    def snapshot(self) -> Message:
        """The newest snapshot that was read."""
        return next(m for m in reversed(self.seen) if m["type"] == "snapshot")


class Process:
    """A ``rascue`` command as a process; what it prints goes into a file."""

    def __init__(self, command: str, *words: str, data: Path) -> None:
        self.data = data
        self.printed_to = data.with_name(f"{data.name}-{command}.log")
        call = [sys.executable, "-m", "rascue.cli", command, "--data", str(data), *words]
        with self.printed_to.open("wb") as out:
            self._process = subprocess.Popen(call, stdout=out, stderr=out, cwd=REPOSITORY)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self.status()
        if kind is not None:
            print(f"{self.printed_to.name}, status {self.status()}: {self.printed()}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def status(self) -> int:
        """Wait for its end; return the exit status."""
        return self._process.wait(PATIENCE_S)

    def printed(self) -> str:
        """Return all it printed so far."""
        return self.printed_to.read_text("utf-8")

    def child(self, command: str) -> int:
        """Return the process id of a child that runs a command of ours."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            for pid in _children(self.pid):
                if command in _words_of(pid):
                    return pid
            time.sleep(LOOK_EVERY_S)
        raise AssertionError(f"no child runs {command}")


def _children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _words_of(pid: int) -> Sequence[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def kill(pid: int) -> int:
    """Kill a process of ours as a power cut would; return the instant, ns."""
    instant_ns = time.monotonic_ns()
    os.kill(pid, signal.SIGKILL)
    return instant_ns


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError(f"process {pid} tells no memory")


def worked_s(pid: int) -> float:
    """Return how long a process has computed, s: what it would take on a machine of its own."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]  # utime and stime. Source: proc(5)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def session_files(data: Path) -> list[Path]:
    """Return the session files of a data folder, in order."""
    return sorted((data / "sessions").glob("*.sqlite"))


@contextmanager
def engine(data: Path, *words: str) -> Iterator[Process]:
    """Run an engine of its own with a simulated walker."""
    with Process("engine", *(words or SOURCE), data=data) as process:
        yield process
