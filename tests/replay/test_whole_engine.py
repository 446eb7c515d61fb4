"""`rascue replay` on one recording of each set: exact sound, identical twice, verifiable, fast."""

from __future__ import annotations

import csv
import json
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rascue.audio.sounds import render
from rascue.cli.main import main
from rascue.session.verify import verify

RECORDINGS = [
    "mobgap_HA001_Test11_Trial1_lower_back.npz",
    "gaitmap_5047_2x20m_left_foot.npz",
    "voisard_02-1_lower_back.npz",
    "truong_008-1_left_foot.npz",
    "oxford_ox1_pixel_neck_pouch.npz",
    "daphnet_S02R01_ankle.npz",
]
RESULTS = {"session.sqlite", "audio.wav", "beats.csv", "steps.csv", "summary.json"}
FULL_SCALE = 32767


def replay(recording: Path, out: Path) -> dict[str, bytes]:
    assert main(["replay", str(recording), "--program", "quick_look", "--out", str(out)]) == 0
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.mark.parametrize("name", RECORDINGS)
def test_two_replays_are_identical_and_verify(
    name: str, gait_file: Callable[[str], Path], tmp_path: Path
) -> None:
    first = replay(gait_file(name), tmp_path / "first")
    second = replay(gait_file(name), tmp_path / "second")
    assert set(first) == RESULTS
    assert first == second
    found = verify(tmp_path / "first" / "session.sqlite")
    assert found.differences == ()
    assert found.n_outputs > 0


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_click_begins_at_its_frame(
    name: str, gait_file: Callable[[str], Path], tmp_path: Path
) -> None:
    replay(gait_file(name), tmp_path)
    with wave.open(str(tmp_path / "audio.wav")) as file:
        rate_hz = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / FULL_SCALE
    with (tmp_path / "beats.csv").open() as table:
        beats = [row for row in csv.DictReader(table) if row["outcome"] == "played"]
    assert json.loads((tmp_path / "summary.json").read_text())["n_beats"]["played"] == len(beats)
    assert len(beats) > 10
    frames = [int(beat["frame"]) for beat in beats]
    assert onsets(sound, rate_hz) == frames


def onsets(sound: np.ndarray, rate_hz: int) -> list[int]:
    """Return the first nonzero sample after each silence at least as long as half a beat gap."""
    click_frames = len(render("click", accent=False, rate_hz=rate_hz))
    loud = np.flatnonzero(sound != 0.0)
    begins = np.r_[True, np.diff(loud) > click_frames]
    return loud[begins].tolist()
