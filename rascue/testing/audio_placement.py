"""Where clicks really lie when the computer is busy: our way and three usual ones compared.

The clicks are captured from a sound server; a pilot channel beside ours tells which frame of the
stream each captured sample is, so that a fault of the path is not taken for one of ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.testing import audio_players, jack_server
from rascue.testing.audio_load import web_load
from rascue.testing.audio_players import PILOT_LEVEL, PILOT_PERIOD, RATE_HZ
from rascue.testing.bench_table import BenchTable
from rascue.testing.jack_server import JackServer
from rascue.testing.sound_server import FIRST_IN_LINE, SINK, SoundServer, missing_program

SPACING = 12_007
"""Frames between two clicks: four a second, and no multiple of any block."""

BLOCK = 512
JACK_BLOCK = 256
OURS_COUNT, OTHERS_COUNT = 600, 100
ONSET_LEVEL = 0.25
WHOLE_FRAMES = 1200
"""The path must have lost nothing in so many frames before an onset, 25 ms, to judge it."""

QUIET_FRAMES = 4800
"""A click is loud after 0.1 s of quiet. Source: AUDIO.md section 3c."""

COLUMNS = (
    "way",
    "heard",
    "of",
    "captured SD ms",
    "max ms",
    "unbroken SD ms",
    "unbroken max ms",
    "frames off",
    "late",
    "under-runs",
    "path breaks",
    "least lead ms",
)
TITLE = "Clicks of a busy computer, four a second, captured from a sound server"

RTMIXER_PYTHON = "RASCUE_RTMIXER_PYTHON"
"""Environment variable: a Python that has rtmixer; tests/audio/rtmixer_env.sh makes one."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How one way of playing did.

    Parameters
    ----------
    n_heard, n_planned
        Clicks found in what was captured, of those played.
    interval_sd_ms, interval_max_ms
        Spread and largest error of the captured intervals, against the nearest multiple of the
        planned one; NaN where nothing was captured.
    unbroken_sd_ms, unbroken_max_ms
        The same for the intervals in which the pilot does not jump: what is left when faults of
        the path are taken off; None without a pilot.
    frame_error
        Largest distance between an onset and its planned frame, by the pilot, of onsets that the
        path left whole; None without one.
    late, underflows
        What the player reports; None where it cannot know.
    path_breaks
        Jumps of the pilot: frames lost or repeated between mixer and capture; None without one.
    least_lead_ms
        By how much the last of our clicks was still in time when it was given to the mixer.
    """

    method: str
    n_heard: int
    n_planned: int
    interval_sd_ms: float = float("nan")
    interval_max_ms: float = float("nan")
    unbroken_sd_ms: float | None = None
    unbroken_max_ms: float | None = None
    frame_error: int | None = None
    late: int | None = None
    underflows: int | None = None
    path_breaks: int | None = None
    least_lead_ms: float | None = None


def onsets(channel: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the samples at which a click begins: loud after quiet."""
    loud = np.flatnonzero(np.abs(channel) > ONSET_LEVEL)
    return loud[np.diff(loud, prepend=-QUIET_FRAMES) >= QUIET_FRAMES]


def stream_frames(pilot: NDArray[np.float32], first: int) -> tuple[NDArray[np.int64], int]:
    """Return the stream's frame for each captured sample, and how often the count jumps.

    Parameters
    ----------
    pilot
        The captured pilot channel; exact zeros are silence.
    first
        Frame of the stream at which the pilot began.

    Returns
    -------
    tuple[NDArray[np.int64], int]
        Shape (n,), -1 where there is no pilot; jumps of less than one period are bridged.
    """
    frames = np.full(len(pilot), -1, np.int64)
    heard = np.flatnonzero(pilot)
    if not len(heard):
        return frames, 0
    count = np.rint(pilot[heard] * (PILOT_PERIOD + 1) / PILOT_LEVEL).astype(np.int64) - 1
    steps = np.diff(count, prepend=count[0]) % PILOT_PERIOD
    frames[heard] = first + count[0] + np.cumsum(steps)
    return frames, int(np.count_nonzero(steps[1:] != 1))


def interval_errors_ms(heard: NDArray[np.int64], spacing: int) -> NDArray[np.float64]:
    """Return each interval minus the nearest multiple of the planned one, ms."""
    intervals = np.diff(heard)
    planned = spacing * np.maximum(np.rint(intervals / spacing), 1)
    errors_ms: NDArray[np.float64] = (intervals - planned) * 1000.0 / RATE_HZ
    return errors_ms


