"""A private JACK server without a sound card: small blocks and real under-runs.

Paced by the system clock. A child process reaches it through ``environment``; its output device is
called ``system``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

RATE_HZ = 48_000
DEVICE = "system"
REALTIME = ("-R", "-P", "70") if os.geteuid() == 0 else ("-r",)
"""Driver and clients run above ordinary threads where that is allowed. Source: AUDIO.md 3b."""

PROGRAMS = ("jackd", "jack_wait")


def missing_program() -> str | None:
    """Return a program that this needs and the system lacks."""
    return next((name for name in PROGRAMS if shutil.which(name) is None), None)


class JackServer:
    """The dummy driver of JACK, with its log.

    Parameters
    ----------
    folder
        Where the log goes.
    name
        Name of the server; unique among those that run.
    block_frames
        Period of the driver, frames.
    """

    def __init__(self, folder: Path, name: str, block_frames: int) -> None:
        self._log = folder / "jackd.log"
        self._name = name
        self._block_frames = block_frames
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = dict(
            os.environ,
            JACK_DEFAULT_SERVER=name,
            JACK_NO_AUDIO_RESERVATION="1",
            JACK_NO_START_SERVER="1",
        )

    def start(self) -> None:
        """Start the server and return when it answers."""
        driver = f"-d dummy -r {RATE_HZ} -C 0 -P 2".split()
        command = ["jackd", "-n", self._name, "--no-mlock", *REALTIME, *driver]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-p", str(self._block_frames)],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        waiting = f"jack_wait -w -t 10 -s {self._name}".split()
        subprocess.run(waiting, env=self.environment, capture_output=True, check=True)

    def under_runs(self) -> int:
        """Return how often the server says that a client was not in time."""
        return self._log.read_text(errors="replace").count("XRun")

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
