"""A private PulseAudio with one sink that plays into a file, paced by the system clock.

It needs no sound card, no root and no D-Bus. The device is reached through the ``pulse`` plug-in of
ALSA, which reads ``.asoundrc`` of HOME once per process: open it in a child process with
``environment``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

SINK = "rascue_test"
MICROPHONE = "rascue_microphone"
"""An input that hears what the sink plays."""

RATE_HZ = 48_000
FORMAT = [f"--rate={RATE_HZ}", "--channels=2", "--format=float32le", "--latency-msec=20"]
FRAME_BYTES = 8
SERVER_OPTIONS = [
    "-n",
    "--high-priority",
    "--realtime",
    "--daemonize=no",
    "--exit-idle-time=-1",
    "--use-pid-file=no",
]
FIRST_IN_LINE = ("nice", "-n", "-15") if os.geteuid() == 0 else ()
"""The server stands in for a device's own clock, so load must not reach it; root may say so."""

PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")


def missing_program() -> str | None:
    """Return a program that this needs and the system lacks."""
    return next((name for name in PROGRAMS if shutil.which(name) is None), None)


class SoundServer:
    """Server, a silent player that keeps the sink awake, and a recorder of what the sink plays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.capture = folder / "capture.raw"
        """Frames of two float32; begins anew with every start."""
        self.environment = dict(
            os.environ,
            HOME=str(folder),
            XDG_RUNTIME_DIR=str(folder),
            PULSE_RUNTIME_PATH=str(folder),
            PULSE_SERVER=f"unix:{self._socket}",
        )
        devices = {SINK: SINK, MICROPHONE: f"{SINK}.monitor"}
        (folder / ".asoundrc").write_text(
            "".join(
                f"pcm.{name} {{ type pulse device {device} "
                f"hint {{ show on description {name} }} }}\n"
                for name, device in devices.items()
            )
        )

    def start(self) -> None:
        """Start everything and return when the recorder really records."""
        self.capture.unlink(missing_ok=True)
        server = self._launch(["pulseaudio", *SERVER_OPTIONS, *self._modules()])
        self._wait("the sound server answers", lambda: self._answers(server))
        # An idle sink renders seconds ahead, so that the start of what follows would be lost.
        with Path("/dev/zero").open("rb") as silence:
            self._launch(["pacat", "--raw", "-d", SINK, *FORMAT], stdin=silence)
        self._launch(["parec", "-d", f"{SINK}.monitor", *FORMAT, str(self.capture)])
        self._wait("the recorder records", lambda: self.recorded_frames() > RATE_HZ // 20)

    def recorded_frames(self) -> int:
        """Return how much has been recorded."""
        return self.capture.stat().st_size // FRAME_BYTES if self.capture.exists() else 0

    def stop(self) -> None:
        """End what ``start`` began, the server last."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(10)
        self._processes.clear()

    def kill(self) -> None:
        """End everything without a farewell."""
        for process in self._processes:
            process.kill()
            process.wait(10)
        self._processes.clear()
        self._socket.unlink(missing_ok=True)

    def _modules(self) -> list[str]:
        socket = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"
        sink = f"module-null-sink sink_name={SINK} rate={RATE_HZ} format=float32le"
        return ["-L", socket, "-L", sink]

    def _answers(self, server: subprocess.Popen[bytes]) -> bool:
        if server.poll() is not None:
            raise RuntimeError("pulseaudio has ended at once")
        question = ["pactl", "info"]
        asked = subprocess.run(question, env=self.environment, capture_output=True, check=False)
        return asked.returncode == 0

    def _launch(
        self, command: list[str], stdin: IO[bytes] | int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*FIRST_IN_LINE, *command],
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    @staticmethod
    def _wait(what: str, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not done():
            if time.monotonic() > deadline:
                raise RuntimeError(f"waited in vain until {what}")
            time.sleep(0.02)
