"""`rascue run`: starts engine and dashboard as processes of their own, and again when one dies."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from rascue.cli.devices import Calibrations, audio_out_of, calibrations_in, service_devices
from rascue.cli.options import add_address, add_config, add_data, add_devices, loaded_config
from rascue.config.models import RascueConfig
from rascue.core.errors import RascueError, WrongUse
from rascue.sensor.choose import SourceKind, parse_sources
from rascue.session.host import HostClock

LOOK_EVERY_S = 0.1
RESTART_AFTER_S = (0.0, 0.25, 0.5)
"""Waits before restarts that follow each other; with its own start-up the engine is to be back
within 3 s."""

CALM_AFTER_S = 30.0
"""A child that ran for so long starts with the shortest wait again: default, not evidence."""

QUICK_DEATH_S = 10.0
"""A child that ends by itself so soon has not served anybody: default, not evidence."""

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""

GIVE_UP_AFTER_QUICK_DEATHS = 5
END_WITHIN_S = 5.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_address(parser)
    add_devices(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Supervise both processes until SIGTERM or SIGINT."""
    config = loaded_config(args).config
    refuse_unusable(config, calibrations_in(args.data))
    args.data.mkdir(parents=True, exist_ok=True)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    print(_greeting(config), flush=True)
    children = [Child("engine", words_of(args, "source", "audio"))]
    children.append(Child("dashboard", words_of(args, "host", "port", "source")))
    try:
        while not stopping.wait(LOOK_EVERY_S):
            for child in children:
                child.look()
    finally:
        for child in children:
            child.end()
    return 0


def refuse_unusable(config: RascueConfig, found: Calibrations) -> None:
    """Raise for what can be known before anything is started: sensors, output, port."""
    service_devices(config, HostClock(), found)
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.dashboard.host, config.dashboard.port))
        except OSError as error:
            raise RascueError(
                f"cannot use {config.dashboard.host} port {config.dashboard.port} "
                f"({error.strerror}); choose another with --port"
            ) from None


@dataclass
class Child:
    """One process that is started again when it dies."""

    command: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    start_at_s: float = 0.0
    has_served: bool = False
    restarts: int = 0
    quick_deaths: int = 0

    def look(self) -> None:
        """Start the process if it does not run and it is time to.

        Raises
        ------
        RascueError
            When it cannot work here: it refused at its first start, or ends at once every time.
        """
        now_s = time.monotonic()
        if self.process is None:
            if now_s >= self.start_at_s:
                self._start(now_s)
        elif self.process.poll() is not None:
            self._mourn(now_s, self.process.returncode)

    def end(self) -> None:
        """Ask the process to end, then make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self, now_s: float) -> None:
        call = [sys.executable, "-m", "rascue.cli", self.command, *self.words]
        self.process = subprocess.Popen(call, preexec_fn=_end_with_the_supervisor)  # noqa: PLW1509  it has one thread
        self.started_s = now_s

    def _mourn(self, now_s: float, status: int) -> None:
        lived_s = now_s - self.started_s
        self.process = None
        self._count(lived_s, status)
        refused = status == WrongUse.exit_status or (status > 0 and not self.has_served)
        if refused or self.quick_deaths == GIVE_UP_AFTER_QUICK_DEATHS:
            raise RascueError(f"the {self.command} ends at once, status {status}; see above why")
        self.start_at_s = now_s + RESTART_AFTER_S[min(self.restarts, len(RESTART_AFTER_S) - 1)]
        self.restarts += 1
        print(f"The {self.command} ended ({status}); starting it again.", flush=True)

    def _count(self, lived_s: float, status: int) -> None:
        """Tell a child that was killed from one that cannot work here."""
        quick = lived_s < QUICK_DEATH_S and status != -signal.SIGKILL
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        self.has_served = self.has_served or not quick
        if lived_s > CALM_AFTER_S:
            self.restarts = 0


def _end_with_the_supervisor() -> None:
    """Let the kernel ask this process to end when the supervisor is killed: nobody would look on.

    Runs in the child between fork and exec.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def words_of(args: argparse.Namespace, *names: str) -> list[str]:
    """Return the options of this call that a child is to be given."""
    words = ["--data", str(args.data)]
    for name in ("config", *names):
        given = getattr(args, name)
        values = given if isinstance(given, list) else [given]
        for value in values:
            words += [] if value is None else [f"--{name}", str(value)]
    return words


def _greeting(config: RascueConfig) -> str:
    """Say in two lines what is real and what is not."""
    kind = parse_sources(config.sensor.source)[0].kind
    sensor = "no sensor in use: a simulated person walks" if kind is SourceKind.SIMULATED else ""
    sound = "no sound output in use: beats are shown and logged, not heard"
    silent = not audio_out_of(config).capabilities.audible
    lines = [f"Sensor: {sensor or ', '.join(config.sensor.source)}."]
    lines.append(f"Sound: {sound if silent else config.audio.output}.")
    return "\n".join(lines)
