"""The command, on a real sound server whose microphone hears what it plays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rascue.audio.calibration_noise import NOISE_DBFS
from rascue.audio.measured import FILE_NAME, read_measured
from rascue.audio.measured_level import MeasuredLevel, read_levels
from rascue.testing.sound_server import MICROPHONE, SINK, SoundServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 1024
"""Survives a busy computer."""


def calibrate(server: SoundServer, folder: Path, *by: str) -> subprocess.CompletedProcess[str]:
    config = folder / "rascue.toml"
    config.write_text(f"[audio]\nblock_frames = {BLOCK}\n")
    command = [sys.executable, "-m", "rascue.cli", "calibrate", "--audio", f"portaudio:{SINK}"]
    options = [*by, "--data", str(folder), "--config", str(config)]
    return subprocess.run(
        [*command, *options],
        env=dict(server.environment, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_latency_is_measured_and_stored(sound_server: SoundServer, tmp_path: Path) -> None:
    done = calibrate(sound_server, tmp_path, "--microphone", MICROPHONE)
    if done.returncode:  # a stalled machine makes the latency unsteady: refused, and rightly so
        done = calibrate(sound_server, tmp_path, "--microphone", MICROPHONE)
    assert done.returncode == 0, done.stderr
    (found,) = read_measured(tmp_path / FILE_NAME)
    assert found.holds_for(f"portaudio:{SINK}", 48_000, BLOCK)
    assert 2 * BLOCK / 48_000 < found.latency_s < 0.25  # at least what is buffered
    assert found.iqr_s < 0.002


def test_the_level_is_measured_with_noise_and_kept(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    played = calibrate(sound_server, tmp_path, "--level")
    assert played.returncode == 0, played.stderr
    assert "Hold the meter" in played.stdout
    samples = np.fromfile(sound_server.capture, np.float32)[::2]
    loud = samples[np.abs(samples) > 1e-4]
    assert len(loud) > 10 * 48_000
    assert 20 * np.log10(np.sqrt(2 * np.mean(loud**2))) == pytest.approx(NOISE_DBFS, abs=0.3)
    kept = calibrate(sound_server, tmp_path, "--level", "72.5")
    assert kept.returncode == 0, kept.stderr
    assert read_levels(tmp_path / "levels.toml") == (
        MeasuredLevel(f"portaudio:{SINK}", 72.5 - NOISE_DBFS),
    )
    refused = calibrate(sound_server, tmp_path, "--level", "7")
    assert refused.returncode != 0
    assert "between 30 and 110" in refused.stderr
