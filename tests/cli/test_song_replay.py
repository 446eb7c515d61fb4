"""A song through the whole engine: heard in the file, told in the session, the same again."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Beat, PlayedBeat
from rascue.store.reader import SessionReader
from rascue.testing.song_pieces import Piece
from rascue.testing.song_placement import SONG_ID, Heard, placement_ms, prepared
from tests.cli.command import Command
from tests.cli.walks import walk, write_npz

PIECE = Piece("march", "c-major", 106.0, 14.0)
SOUND = f"song:{SONG_ID}:1"

PROGRAM = f"""
name = "own_song"
version = "1"
title = "Walk to a song"
rationale = "test"

[[step]]
kind = "cued"
duration_s = 22
strategy = "fixed"
sound = "{SOUND}"
level_dbfs = -12.0
[step.target]
kind = "absolute"
value = 106.0
end_value = 112.0
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    prepared(PIECE, folder)
    return folder


@pytest.fixture
def replayed(rascue: Command, tmp_path: Path):
    """A function that walks to the song with the songs of a folder; returns the results."""

    def run(data: Path) -> Path:
        program = tmp_path / "own_song.toml"
        program.write_text(PROGRAM)
        recording = write_npz(tmp_path / "walk.npz", walk())
        out = tmp_path / "out"
        rascue("replay", recording, "--program", program, "--out", out, "--data", data)
        return out

    return run


def records(out: Path, kind: type) -> list:
    with SessionReader(out / "session.sqlite") as reader:
        return [one for _, stored in reader.inputs() for one in stored if isinstance(one, kind)]


def sound_of(out: Path) -> np.ndarray:
    with wave.open(str(out / "audio.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def test_beats_of_the_song_fall_on_planned_frames_and_verify_is_identical(
    replayed, rascue: Command, data_dir: Path
) -> None:
    out = replayed(data_dir)
    beats, played = records(out, Beat), records(out, PlayedBeat)
    assert {beat.sound for beat in beats} == {SOUND}  # the file tells song and beat map
    assert sum(one.sound_ns is not None for one in played) > 24
    planned = np.array([beat.frame for beat in beats])
    errors = placement_ms(PIECE, Heard(sound_of(out), planned, ()))
    assert len(errors) > 14
    assert errors.std() < 3.0
    assert np.abs(errors).max() < 10.0
    assert not any(fault.code is FaultCode.SONG_UNAVAILABLE for fault in records(out, Fault))
    seen = rascue("verify", out / "session.sqlite")
    assert seen.status == 0


def test_without_its_song_a_session_clicks_and_says_so(
    replayed, rascue: Command, data_dir: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(data_dir, broken)
    for version in broken.glob("songs/*/v*.s16"):
        version.write_bytes(version.read_bytes()[: 8 * 96_000])
    out = replayed(broken)
    faults = [f for f in records(out, Fault) if f.code is FaultCode.SONG_UNAVAILABLE]
    assert faults[0].raised
    assert "damaged" in faults[0].detail
    sound = sound_of(out)
    for beat in records(out, Beat)[24:]:
        assert np.abs(sound[beat.frame : beat.frame + 200]).max() > 0.01
    assert rascue("verify", out / "session.sqlite").status == 0
