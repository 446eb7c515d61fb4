"""Child process: the same clicks played in one of several ways, under a busy interpreter.

Usage: python -m rascue.testing.audio_players METHOD DEVICE COUNT SPACING_FRAMES BLOCK_FRAMES.
Only ``ours`` imports the package, so that the others can run in an environment without it
(``python audio_players.py``). Prints one line of JSON: what the player itself knows.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
LEVEL = 0.5
BUFFERED_BLOCKS = 8
"""85 ms with blocks of 512, for every way of playing: a busy computer stalls for 55 ms (AUDIO.md
section 11, 2)."""

START_S = 1.5
"""From the start of the stream to the first click, s."""

HORIZON_S = 0.4
"""Notice at which our player gives a click to the mixer, s."""

PILOT_PERIOD = 4800
PILOT_LEVEL = 0.5
"""The pilot channel counts frames. Source: AUDIO.md section 3c."""


@dataclass(frozen=True)
class Task:
    """What to play, and where."""

    device: str
    count: int
    spacing: int
    block: int

    @property
    def frames(self) -> int:
        """Length of the whole stream."""
        return round(START_S * RATE_HZ) + self.count * self.spacing


def click() -> NDArray[np.float32]:
    """Return a click that begins at its peak, for players that cannot use the package."""
    t_s = np.arange(1200) / RATE_HZ
    return (LEVEL * np.exp(-t_s / 0.004) * np.cos(2 * np.pi * 2000 * t_s)).astype(np.float32)


def pilot(frames: int) -> NDArray[np.float32]:
    """Return a ramp that tells each frame's number, modulo its period."""
    count = np.arange(frames) % PILOT_PERIOD
    return (PILOT_LEVEL * (count + 1) / (PILOT_PERIOD + 1)).astype(np.float32)


def ours(task: Task) -> dict[str, Any]:
    """Play through the mixer in C, each click given 0.4 s ahead, and the pilot beside them."""
    from rascue.audio.native_mixer import NativeMixer  # noqa: PLC0415
    from rascue.audio.portaudio_stream import PortAudioStream  # noqa: PLC0415

    mixer = NativeMixer(2, 1.0)
    stream = PortAudioStream(task.device, RATE_HZ, task.block, BUFFERED_BLOCKS)
    first = RATE_HZ // 2
    mixer.play(-1, first, pilot(task.frames), 0.0, 1.0)
    sound = click()
    stream.start(mixer)
    planned = [first + RATE_HZ + k * task.spacing for k in range(task.count)]
    waiting = list(enumerate(planned))
    outcomes: list[str] = []
    underflows = 0
    least_lead = task.frames
    while len(outcomes) <= task.count:
        while waiting and waiting[0][1] < mixer.frame + HORIZON_S * RATE_HZ:
            number, frame = waiting.pop(0)
            mixer.play(number, frame, sound, 1.0, 0.0)
            least_lead = min(least_lead, frame - mixer.frame)
        outcomes += [outcome.value for _, _, outcome in mixer.reports()]
        underflows = max((dry for _, _, dry in mixer.block_times()), default=underflows)
        time.sleep(0.05)
    time.sleep(1.0)
    stream.close()
    late = outcomes.count("late")
    return {
        "first": first, "planned": planned, "late": late, "underflows": underflows,
        "least_lead_ms": 1000 * least_lead / RATE_HZ,
    }  # fmt: skip


def naive(task: Task) -> dict[str, Any]:
    """Sleep for a period, play a click: the usual metronome."""
    import sounddevice  # noqa: PLC0415

    sound = click()
    time.sleep(START_S)
    for _ in range(task.count):
        sounddevice.play(sound, RATE_HZ, device=task.device)
        time.sleep(task.spacing / RATE_HZ)
    time.sleep(0.5)
    return {}


def python_callback(task: Task) -> dict[str, Any]:
    """Place clicks by frame in a callback written in Python."""
    import sounddevice  # noqa: PLC0415

    whole = np.zeros(task.frames + RATE_HZ, np.float32)
    sound = click()
    for k in range(task.count):
        at = round(START_S * RATE_HZ) + k * task.spacing
        whole[at : at + len(sound)] += sound[: len(whole) - at]
    position = underflows = 0

    def fill(out: NDArray[np.float32], frames: int, _times: Any, status: Any) -> None:
        nonlocal position, underflows
        underflows += bool(status.output_underflow)
        part = whole[position : position + frames]
        out[: len(part), 0] = part
        out[len(part) :] = 0
        position += frames

    with sounddevice.OutputStream(
        RATE_HZ, task.block, task.device, channels=1, dtype="float32", callback=fill,
        latency=BUFFERED_BLOCKS * task.block / RATE_HZ,
    ):  # fmt: skip
        while position < len(whole):
            time.sleep(0.05)
    return {"underflows": underflows}


def rtmixer(task: Task) -> dict[str, Any]:
    """Give each click to rtmixer with its absolute time, 0.4 s ahead."""
    library = import_module("rtmixer")
    sound = click()
    with library.Mixer(
        device=task.device, channels=1, samplerate=RATE_HZ, blocksize=task.block,
        latency=BUFFERED_BLOCKS * task.block / RATE_HZ,
    ) as mixer:  # fmt: skip
        begin = mixer.time + START_S
        for k in range(task.count):
            at = begin + k * task.spacing / RATE_HZ
            while mixer.time < at - HORIZON_S:
                time.sleep(0.05)
            mixer.play_buffer(sound, channels=1, start=at)
        time.sleep(HORIZON_S + 1.0)
        mixer.stop()
        underflows = mixer.stats.output_underflows
    return {"underflows": underflows}


METHODS: dict[str, Callable[[Task], dict[str, Any]]] = {
    "ours": ours,
    "naive": naive,
    "python_callback": python_callback,
    "rtmixer": rtmixer,
}


def _hog() -> None:
    """Keep the interpreter busy; each second hold it for tens of ms."""
    rows = [{"t": k, "acc": [0.1 * k, 0.2, 9.81]} for k in range(30_000)]
    while True:
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            sum(range(1000))
        json.dumps(rows)


if __name__ == "__main__":
    Thread(target=_hog, daemon=True).start()
    told = METHODS[sys.argv[1]](Task(sys.argv[2], *map(int, sys.argv[3:])))
    sys.stdout.write(json.dumps(told) + "\n")
