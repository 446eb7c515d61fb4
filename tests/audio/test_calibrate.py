"""The command, on a real sound server whose microphone hears what it plays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rascue.audio.measured import FILE_NAME, read_measured
from rascue.testing.sound_server import MICROPHONE, SINK, SoundServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 1024
"""Survives a busy computer."""


def calibrate(server: SoundServer, folder: Path) -> subprocess.CompletedProcess[str]:
    config = folder / "rascue.toml"
    config.write_text(f"[audio]\nblock_frames = {BLOCK}\n")
    command = [sys.executable, "-m", "rascue.cli", "calibrate", "--audio", f"portaudio:{SINK}"]
    options = ["--microphone", MICROPHONE, "--data", str(folder), "--config", str(config)]
    return subprocess.run(
        [*command, *options],
        env=dict(server.environment, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_latency_is_measured_and_stored(sound_server: SoundServer, tmp_path: Path) -> None:
    done = calibrate(sound_server, tmp_path)
    if done.returncode:  # a stalled machine makes the latency unsteady: refused, and rightly so
        done = calibrate(sound_server, tmp_path)
    assert done.returncode == 0, done.stderr
    (found,) = read_measured(tmp_path / FILE_NAME)
    assert found.holds_for(f"portaudio:{SINK}", 48_000, BLOCK)
    assert 2 * BLOCK / 48_000 < found.latency_s < 0.25  # at least what is buffered
    assert found.iqr_s < 0.002
