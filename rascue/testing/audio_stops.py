"""From a person's stop to silence (R1), through the whole engine and a real sound device.

An engine of its own plays a bell into a private sound server while a client presses stop at random
moments, and resume. Its session file tells when each command reached it and which frames its beats
had; the capture tells after how many frames the sound was gone.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.config.program import find_program, program_to_dict
from rascue.core.clock import seconds_between
from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus
from rascue.core.types import Beat, BeatOutcome, Command, DacFrame, EngineNs, PlayedBeat
from rascue.store.location import sessions_folder
from rascue.store.reader import SessionReader
from rascue.testing.bench_table import BenchTable
from rascue.testing.sound_server import FIRST_IN_LINE, SINK, SoundServer, missing_program

STOPS = 1200
"""The path loses or repeats frames around some; of a thousand the time is to be known."""

ENGINES = 4
"""Engines beside each other, so that they take some five minutes."""

BLOCK = 512
CADENCE_SPM = 150.0
HEARD_FOR_S = (0.5, 0.9)
"""From resume to stop, drawn evenly: mostly the first beat has sounded by then."""

PATIENCE_S = 30.0
GAP_FRAMES = 1440
"""30 ms of digital silence before a beat: it is the first one after a stop."""

FOUND_WITHIN_FRAMES = 14_400
"""So far, 0.3 s, the path may have lost or repeated frames since the stop before."""

SAME_FRAMES = 2
"""A stop is judged when the path was whole until the beat after it, to so many frames."""

WITHIN_MS = 50.0
"""Bar of issue 5."""


@dataclass(frozen=True, slots=True)
class Stop:
    """When a stop reached the engine, and the first beat since the stop before that sounded.

    It is one decided since then, whether it sounded before this stop or, as it must not, after it:
    so no sound is left to the account of the stop before.
    """

    at_ns: EngineNs
    first: DacFrame


def stops_table() -> BenchTable:
    """Return the times of all stops; for ``rascue bench stops``."""
    title = "Stop to silence, whole engine, captured"
    missing = missing_program()
    if missing is not None:
        return BenchTable(title, (), (), f"Not measured: {missing} is not installed.")
    with ThreadPoolExecutor(ENGINES) as pool:
        runs = list(pool.map(stop_to_silence_ms, [STOPS // ENGINES + 1] * ENGINES))
    took_ms = np.concatenate(runs)
    row = (STOPS, len(took_ms), *np.quantile(took_ms, (0.5, 0.99, 1.0)).tolist(), WITHIN_MS)
    return BenchTable(
        title,
        ("stops", "judged", "p50 ms", "p99 ms", "most ms", "bar ms"),
        (row,),
        "From the command's arrival in the engine to the last sample that leaves the mixer; a "
        f"device adds its buffer, here {3 * BLOCK / 48:.0f} ms (16 ms with the default block).",
    )


def stop_to_silence_ms(count: int) -> NDArray[np.float64]:
    """Return for each of so many stops in which something sounded the time to silence, ms."""
    with tempfile.TemporaryDirectory(prefix="rascue-stop") as folder:
        data = Path(folder) / "d"
        server = SoundServer(Path(folder))
        try:
            server.start()
            _press_stop(data, server, count)
        finally:
            server.stop()
        (path,) = sessions_folder(data).glob("*.sqlite")
        stops, clocks = _told(path)
        samples = np.fromfile(server.capture, np.float32)
    sound = np.abs(samples[: len(samples) // 2 * 2].reshape(-1, 2)).max(axis=1)
    return judged(sound, stops, clocks)


def judged(
    sound: NDArray[np.float32], stops: list[Stop], clocks: list[tuple[EngineNs, ClockMap]]
) -> NDArray[np.float64]:
    """Find the end of sound for each stop in what was captured.

    Parameters
    ----------
    sound
        Captured samples, (n,), 0 is silence.
    stops
        In order of time.
    clocks
        Frame -> engine time of the mixer's output, and when it was known, in order.

    Returns
    -------
    NDArray[np.float64]
        Shape (m,), ms; stops around which the path lost or repeated frames are left out.
    """
    loud = np.flatnonzero(sound)
    begins = loud[np.diff(loud, prepend=-GAP_FRAMES) >= GAP_FRAMES]
    offsets = _offsets(begins, [stop.first for stop in stops])
    took_ms = []
    for (stop, following), (offset, later) in zip(pairwise(stops), pairwise(offsets), strict=True):
        if offset is None or later is None or abs(later - offset) > SAME_FRAMES:
            continue
        last = loud[np.searchsorted(loud, following.first + offset - SAME_FRAMES) - 1]
        silent = DacFrame(int(last) + 1 - offset)
        at = max(0, bisect_right(clocks, stop.at_ns, key=lambda known: known[0]) - 1)
        took_ms.append(1000 * seconds_between(stop.at_ns, clocks[at][1].to_engine(silent)))
    return np.array(took_ms)


def _offsets(begins: NDArray[np.int64], firsts: list[DacFrame]) -> list[int | None]:
    """Return for each first beat the captured sample minus its frame; None where it is not found.

    The path loses and repeats frames, so each is looked for near where the one before says.
    """
    offset = int(begins[0]) - firsts[0]
    offsets: list[int | None] = []
    for first in firsts:
        near = int(begins[np.argmin(np.abs(begins - offset - first))]) - first
        found = abs(near - offset) <= FOUND_WITHIN_FRAMES
        offsets.append(near if found else None)
        offset = near if found else offset
    return offsets


def _told(path: Path) -> tuple[list[Stop], list[tuple[EngineNs, ClockMap]]]:
    """Return stops between which something sounded, and the clocks, from a session file."""
    clocks: list[tuple[EngineNs, ClockMap]] = []
    stops: list[Stop] = []
    with SessionReader(path) as reader:
        sounded = {
            played.index
            for played in reader.records(PlayedBeat)
            if played.outcome is BeatOutcome.PLAYED
        }
        first: DacFrame | None = None
        for given, records in reader.inputs():
            if isinstance(given, AudioStatus) and given.clock is not None:
                clocks.append((given.at_ns, given.clock))
            if isinstance(given, Command) and given.kind == "stop":
                if first is not None:
                    stops.append(Stop(given.at_ns, first))
                first = None
            for record in records:
                if first is None and isinstance(record, Beat) and record.index in sounded:
                    first = record.frame
    return stops, clocks


def _press_stop(data: Path, server: SoundServer, count: int) -> None:
    """Run an engine, press stop and resume so often, and end the session in order."""
    data.mkdir()
    config = data / "rascue.toml"
    config.write_text(f"[audio]\nblock_frames = {BLOCK}\n[limits]\nsession_max_s = 3600.0\n")
    root = str(Path(__file__).resolve().parents[2])
    call = [sys.executable, "-m", "rascue.cli", "engine", "--data", str(data)]
    devices = ["--source", "simulated:demo", "--audio", f"portaudio:{SINK}"]
    engine = subprocess.Popen(
        [*FIRST_IN_LINE, *call, *devices, "--config", str(config)],
        env=dict(server.environment, PYTHONPATH=root),
    )
    try:
        link = _Link(data / "engine.sock")
        link.begin()
        rng = np.random.default_rng(1)
        for _ in range(count):
            time.sleep(float(rng.uniform(*HEARD_FOR_S)))
            link.ask("stop")
            link.ask("resume")
        link.ask("end")
        time.sleep(1.0)
    finally:
        engine.terminate()
        engine.wait(PATIENCE_S)


class _Link:
    """Asks an engine as a dashboard does."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_S)
        until_s = time.monotonic() + PATIENCE_S
        while self._socket.connect_ex(str(path)):
            if time.monotonic() > until_s:
                raise RuntimeError(f"no engine serves {path}")
            time.sleep(0.05)
        self._lines = self._socket.makefile("rb")

    def begin(self) -> None:
        """Start a plain beat of bells once the output runs."""
        while True:
            said = json.loads(self._lines.readline())
            if said["type"] == "snapshot" and said["sound"]["state"] == "running":
                break
        program = program_to_dict(find_program("steady_100"))
        target = {"kind": "absolute", "value": CADENCE_SPM, "end_value": None}
        step = {**program["step"][0], "kind": "cued", "duration_s": 1800.0, "strategy": "fixed",
                "params": {}, "target": target, "sound": "bell", "title": ""}  # fmt: skip
        program["step"] = [step]
        self.ask("start", program=program, subject_code="bench", started_utc="2026-01-31T09:45:00Z")

    def ask(self, kind: str, **args: Any) -> None:
        """Ask for something and wait for the answer."""
        request_id = uuid.uuid4().hex
        request = {"v": 1, "type": "command", "id": request_id, "kind": kind, "args": args,
                   "actor": "bench"}  # fmt: skip
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            said = json.loads(self._lines.readline())
            if said["type"] == "answer" and said["id"] == request_id:
                if not said["ok"]:
                    raise RuntimeError(f"{kind} was refused: {said['text']}")
                return
