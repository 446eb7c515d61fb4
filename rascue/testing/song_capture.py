"""Where the beats of songs lie in what a sound server captured; for ``rascue bench song``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.songs.name import SongName
from rascue.testing.audio_placement import stream_frames
from rascue.testing.bench_table import BenchTable, Cell
from rascue.testing.song_pieces import RATE_HZ, Piece
from rascue.testing.song_placement import Heard, placement_ms, prepared
from rascue.testing.sound_server import FIRST_IN_LINE, SINK, SoundServer, missing_program

TITLE = "Known beats of three songs captured from a sound server, against their plan"
COLUMNS = ("song", "beats", "of", "mean ms", "SD ms", "most ms", "late", "clicks", "under-runs",
           "path breaks")  # fmt: skip
DEPTH = 0.1
LENGTH_S = 40.0
CAPTURED = (
    Piece("march", "c-major", 104, LENGTH_S),
    Piece("groove", "d-minor", 126, LENGTH_S, sway=0.01),
    Piece("waltz", "a-minor", 92, LENGTH_S, drift=0.05),
)
WHOLE_FRAMES = round(0.15 * RATE_HZ)
"""A beat is judged when the path lost nothing so near to it."""


def capture_table() -> BenchTable:
    """Return each song as a row, with what the path itself has broken taken off."""
    missing = missing_program()
    if missing is not None:
        return BenchTable(TITLE, (), (), f"Not measured: {missing} is not installed.")
    return BenchTable(
        TITLE, COLUMNS, tuple(captured(piece) for piece in CAPTURED),
        "Tempo moves by 10 % to both sides; samples are read in the thread. Beats within 0.15 s of "
        "a break of the path, as the pilot channel shows it, are not judged.",
    )  # fmt: skip


def captured(piece: Piece) -> tuple[Cell, ...]:
    """Prepare a piece, play it into a private sound server and judge what it captured."""
    with tempfile.TemporaryDirectory(prefix="rascue-song") as name:
        folder = Path(name)
        song = prepared(piece, folder)
        server = SoundServer(folder)
        try:
            server.start()
            told = _play(folder, song, piece.length_s - 5.0, server.environment)
        finally:
            server.stop()
        samples = np.fromfile(server.capture, np.float32)
    both = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    sound, known, breaks = as_streamed(both, told["first"])
    planned = np.array(told["planned"])
    whole = np.array([known[f - WHOLE_FRAMES : f + WHOLE_FRAMES].all() for f in planned])
    errors = placement_ms(piece, Heard(sound, planned, ()), whole)
    label = f"{piece.style}, {piece.kind}"
    return (
        label, len(errors), len(placement_ms(piece, Heard(sound, planned, ()))),
        float(errors.mean()), float(errors.std()), float(np.abs(errors).max()),
        told["late"], told["clicks"], told["underflows"], breaks,
    )  # fmt: skip


def as_streamed(
    both: NDArray[np.float32], first: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], int]:
    """Return the song by frames of the stream, which of them were heard once, and path breaks.

    The song is the same on both channels, so their difference, (n, 2) on the way in, is the pilot.
    """
    frames, breaks = stream_frames(both[:, 1] - both[:, 0], first)
    kept = frames >= 0
    sound = np.zeros(int(frames.max(initial=0)) + 1, np.float32)
    times = np.bincount(frames[kept], minlength=len(sound))
    sound[frames[kept]] = both[kept, 0]
    return sound, times == 1, breaks


def _play(
    data_dir: Path, song: SongName, length_s: float, environment: dict[str, str]
) -> dict[str, Any]:
    command = [*FIRST_IN_LINE, sys.executable, "-m", "rascue.testing.song_capture_player"]
    command += [str(data_dir), str(song), SINK, str(length_s), str(DEPTH)]
    root = str(Path(__file__).resolve().parents[2])
    played = subprocess.run(
        command, env=dict(environment, PYTHONPATH=root), capture_output=True, text=True, check=False
    )
    if played.returncode:
        raise RuntimeError(f"playing a song failed: {played.stderr}")
    told: dict[str, Any] = json.loads(played.stdout.splitlines()[-1])
    return told
