"""``rascue bench``: tables for people and as JSON, whatever is missing."""

from __future__ import annotations

import json
import sys

import pytest

from rascue.core.errors import RascueError
from rascue.testing import bench_engine, bench_start


@pytest.fixture
def _short(monkeypatch):
    monkeypatch.setattr(bench_engine, "WALK_S", 12.0)


@pytest.mark.usefixtures("_short")
def test_engine_work_is_measured_for_one_and_for_two_sensors(rascue):
    seen = rascue("bench", "engine", "--json")
    assert seen.status == 0
    (tables,) = json.loads("\n".join(seen.out)).values()
    work, sessions = tables
    assert [row["processor time of"] for row in work["rows"]] == [
        f"{who}: {what}" for who in ("lower back", "two feet") for what in ("block", "tick", "turn")
    ]
    for row in work["rows"]:
        assert 0 < row["p50 ms"] <= row["p99 ms"] <= row["most ms"]
    assert all(row["value"] > 0 for row in sessions["rows"])


@pytest.mark.usefixtures("_short")
def test_for_people_each_table_has_a_title_and_a_heading(rascue):
    lines = rascue("bench", "engine").out
    assert lines[0].startswith("Engine work per block of 10 samples")
    assert "p99 ms" in lines[1]


def test_without_recordings_the_steps_table_says_what_to_do(rascue, monkeypatch, tmp_path):
    monkeypatch.setenv("RASCUE_GAIT_DATA", str(tmp_path))
    seen = rascue("bench", "steps")
    assert seen.status == 0
    assert seen.out[1].startswith(f"{tmp_path}/manifest.csv is not there; set RASCUE_GAIT_DATA")


def test_an_unknown_table_is_refused(rascue):
    assert "invalid choice: 'stpes'" in rascue.refused("bench", "stpes")


def test_start_up_of_an_engine_is_measured(monkeypatch):
    monkeypatch.setattr(bench_start, "REPEATS", 1)
    monkeypatch.setattr(bench_start, "SETTLED_AFTER_S", 0.0)
    alone = bench_start.ended("Python alone", (sys.executable, "-c", "pass"))
    engine = bench_start.served("engine", ("engine", "--audio", "none"), bench_start.greets)
    assert 0 < alone[3] < engine[3]
    assert engine[1] > 0
    assert 20 < engine[4] < 200


def test_a_process_that_never_answers_is_told(monkeypatch):
    monkeypatch.setattr(bench_start, "READY_MAX_S", 0.0)
    with pytest.raises(RascueError, match="engine: nothing within 0 s"):
        bench_start.served("engine", ("engine", "--audio", "none"), lambda _: False)
