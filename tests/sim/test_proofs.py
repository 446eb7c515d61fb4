"""Small versions of the proofs that ``rascue simulate proofs`` runs in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.simulate.proofs import fading, leading, responder, safety, uneven, weak
from rascue.simulate.proofs.run import PROOFS, prove_all
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, probe, scenario_of
from rascue.simulate.walker_params import load_walker

HERE = Bench()


@pytest.mark.parametrize("prove", [leading.prove, weak.prove, responder.prove])
def test_a_claim_that_is_met_stays_met(prove) -> None:
    missed = [claim for claim in prove(HERE, 1) if not claim.met]
    assert missed == []


def test_a_sample_of_the_safety_runs_is_clean() -> None:
    runs = HERE.run(safety.safe, safety.trials(4)[::37])
    assert len({run.policy for run in runs}) > 5
    assert [r for r in runs if r.envelope_violations or r.stumbles_provoked] == []


def test_of_a_person_who_keeps_all_and_of_one_who_keeps_nothing_the_report_tells_apart() -> None:
    steps = (own_tempo(60.0), cue("match", 110.0, 90.0), probe(90.0))
    person = load_walker("medium_synchronizer")
    people = [replace(person, carry_over_ratio=share) for share in (0.0, 1.0)]
    told = HERE.run(fading.told, [Trial(scenario_of(p, steps), 0) for p in people])
    assert max(run.index_error for run in told) < 0.2
    assert max(run.probe_error_pct for run in told) < 1.0


def test_the_cue_per_leg_makes_the_steps_of_a_learner_more_even() -> None:
    (run,) = uneven.runs(HERE, uneven.LEARNS, "asymmetric", 1)
    assert run.fall_pct >= uneven.FALLS_PCT
    assert run.stumbles == 0


def test_all_proofs_are_run_in_order() -> None:
    asked = []
    claims = prove_all(3, 1, [lambda _, n, k=k: asked.append((k, n)) or [] for k in range(3)])
    assert claims == []
    assert asked == [(0, 3), (1, 3), (2, 3)]
    assert len(set(PROOFS)) == 10
