"""Detections of other software are read as theirs, and left out where it was not run."""

from __future__ import annotations

from pathlib import Path

from rascue.testing.peers import DETECTIONS, FOLDER_VARIABLE, peer_runs


def written(folder: Path, detector: str, stem: str, times: str) -> None:
    place = folder / DETECTIONS / detector
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{stem}.csv").write_text("t\n" + times)


def test_each_folder_is_a_detector(tmp_path: Path) -> None:
    written(tmp_path, "theirs", "walk", "1.0\n2.5\n")
    written(tmp_path, "silent", "walk", "")
    runs = peer_runs(tmp_path)
    assert list(runs) == ["silent", "theirs"]
    found = runs["theirs"](Path("anywhere/walk.npz"))
    assert found is not None
    assert (found.t_s, found.emit_s, found.outlook) == ([1.0, 2.5], [], [])
    assert runs["silent"](Path("walk.npz")).t_s == []
    assert runs["theirs"](Path("other.npz")) is None


def test_the_folder_is_named_by_the_environment(tmp_path: Path, monkeypatch) -> None:
    written(tmp_path, "theirs", "walk", "1.0\n")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert list(peer_runs()) == ["theirs"]


def test_where_nobody_ran_the_script_there_are_none(tmp_path: Path) -> None:
    assert peer_runs(tmp_path) == {}
