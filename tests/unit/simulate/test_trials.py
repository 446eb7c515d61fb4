"""Trials: what a process runs, and that several processes change nothing."""

from __future__ import annotations

from rascue.core.types import CueDecision, Note, StepKind
from rascue.simulate.figures.report import Report, of_kind, report_of
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, probe, scenario_of
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

STEPS = (own_tempo(8.0), cue("fixed", 105.0, 8.0), probe(4.0))


def trials(n_seeds: int) -> list[Trial]:
    scenario = scenario_of(load_walker("entraining"), STEPS)
    return [Trial(scenario, seed) for seed in range(n_seeds)]


def test_several_processes_give_what_one_gives_in_the_same_order() -> None:
    here = Bench().run(report_of, trials(3))
    with Bench(2) as bench:
        assert bench.run(report_of, trials(3)) == here
    assert [report.seed for report in here] == [0, 1, 2]


def test_a_baseline_cue_takes_the_place_of_the_engine() -> None:
    scenario = scenario_of(load_walker("entraining"), STEPS)
    report: Report = report_of(Trial(scenario, 0, "metronome app").outcome())
    assert report.policy == "metronome app"


def test_the_scenario_lasts_as_long_as_its_blocks_and_is_named_by_its_cue() -> None:
    scenario = scenario_of(load_walker("deaf"), STEPS)
    assert scenario.duration_s == 22.0
    assert (scenario.name, scenario.policy) == ("deaf_fixed", "fixed")
    assert [step.kind for step in scenario.program.steps] == [
        StepKind.BASELINE, StepKind.CUED, StepKind.PROBE,
    ]  # fmt: skip
    assert scenario_of(load_walker("deaf"), (own_tempo(5.0),)).policy == ""


def test_records_begin_with_the_first_block() -> None:
    outcome: Outcome = trials(1)[0].outcome()
    blocks = [note.at_ns for note in of_kind(outcome, Note) if note.kind == "block"]
    assert blocks[0] == outcome.start_ns
    assert len(blocks) == 3
    assert of_kind(outcome, CueDecision)
