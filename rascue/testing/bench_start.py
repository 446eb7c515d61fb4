"""How soon the processes of the service are ready, and how much memory they hold."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from rascue.core.errors import RascueError
from rascue.testing.bench_table import BenchTable, Cell

REPEATS = 3
READY_MAX_S = 60.0
SETTLED_AFTER_S = 2.0
"""Memory is read so long after the first answer."""

LOOK_EVERY_S = 0.002
RASCUE = (sys.executable, "-m", "rascue.cli")

Ready = Callable[[Path], bool]


def start_table() -> BenchTable:
    """Return the time from the call to the first answer, and resident memory."""
    port = _free_port()
    engine = ("engine", "--audio", "none")
    dashboard = ("dashboard", "--port", str(port))
    rows: list[tuple[Cell, ...]] = [
        ended("Python alone", (sys.executable, "-c", "pass")),
        ended("Python with numpy", (sys.executable, "-c", "import numpy")),
        ended("rascue --version", (*RASCUE, "--version")),
        served("engine, until it greets", engine, greets),
        served("dashboard, until it answers", dashboard, lambda _: _answers(port)),
    ]
    return BenchTable(
        f"Start-up, {REPEATS} times each",
        ("what", "p50 s", "most s", "processor s", "resident MB"),
        tuple(rows),
        "Processor s is the least that a start took; other work on the machine leaves it alone.",
    )


def ended(name: str, call: Sequence[str]) -> tuple[Cell, ...]:
    """Measure a command that ends by itself."""
    took_s, worked_s = [], []
    for _ in range(REPEATS):
        before_s, begun_s = _children_worked_s(), perf_counter()
        subprocess.run(call, check=True, capture_output=True)
        took_s.append(perf_counter() - begun_s)
        worked_s.append(_children_worked_s() - before_s)
    return name, median(took_s), max(took_s), min(worked_s), None


def served(name: str, words: Sequence[str], ready: Ready) -> tuple[Cell, ...]:
    """Measure a command that serves until it is asked to end."""
    took_s, worked_s, resident_mb = [], [], []
    for _ in range(REPEATS):
        begun_s = perf_counter()
        with _running(words) as (pid, data):
            _await(partial(ready, data), name)
            took_s.append(perf_counter() - begun_s)
            worked_s.append(_worked_s(pid))
            sleep(SETTLED_AFTER_S)
            resident_mb.append(_resident_mb(pid))
    return name, median(took_s), max(took_s), min(worked_s), max(resident_mb)


@contextmanager
def _running(words: Sequence[str]) -> Iterator[tuple[int, Path]]:
    """Run a command on a data folder of its own; give its process id and the folder."""
    with tempfile.TemporaryDirectory(prefix="rascue-") as folder:
        call = [*RASCUE, words[0], "--data", folder, *words[1:]]
        process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process.pid, Path(folder)
        finally:
            process.terminate()
            process.wait()


def _await(ready: Callable[[], bool], name: str) -> None:
    until_s = perf_counter() + READY_MAX_S
    while not ready():
        if perf_counter() > until_s:
            raise RascueError(f"{name}: nothing within {READY_MAX_S:g} s; start it by hand")
        sleep(LOOK_EVERY_S)


def greets(data: Path) -> bool:
    """Return whether an engine says a first word on its link."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        if link.connect_ex(str(data / "engine.sock")) != 0:
            return False
        return bool(link.recv(1))


def _answers(port: int) -> bool:
    """Return whether somebody takes connections at a port of this computer."""
    with socket.socket() as page:
        return page.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children_worked_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _worked_s(pid: int) -> float:
    """Return the processor time of a process so far, s. Source: proc(5), utime and stime."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    """Return the resident memory of a process, MB. Source: proc(5), statm counts pages."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
