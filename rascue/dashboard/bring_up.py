"""Looks for sensors and checks them, in a worker process: the dashboard imports nothing of them.

The worker is the command line itself (`rascue imucheck`, `rascue mount`); its lines are what the
page shows, its record is what is kept. The engine lets the worker have the bus for that time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rascue.core.errors import WrongUse

FOLDER = "sensor_checks"
SCAN_MAX_S = 20.0
SHOWN_RECORDS = 10


@dataclass(slots=True)
class Job:
    """A check that runs or has run; ``good`` is None until it has ended."""

    kind: str
    sensor: str
    lines: list[str] = field(default_factory=list)
    good: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what the page shows."""
        return {
            "kind": self.kind,
            "sensor": self.sensor,
            "lines": list(self.lines),
            "good": self.good,
        }


class BringUp:
    """One check at a time, and the records of those that were made.

    Parameters
    ----------
    data_dir
        Folder of data; records go to a folder in it.
    buses
        Bus files to look at beside those of the machine.
    """

    def __init__(self, data_dir: Path, buses: tuple[str, ...] = ()) -> None:
        self._data = data_dir
        self._buses = buses
        self._lock = threading.Lock()
        self._job: Job | None = None

    @property
    def job(self) -> Job | None:
        """The newest check."""
        return self._job

    def sensors(self) -> list[str]:
        """Return the chips that answer, by the names under which they are checked.

        A scan only reads, so the engine may go on with the same bus.
        """
        words = [word for bus in self._buses for word in ("--bus", bus)]
        try:
            said = subprocess.run(
                _call("imucheck", *words),
                check=False,
                capture_output=True,
                text=True,
                timeout=SCAN_MAX_S,
            ).stdout
        except subprocess.TimeoutExpired:
            return []
        return [line for line in said.splitlines() if line and not line.startswith("#")]

    def check(self, sensor: str, now: datetime) -> None:
        """Begin to check whether a chip is fit.

        Raises
        ------
        WrongUse
            When another check is under way.
        """
        self._start("imucheck", sensor, now)

    def mount(self, sensor: str, placement: str, now: datetime) -> None:
        """Begin to look how a chip is worn; otherwise as ``check``."""
        self._start("mount", sensor, now, "--placement", placement, "--data", str(self._data))

    def records(self) -> list[dict[str, Any]]:
        """Return the newest records first."""
        paths = sorted((self._data / FOLDER).glob("*.json"), reverse=True)[:SHOWN_RECORDS]
        return [json.loads(path.read_text("utf-8")) for path in paths]

    def _start(self, kind: str, sensor: str, now: datetime, *words: str) -> None:
        with self._lock:
            if self._job is not None and self._job.good is None:
                raise WrongUse("another check is under way; wait until it has ended")
            self._job = job = Job(kind, sensor)
        folder = self._data / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        out = folder / f"{now:%Y%m%dT%H%M%SZ}-{kind}.json"
        call = _call(kind, sensor, "--out", str(out), *words)
        threading.Thread(target=_work, args=(job, call), name="bring-up", daemon=True).start()


def _call(*words: str) -> list[str]:
    return [sys.executable, "-m", "rascue.cli", *words]


def _work(job: Job, call: list[str]) -> None:
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        for line in worker.stdout or ():
            job.lines.append(line.rstrip())
    job.good = worker.returncode == 0
