"""Who can follow is led all the way."""

from __future__ import annotations

from rascue.simulate.figures.report import report_of
from rascue.simulate.proofs.claim import Claim, at_least, at_most
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker_params import load_walker

WALKERS = ("strong_synchronizer", "medium_synchronizer")
POLICY = "match"
LEAD_PCT = 110.0
OWN_S = 30.0
CUED_S = 180.0

END_WITHIN_PCT = 1.0
CONSISTENCY_R = 0.95
LOCK_STEPS = 12
"""Bars of issue 4."""

NEVER_STEPS = 9999
"""Stands for a lock that never came."""


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Lead both kinds of people by 10 %, once for each seed."""
    return [claim for walker in WALKERS for claim in _of(bench, walker, n_seeds)]


def _of(bench: Bench, walker: str, n_seeds: int) -> list[Claim]:
    scenario = scenario_of(load_walker(walker), (own_tempo(OWN_S), cue(POLICY, LEAD_PCT, CUED_S)))
    reports = bench.run(report_of, [Trial(scenario, seed) for seed in range(n_seeds)])
    off_pct = [
        100.0 * abs((report.end_spm or 0.0) / (report.target_spm or 1.0) - 1.0)
        for report in reports
    ]
    consistency = [report.consistency_r or 0.0 for report in reports]
    to_lock = [
        NEVER_STEPS if report.steps_to_lock is None else report.steps_to_lock for report in reports
    ]
    return [
        at_most(f"{walker}, +10 %: end off the target, %", END_WITHIN_PCT, off_pct),
        at_least(f"{walker}, +10 %: consistency R", CONSISTENCY_R, consistency, "{:.3f}"),
        at_most(f"{walker}, +10 %: steps to lock", LOCK_STEPS, to_lock, "{:.0f}"),
    ]
