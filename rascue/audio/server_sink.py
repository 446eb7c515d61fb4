"""Which device a sound server plays to: behind ``default`` may be a headset without a wire."""

from __future__ import annotations

import shutil
import subprocess
import threading

SERVER_DEVICES = frozenset({"default", "pulse", "pipewire", "jack"})
"""Names under which ALSA and PortAudio show a sound server instead of a device."""

TIMEOUT_S = 1.0

LOOK_EVERY_S = 2.0
"""How often a server is asked whether it still plays to the same device, s. Default."""


def server_sink(device_name: str) -> str:
    """Return the server's name of what it plays to now.

    Parameters
    ----------
    device_name
        As PortAudio states it.

    Returns
    -------
    str
        "" for a device that is no sound server, and where no server answers.
    """
    asker = shutil.which("pactl")  # PulseAudio's, which PipeWire answers as well
    if device_name.lower() not in SERVER_DEVICES or asker is None:
        return ""
    try:
        asked = subprocess.run(
            [asker, "get-default-sink"],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


class SinkWatch:
    """Notices, in a thread of its own, when a sound server begins to play to another device.

    Parameters
    ----------
    device_name
        As PortAudio states it; for a device that is no sound server nothing happens.
    sink
        What the server plays to when the device is opened.
    """

    def __init__(self, device_name: str, sink: str) -> None:
        self._device_name = device_name
        self._sink = sink
        self._closing = threading.Event()
        self.moved_to = ""
        """The server's name of another device, as soon as there is one."""
        if sink:
            threading.Thread(target=self._watch, name="sink", daemon=True).start()

    def close(self) -> None:
        """End soon; harmless when called twice."""
        self._closing.set()

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_EVERY_S):
            sink = server_sink(self._device_name)
            if sink not in {"", self._sink}:
                self.moved_to = sink
                return
