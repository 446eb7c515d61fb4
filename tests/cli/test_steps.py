"""``rascue steps``: a table of announced contacts, whatever the blocks."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.cli.walks import walk, write_csv, write_npz

COLUMNS = ["t", "emit_t", "side", "cadence", "confidence"]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_npz(tmp_path / "walk.npz", walk())


def rows_of(rascue: Command, recording: Path, out: Path, *words: object) -> list[dict[str, str]]:
    seen = rascue("steps", recording, "--out", out, *words)
    assert (seen.status, seen.err) == (0, [])
    return table(out / f"{recording.stem}.csv")


def test_the_table_has_the_documented_columns_and_units(rascue, recording, tmp_path):
    rows = rows_of(rascue, recording, tmp_path / "out")
    assert list(rows[0]) == COLUMNS
    contacts = [float(row["t"]) for row in rows]
    assert contacts == sorted(contacts)
    assert 30 < len(rows) < 70
    for row in rows:
        assert 0 <= float(row["t"]) <= 30
        assert -0.5 < float(row["emit_t"]) - float(row["t"]) < 1.5
        assert row["side"] in {"L", "R", ""}
        assert row["cadence"] == "" or 60 < float(row["cadence"]) < 160
        assert 0 <= float(row["confidence"]) <= 1


def test_announcements_come_in_order(rascue, recording, tmp_path):
    emitted = [float(row["emit_t"]) for row in rows_of(rascue, recording, tmp_path / "out")]
    assert all(before <= now for before, now in itertools.pairwise(emitted))


@pytest.mark.parametrize("block", [1, 3, 7, 200, 10_000])
def test_blocks_of_any_size_give_the_same_contacts(rascue, recording, tmp_path, block):
    usual = rows_of(rascue, recording, tmp_path / "a")
    other = rows_of(rascue, recording, tmp_path / "b", "--block", block)
    told = ("t", "emit_t", "side", "confidence")
    assert [[row[key] for key in told] for row in other] == [
        [row[key] for key in told] for row in usual
    ]


def test_csv_and_npz_of_one_walk_give_the_same_table(rascue, recording, tmp_path):
    text = write_csv(tmp_path / "text.csv", walk())
    config = tmp_path / "device.toml"
    config.write_text('[sensor]\nplacement = "lower_back"\n')
    from_text = rows_of(rascue, text, tmp_path / "a", "--config", config)
    from_npz = rows_of(rascue, recording, tmp_path / "b")
    assert [row["t"] for row in from_text] == [row["t"] for row in from_npz]


def test_several_recordings_give_a_table_each(rascue, tmp_path):
    paths = [write_npz(tmp_path / f"{name}.npz", walk()) for name in "abc"]
    assert rascue("steps", *paths, "--out", tmp_path / "out").status == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.csv", "b.csv", "c.csv"]


def test_a_detector_can_be_named(rascue, recording, tmp_path):
    assert rows_of(rascue, recording, tmp_path / "out", "--detector", "accelerometer")


@pytest.mark.parametrize("name", ["mobgap_HA001_Test11_Trial1_lower_back.npz"])
def test_a_real_walk_gives_a_table(rascue, gait_file, tmp_path, name):
    rows = rows_of(rascue, gait_file(name), tmp_path / "out")
    assert list(rows[0]) == COLUMNS
    assert len(rows) > 10


# --- wrong use ---------------------------------------------------------------------------------


def test_a_recording_is_never_overwritten(rascue, tmp_path):
    path = write_csv(tmp_path / "walk.csv", walk())
    before = path.read_bytes()
    told = rascue.refused("steps", path, "--out", tmp_path)
    assert told == f"rascue steps: {path} would overwrite what is read; choose another --out"
    assert path.read_bytes() == before


def test_two_recordings_of_one_name_are_refused(rascue, tmp_path):
    paths = []
    for name in "ab":
        (tmp_path / name).mkdir()
        paths.append(write_npz(tmp_path / name / "walk.npz", walk()))
    assert "would be written twice" in rascue.refused("steps", *paths, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--detector", "footgyro"), 'there is no step detector "footgyro"'),
        (("--block", "0"), "argument --block: '0' is not a number from 1 to 10000"),
        (("--block", "many"), "argument --block: 'many' is not a number from 1 to 10000"),
    ],
)
def test_wrong_options_are_refused_with_the_range(rascue, recording, tmp_path, words, told):
    assert told in rascue.refused("steps", recording, "--out", tmp_path / "out", *words)


def test_a_folder_that_cannot_be_made_is_told(rascue, recording, tmp_path):
    (tmp_path / "out").touch()
    told = rascue.refused("steps", recording, "--out", tmp_path / "out")
    assert told.startswith(f"rascue steps: {tmp_path / 'out'}: File exists")
