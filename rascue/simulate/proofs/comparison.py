"""Ours against what others do, in the same simulation, over every kind of person.

Two claims for each: on the plain gain of cadence, as issue 4 has it, and on the gain toward the
target, where what goes beyond the prescription counts against it: a cue that drives somebody 15 %
up when 5 % were prescribed has not done better.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rascue.simulate.figures.report import Report
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.scoreboard.baselines import BASELINES
from rascue.simulate.scoreboard.table import LEAD_PCT, WALKERS, run_all
from rascue.simulate.trials import Bench

OURS = "mutual"
SEEDS_MAX = 3
"""Sixteen kinds of people with four cues each: more seeds add little."""


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Compare mean consistency and mean gain toward the target."""
    reports = run_all(bench, range(min(n_seeds, SEEDS_MAX)), WALKERS, (OURS,))
    ours = [report for report in reports if report.policy == OURS]
    return [
        claim
        for name in BASELINES
        for claim in _claims(name, ours, [r for r in reports if r.policy == name])
    ]


def useful_gain_pct(report: Report) -> float:
    """Return the gain up to the target, less what went beyond it, percent."""
    asked_pct = LEAD_PCT - 100.0
    return asked_pct - abs(asked_pct - (report.cadence_gain_pct or 0.0))


def _claims(name: str, ours: Sequence[Report], theirs: Sequence[Report]) -> list[Claim]:
    our_r, r = (fmean(report.consistency_r or 0.0 for report in some) for some in (ours, theirs))
    kinds = {"gain": _plain_gain_pct, "gain toward the target": useful_gain_pct}
    claims = []
    for kind, measure in kinds.items():
        our_gain, gain = (fmean(measure(report) for report in some) for some in (ours, theirs))
        claims.append(
            Claim(
                f"{OURS} beats the {name} on consistency and {kind}",
                f"R > {r:.2f}, {gain:+.1f} %",
                f"R {our_r:.2f}, {our_gain:+.1f} %, {len(ours)} runs of each",
                our_r > r and our_gain > gain,
            )
        )
    return claims


def _plain_gain_pct(report: Report) -> float:
    return report.cadence_gain_pct or 0.0
