"""The closed loop does therapy on people who can follow, and says so of people who cannot.

The engine is the product's own; nothing in it knows that the people are simulated.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from rascue.core.errors import ConfigError
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Note, PlayedBeat
from rascue.simulate.figures.checks import run_checks
from rascue.simulate.figures.report import Report, of_kind, report_of
from rascue.simulate.run import run_scenario
from rascue.simulate.scenario import load_scenario, scenario_from_dict
from rascue.simulate.world import Outcome, simulate

SEEDS = (0, 1, 2)

PRINTED = [
    "walker",
    "policy",
    "seed",
    "start_spm",
    "target_spm",
    "end_spm",
    "cadence_gain_pct",
    "consistency_r",
    "mean_asynchrony_ms",
    "sd_asynchrony_ms",
    "steps_to_lock",
    "locked_pct",
    "unlocks",
    "max_slew_pct_per_beat",
    "max_phase_step_pct",
    "guard_clamps",
    "envelope_violations",
    "cued_pct",
    "false_steps",
    "missed_steps",
    "stumbles_provoked",
    "verdict",
]
"""As issue 4 names them, in that order."""


@cache
def ran(name: str, seed: int) -> tuple[Outcome, Report]:
    outcome = simulate(load_scenario(name), seed)
    return outcome, report_of(outcome)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_entraining_walker_is_led_from_95_to_105(seed: int) -> None:
    _, report = ran("entraining", seed)
    assert report.start_spm == pytest.approx(95.0, rel=0.02)
    assert report.end_spm == pytest.approx(105.0, rel=0.01)
    assert report.consistency_r is not None
    assert report.consistency_r >= 0.9
    assert report.verdict == "following"
    assert report.steps_to_lock is not None
    assert report.steps_to_lock <= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_deaf_walker_the_report_says_not_following(seed: int) -> None:
    _, report = ran("deaf", seed)
    assert report.consistency_r is not None
    assert report.consistency_r < 0.4
    assert report.end_spm == pytest.approx(95.0, rel=0.02)
    assert report.verdict == "not following"


@pytest.mark.parametrize("name", ["asymmetric", "slow_shuffler", "sensor_lost", "stops_and_starts"])
def test_a_shipped_scenario_meets_its_demands(name: str) -> None:
    outcome, report = ran(name, 0)
    assert outcome.scenario.checks
    assert [c.check.kind for c in run_checks(outcome, report) if not c.passed] == []


def test_the_beat_fades_while_the_person_stands_and_returns_with_the_steps() -> None:
    outcome, report = ran("stops_and_starts", 0)
    silent = next(c for c in run_checks(outcome, report) if c.check.kind == "silent_while_standing")
    assert silent.passed
    assert any("fading" in note.text for note in of_kind(outcome, Note))
    assert report.cued_pct > 80.0


def test_a_lost_sensor_is_told_and_cleared() -> None:
    outcome, _ = ran("sensor_lost", 0)
    stale = [f.raised for f in of_kind(outcome, Fault) if f.code is FaultCode.SENSOR_STALE]
    assert stale == [True, False]


def test_a_lost_output_is_told_and_the_beat_returns_with_it() -> None:
    table = {"title": "t", "duration_s": 90, "walker": "entraining", "program": "steady_100"}
    fault = {"kind": "audio_lost", "at_s": 30.0, "for_s": 10.0}
    outcome = simulate(scenario_from_dict({**table, "fault": [fault]}, "lost", "lost"), 0)
    lost = [f.raised for f in of_kind(outcome, Fault) if f.code is FaultCode.AUDIO_LOST]
    heard_s = [(at_ns - outcome.start_ns) / 1e9 for at_ns in outcome.heard_ns]
    assert lost == [True, False]
    assert not any(30.2 < at_s < 40.0 for at_s in heard_s)
    assert any(at_s > 45.0 for at_s in heard_s)
    assert report_of(outcome).envelope_violations == 0


def test_the_same_seed_gives_the_same_session_bit_for_bit() -> None:
    again = simulate(load_scenario("entraining"), 1)
    first, _ = ran("entraining", 1)
    assert again.records == first.records
    assert again.heard_ns == first.heard_ns


def test_what_is_heard_is_what_the_engine_believes_was_played() -> None:
    outcome, _ = ran("entraining", 0)
    believed = [beat.sound_ns for beat in of_kind(outcome, PlayedBeat) if beat.sound_ns is not None]
    assert outcome.heard_ns == believed


def test_an_uncalibrated_output_shifts_the_person_and_the_report_shows_it() -> None:
    table = {"title": "t", "duration_s": 120, "walker": "entraining", "program": "steady_100"}
    late = scenario_from_dict({**table, "audio": {"latency_error_s": 0.05}}, "late", "late")
    outcome = simulate(late, 0)
    believed = next(b.sound_ns for b in of_kind(outcome, PlayedBeat) if b.sound_ns is not None)
    assert outcome.heard_ns[0] - believed == pytest.approx(50e6)
    assert report_of(outcome).mean_asynchrony_ms == pytest.approx(-30.0, abs=8.0)


def test_two_foot_sensors_count_each_foot(tmp_path: Path) -> None:
    table = {"title": "t", "duration_s": 60, "walker": "deaf", "program": "steady_100"}
    feet = scenario_from_dict({**table, "placements": ["left_foot", "right_foot"]}, "feet", "feet")
    report = report_of(simulate(feet, 0))
    assert report.false_steps <= 2
    assert report.missed_steps <= 4


def test_the_run_prints_exactly_the_named_figures_and_writes_its_files(tmp_path: Path) -> None:
    table = Path(str(tmp_path / "short.toml"))
    table.write_text(
        'title = "short"\nduration_s = 20\nwalker = "deaf"\nprogram = "steady_100"\n'
        '[[check]]\nkind = "within_envelope"\n',
        "utf-8",
    )
    result = run_scenario(str(table), seed=3, out=tmp_path / "out")
    assert list(result.report.to_dict()) == PRINTED
    assert result.passed
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.json", "audio.wav", "truth.csv", "beats.csv"} <= written
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["seed"] == 3


def test_an_unknown_check_is_refused_with_the_known_ones() -> None:
    table = {"title": "t", "duration_s": 5, "walker": "deaf", "program": "steady_100"}
    asks = scenario_from_dict({**table, "check": [{"kind": "consistency_mn"}]}, "asks", "asks")
    outcome = simulate(asks, 0)
    with pytest.raises(ConfigError, match=r'unknown check "consistency_mn".*consistency_min'):
        run_checks(outcome, report_of(outcome))
