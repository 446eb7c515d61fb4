"""``replay``, ``verify`` and ``export`` around one session file."""

from __future__ import annotations

import csv
import json
import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import apsw
import numpy as np
import pytest

from rascue.store.reader import SessionReader
from tests.cli.walks import walk, write_npz

WRITTEN = ["audio.wav", "beats.csv", "session.sqlite", "steps.csv", "summary.json"]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a replay wrote."""
    from rascue.cli import main

    folder = tmp_path_factory.mktemp("replay")
    recording = write_npz(folder / "walk.npz", walk())
    assert main(["replay", str(recording), "--program", "quick_look", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def session(replayed: Path, tmp_path: Path) -> Path:
    """A session file that a test may damage."""
    return Path(shutil.copyfile(replayed / "session.sqlite", tmp_path / "session.sqlite"))


def edited(path: Path, statement: str) -> Path:
    with apsw.Connection(str(path)) as connection:
        connection.execute(statement)
    return path


# --- replay ------------------------------------------------------------------------------------


def test_a_replay_writes_all_its_files(replayed):
    assert sorted(path.name for path in replayed.iterdir()) == sorted([*WRITTEN, "walk.npz"])
    summary = json.loads((replayed / "summary.json").read_text())
    with SessionReader(replayed / "session.sqlite") as reader:
        assert summary["n_steps"] == reader.summary().n_steps > 30


def test_two_replays_give_identical_files(rascue, replayed, tmp_path):
    seen = rascue(
        "replay", replayed / "walk.npz", "--program", "quick_look", "--out", tmp_path / "again"
    )
    assert (seen.status, seen.err) == (0, [])
    for name in WRITTEN:
        assert (tmp_path / "again" / name).read_bytes() == (replayed / name).read_bytes(), name


def test_every_click_begins_at_its_frame(replayed):
    with wave.open(str(replayed / "audio.wav")) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    with (replayed / "beats.csv").open(newline="") as file:
        beats = [row for row in csv.DictReader(file) if row["outcome"] == "played"]
    assert len(beats) > 10
    for beat in beats:
        frame = int(beat["frame"])
        assert not samples[frame - 200 : frame].any()
        assert samples[frame : frame + 48].any()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--program", "quik_look"), 'unknown programme "quik_look" (did you mean "quick_look"?)'),
        (("--program", "own.toml"), "own.toml: there is no such file; check the path"),
        (("--program", "quick_look", "--config", "no.toml"), "no.toml: there is no such file"),
    ],
)
def test_what_a_replay_cannot_use_is_one_line(rascue, replayed, tmp_path, words, told):
    line = rascue.refused("replay", replayed / "walk.npz", *words, "--out", tmp_path / "x")
    assert told in line
    assert not (tmp_path / "x").exists()


def test_a_session_can_be_replayed_but_not_onto_itself(rascue, session, tmp_path):
    told = rascue.refused("replay", session, "--program", "quick_look", "--out", session.parent)
    assert told == f"rascue replay: {session} would overwrite what is read; choose another --out"
    seen = rascue("replay", session, "--program", "quick_look", "--out", tmp_path / "again")
    assert (seen.status, seen.err) == (0, [])


# --- verify ------------------------------------------------------------------------------------


def test_a_session_verifies(rascue, session):
    seen = rascue("verify", session)
    assert (seen.status, seen.err) == (0, [])
    assert seen.out[0].startswith(f"{session}: ")
    assert seen.out[0].endswith("are identical")


def test_a_changed_session_does_not_verify(rascue, session):
    edited(session, "UPDATE beat SET due_ns = due_ns + 1")
    seen = rascue("verify", session)
    assert seen.status == 1
    assert len(seen.err) == 1
    assert seen.err[0].startswith(f"rascue verify: {session}: not identical: input ")


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def _garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5000:9000] = bytes(4000)
    path.write_bytes(content)


def _foreign(path: Path) -> None:
    path.write_bytes(b"t,ax,ay,az\n0,0,0,9.81\n")


def _of_another_program(path: Path) -> None:
    path.unlink()
    with apsw.Connection(str(path)) as connection:
        connection.execute("CREATE TABLE x (y)")


def _newer(path: Path) -> None:
    edited(path, "PRAGMA user_version = 999")


DAMAGES: list[Callable[[Path], None]] = [
    _emptied, _cut, _garbled, _foreign, _of_another_program, _newer, Path.unlink
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", ["verify", "export", "replay", "steps"])
def test_a_damaged_session_is_one_line_for_every_command(
    rascue, session, tmp_path, command, damage
):
    damage(session)
    words = {
        "verify": (),
        "export": ("--format", "csv", "--out", tmp_path / "x.zip"),
        "replay": ("--program", "quick_look", "--out", tmp_path / "x"),
        "steps": ("--out", tmp_path / "x"),
    }
    told = rascue.refused(command, session, *words[command])
    assert told.startswith(f"rascue {command}: {session}: ")


# --- export ------------------------------------------------------------------------------------


def test_a_session_can_be_exported(rascue, session, tmp_path):
    target = tmp_path / "tables.zip"
    seen = rascue("export", session, "--format", "csv", "--out", target)
    assert (seen.status, seen.err) == (0, [])
    assert target.read_bytes().startswith(b"PK")


def test_a_session_is_never_overwritten_by_its_export(rascue, session):
    before = session.read_bytes()
    told = rascue.refused("export", session, "--format", "csv", "--out", session)
    assert told == f"rascue export: {session} would overwrite what is read; choose another --out"
    assert session.read_bytes() == before


def test_an_unknown_format_names_those_there_are(rascue, session, tmp_path):
    told = rascue.refused("export", session, "--format", "cvs", "--out", tmp_path / "x")
    assert told.startswith('rascue export: there is no export format "cvs" (did you mean "csv"?)')


# --- simulate ----------------------------------------------------------------------------------


def test_an_unknown_scenario_names_those_there_are(rascue):
    told = rascue.refused("simulate", "entrainig")
    assert told.startswith('rascue simulate: unknown scenario "entrainig" (did you mean "entrai')


def test_a_scenario_file_with_a_mistake_names_the_key(rascue, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('title = "x"\nduration_s = -1\nprogram = "steady"\nwalker = "demo"\n')
    told = rascue.refused("simulate", path)
    assert told.startswith(f'rascue simulate: {path}: key "duration_s" = -1 is not accepted')
