"""Recordings that cannot be used: one line that names the file, what is wrong, and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.cli.walks import REFUSED, TOLD, walk, write_csv, write_npz

WRITERS = {"csv": write_csv, "npz": write_npz}


def words_of(command: str, path: Path, out: Path) -> list[object]:
    program = ["--program", "quick_look"] if command == "replay" else []
    return [command, path, *program, "--out", out]


@pytest.fixture(params=["steps", "replay"])
def refused(request: pytest.FixtureRequest, rascue: Command, tmp_path: Path):
    """A function that gives a file to a command which must refuse it in one line."""

    def give(path: Path) -> str:
        line = rascue.refused(*words_of(request.param, path, tmp_path / "out"))
        start = f"rascue {request.param}: {path}: "
        assert line.startswith(start)
        assert not list((tmp_path / "out").glob("*.csv"))
        return line.removeprefix(start)

    return give


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("wrong", REFUSED)
def test_what_cannot_be_used_is_refused_with_the_remedy(refused, tmp_path, wrong, kind):
    damage, told = REFUSED[wrong]
    path = WRITERS[kind](tmp_path / f"walk.{kind}", damage(walk()))
    assert told in refused(path)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.999])
def test_a_truncated_archive_is_refused(refused, tmp_path, share):
    path = write_npz(tmp_path / "walk.npz", walk())
    whole = path.read_bytes()
    path.write_bytes(whole[: round(share * len(whole))])
    assert refused(path)


def test_a_text_cut_off_within_a_line_is_told_and_used_up_to_there(rascue, tmp_path):
    path = write_csv(tmp_path / "walk.csv", walk())
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:2000], lines[2000][:20]]))
    seen = rascue(*words_of("steps", path, tmp_path / "out"))
    assert (seen.status, seen.err) == (0, [])
    assert "walk.csv: line 2001 is cut off and left out" in seen.out


@pytest.mark.parametrize("kind", WRITERS)
def test_garbled_bytes_are_refused(refused, tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"walk.{kind}", walk())
    garbled = bytearray(path.read_bytes())
    middle = len(garbled) // 3
    garbled[middle : middle + 2000] = bytes(range(250)) * 8
    path.write_bytes(garbled)
    assert refused(path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("walk.csv", b"", "is empty; the first line must be t,ax,ay,az"),
        ("walk.npz", b"", "is empty; copy it again"),
        ("walk.csv", b"t;ax;ay;az\n0;1;2;3\n", "columns must be separated by commas"),
        ("walk.csv", b"time,x,y,z\n0,1,2,3\n", "line 1 has no column t, ax, ay, az"),
        ("walk.csv", b"t,ax,ay,az\n0.00,1,2,9.81\n0.01,1,zwei,9.81\n", 'line 3: ay is "zwei"'),
        ("walk.csv", b"t,ax,ay,az\n0.00,1,2\n0.01,1,2,9.81\n", "line 2 has fewer cells"),
        ("walk.npz", b"PK\x03\x04 and then something else", "is damaged or not an .npz file"),
        ("walk.csv", b"\xff\xfe\x00t\x00,", "is not a text file"),
    ],
)
def test_foreign_files_are_refused(refused, tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    assert told in refused(path)


def test_an_absent_file_is_refused(refused, tmp_path):
    assert refused(tmp_path / "nowhere.npz") == "there is no such file; check the name"


def test_a_folder_is_refused(refused, tmp_path):
    folder = tmp_path / "walk.csv"
    folder.mkdir()
    assert refused(folder)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("doubt", TOLD)
def test_what_is_doubtful_is_told_and_the_work_is_done(rascue, tmp_path, doubt, kind):
    damage, told = TOLD[doubt]
    path = WRITERS[kind](tmp_path / f"walk.{kind}", damage(walk()))
    seen = rascue("steps", path, "--out", tmp_path / "out")
    assert (seen.status, seen.err) == (0, [])
    assert any(line.startswith(f"{path.name}: {told}") for line in seen.out)
    assert (tmp_path / "out" / "walk.csv").read_text().count("\n") > 20
