"""The scoreboard: ours keep to the envelope with every kind of person, and beat what others do."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from rascue.simulate.figures.report import Report, report_of
from rascue.simulate.proofs.weak import led_of
from rascue.simulate.run import run_scoreboard
from rascue.simulate.scoreboard.baseline_world import simulate_baseline
from rascue.simulate.scoreboard.baselines import BASELINES
from rascue.simulate.scoreboard.table import WALKERS, rows_of, score_scenario, table
from rascue.simulate.trials import cue, own_tempo, scenario_of
from rascue.simulate.walker_params import load_walker, shipped_walkers
from rascue.simulate.world import simulate


@cache
def scored(walker: str, policy: str, seed: int = 0) -> Report:
    params = load_walker(walker)
    if policy in BASELINES:
        return report_of(simulate_baseline(score_scenario(params, "fixed"), policy, seed))
    return report_of(simulate(score_scenario(params, policy), seed))


@pytest.mark.parametrize("walker", WALKERS)
def test_no_kind_of_person_brings_the_cue_out_of_its_envelope(walker: str) -> None:
    scenario = scenario_of(load_walker(walker), (own_tempo(20.0), cue("match", 105.0, 60.0)))
    report = report_of(simulate(scenario, 0))
    assert report.envelope_violations == 0
    assert report.stumbles_provoked == 0


@pytest.mark.parametrize("walker", ["strong_synchronizer", "medium_synchronizer"])
def test_who_can_follow_is_led_by_five_percent(walker: str) -> None:
    report = scored(walker, "match")
    assert report.end_spm == pytest.approx(report.target_spm, rel=0.01)
    assert (report.consistency_r or 0.0) >= 0.95


def test_a_fixed_beat_loses_the_weak_synchronizer() -> None:
    report = scored("weak_synchronizer", "fixed")
    assert (report.consistency_r or 0.0) < 0.3
    assert report.verdict == "not following"


@pytest.mark.parametrize("seed", range(3))
def test_a_partner_keeps_the_weak_synchronizer_and_still_leads_a_little(seed: int) -> None:
    scenario = score_scenario(load_walker("weak_synchronizer"), "mutual")
    led = led_of(simulate(scenario, seed))
    assert (led.report.consistency_r or 0.0) >= 0.85
    assert led.above_uncued_pct >= 1.5
    assert led.told


def test_step_by_step_brings_who_can_follow_to_the_target() -> None:
    report = scored("strong_synchronizer", "progression")
    assert (report.cadence_gain_pct or 0.0) >= 4.0
    assert (report.consistency_r or 0.0) >= 0.95


def test_a_partner_beats_a_metronome_with_somebody_who_cannot_go_faster() -> None:
    ours, theirs = (scored("ms_progressive", name) for name in ("mutual", "metronome app"))
    assert (ours.consistency_r or 0.0) > (theirs.consistency_r or 0.0) + 0.2
    assert (ours.cadence_gain_pct or 0.0) > (theirs.cadence_gain_pct or 0.0)


def test_of_a_deaf_person_whom_the_cue_follows_nobody_says_following() -> None:
    report = scored("beat_deaf", "mutual")
    assert (report.consistency_r or 0.0) > 0.75
    assert report.verdict == "in step, not led"


def test_following_the_tempo_alone_drifts_with_the_person_instead_of_leading() -> None:
    report = scored("medium_synchronizer", "tempo follower")
    assert abs((report.end_spm or 0.0) / (report.target_spm or 1.0) - 1.0) > 0.02


def test_a_baseline_is_measured_with_the_same_rulers() -> None:
    report = scored("medium_synchronizer", "metronome app")
    assert report.policy == "metronome app"
    assert report.cued_pct > 90.0
    assert report.max_slew_pct_per_beat == 0.0
    assert report.false_steps <= 2


def test_the_scoreboard_holds_every_kind_of_person() -> None:
    special = {"entraining", "deaf", "demo"}
    assert set(WALKERS) == set(shipped_walkers()) - special


def test_rows_and_page_show_what_was_run(tmp_path: Path) -> None:
    rows = run_scoreboard([1], tmp_path, ["medium_synchronizer"], ["fixed"])
    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert [row.policy for row in rows] == [run["policy"] for run in runs]
    assert {row.policy for row in rows if not row.is_ours} == set(BASELINES)
    text = (tmp_path / "scoreboard.html").read_text("utf-8")
    assert text.count("<svg") == len(rows)
    assert "http" not in text
    assert "medium_synchronizer" in table(rows)


def test_rows_average_over_seeds_and_count_verdicts() -> None:
    reports = [scored("medium_synchronizer", "metronome app", seed) for seed in (0, 2)]
    row = rows_of(reports)[0]
    mean = sum(report.cadence_gain_pct or 0.0 for report in reports) / 2
    assert row.runs == 2
    assert row.cadence_gain_pct == pytest.approx(mean)
    assert row.verdicts == "2 following"