def placement(
    method: str, captured: NDArray[np.float32], told: dict[str, Any], count: int
) -> Placement:
    """Judge what was captured, (n, 2), with what the player told."""
    heard = onsets(captured[:, 0])
    errors_ms = interval_errors_ms(heard, SPACING) if len(heard) > 1 else np.array([np.nan])
    frame_error = path_breaks = unbroken_sd_ms = unbroken_max_ms = None
    if "first" in told and len(heard) > 1:
        frames, path_breaks = stream_frames(captured[:, 1], told["first"])
        planned = np.array(told["planned"])
        # A click whose beginning the path has cut off says nothing about where it was placed.
        whole = heard[frames[heard] - frames[heard - WHOLE_FRAMES] == WHOLE_FRAMES]
        nearest = np.abs(frames[whole][:, None] - planned[None, :]).min(axis=1)
        frame_error = int(nearest.max()) if len(whole) else None
        unbroken_ms = errors_ms[np.diff(frames[heard]) == np.diff(heard)]
        if len(unbroken_ms):
            unbroken_sd_ms = float(unbroken_ms.std())
            unbroken_max_ms = float(np.abs(unbroken_ms).max())
    return Placement(
        method,
        len(heard),
        count,
        float(errors_ms.std()),
        float(np.abs(errors_ms).max()),
        unbroken_sd_ms,
        unbroken_max_ms,
        frame_error,
        told.get("late"),
        told.get("underflows"),
        path_breaks,
        told.get("least_lead_ms"),
    )


def through_sound_server(method: str, count: int, python: str = sys.executable) -> Placement:
    """Play in a child process into a private sound server and judge what it captured."""
    with tempfile.TemporaryDirectory(prefix="rascue-sound") as folder:
        server = SoundServer(Path(folder))
        try:
            server.start()
            told = _play(method, SINK, count, BLOCK, server.environment, python)
        finally:
            server.stop()
        samples = np.fromfile(server.capture, np.float32)
    return placement(method, samples[: len(samples) // 2 * 2].reshape(-1, 2), told, count)


def through_jack(count: int) -> Placement:
    """Play our way with small blocks into JACK, which counts every block that came too late."""
    with tempfile.TemporaryDirectory(prefix="rascue-jack") as folder:
        server = JackServer(Path(folder), f"rascue{os.getpid()}", JACK_BLOCK)
        try:
            server.start()
            device = jack_server.DEVICE
            told = _play("ours", device, count, JACK_BLOCK, server.environment, sys.executable)
            under_runs = server.under_runs()
        finally:
            server.stop()
    return Placement(
        "ours, JACK, 256 frames", count - told["late"], count, late=told["late"],
        underflows=under_runs,
    )  # fmt: skip


def placements(ours: int = OURS_COUNT, others: int = OTHERS_COUNT) -> list[Placement]:
    """Measure every way that can run here; takes about five minutes with the usual counts."""
    with web_load():
        rows = [through_sound_server("ours", ours)]
        rows += [through_sound_server(name, others) for name in ("python_callback", "naive")]
        python = os.environ.get(RTMIXER_PYTHON)
        if python:
            rows.append(through_sound_server("rtmixer", others, python))
        else:
            rows.append(Placement(f"rtmixer: not measured, {RTMIXER_PYTHON} is not set", 0, 0))
        if jack_server.missing_program() is None:
            rows.append(through_jack(others))
    return rows


def placement_table() -> BenchTable:
    """Return every way as a row; for ``rascue bench audio``."""
    missing = missing_program()
    if missing is not None:
        return BenchTable(TITLE, (), (), f"Not measured: {missing} is not installed.")
    return BenchTable(
        TITLE,
        COLUMNS,
        tuple(astuple(row) for row in placements()),
        "Busy interpreter, web server and client beside it; all at the same priority. Unbroken: "
        "intervals in which the path lost or repeated nothing, by the pilot channel; path breaks: "
        "how often it did.",
    )  # fmt: skip


def _play(
    method: str, device: str, count: int, block: int, environment: dict[str, str], python: str
) -> dict[str, Any]:
    first = FIRST_IN_LINE  # as the service itself, deploy/systemd/rascue-engine.service
    command = [
        *first,
        python,
        audio_players.__file__,
        method,
        device,
        str(count),
        str(SPACING),
        str(block),
    ]
    root = str(Path(__file__).resolve().parents[2])
    played = subprocess.run(
        command, env=dict(environment, PYTHONPATH=root), capture_output=True, text=True, check=False
    )
    if played.returncode:
        raise RuntimeError(f"{method} failed: {played.stderr}")
    told: dict[str, Any] = json.loads(played.stdout.splitlines()[-1])
    return told
