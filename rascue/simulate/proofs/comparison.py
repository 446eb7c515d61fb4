"""Ours against what others do, in the same simulation, over every kind of person.

A cue can only be compared under a prescription that it keeps. The metronome app keeps any; it is
compared under each of three. The CV-gated progression goes to its own clamp of +15 % whatever was
prescribed: the plain gain is compared where +15 % are prescribed to ours as well; where less is
prescribed, what goes beyond it counts against a cue. The tempo follower knows no target.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rascue.simulate.figures.report import Report
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.scoreboard.baselines import BASELINES, CvGatedProgression
from rascue.simulate.scoreboard.table import WALKERS, run_all
from rascue.simulate.trials import Bench

OURS = "mutual"
SEEDS_MAX = 3
"""Sixteen kinds of people with each cue: more seeds add little."""

PRESCRIBED_PCT = (105.0, 110.0, CvGatedProgression.CLAMP_PCT)
"""FIELD 2.1 prescribes 5 to 10 % more; the last is where the CV-gated progression ends."""


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Compare mean consistency and mean gain under each prescription."""
    seeds = range(min(n_seeds, SEEDS_MAX))
    return [
        claim
        for lead_pct in PRESCRIBED_PCT
        for claim in _under(run_all(bench, seeds, WALKERS, (OURS,), lead_pct=lead_pct), lead_pct)
    ]


def useful_gain_pct(report: Report, lead_pct: float) -> float:
    """Return the gain up to the target, less what went beyond it, percent."""
    asked_pct = lead_pct - 100.0
    return asked_pct - abs(asked_pct - (report.cadence_gain_pct or 0.0))


def _under(reports: Sequence[Report], lead_pct: float) -> list[Claim]:
    """Return the claims under one prescription."""
    ours = [report for report in reports if report.policy == OURS]
    return [
        _claim(name, lead_pct, ours, [r for r in reports if r.policy == name]) for name in BASELINES
    ]


def _claim(name: str, lead_pct: float, ours: Sequence[Report], theirs: Sequence[Report]) -> Claim:
    our_r, r = (fmean(report.consistency_r or 0.0 for report in some) for some in (ours, theirs))
    our_useful, useful = (
        fmean(useful_gain_pct(report, lead_pct) for report in some) for some in (ours, theirs)
    )
    our_plain, plain = (
        fmean(report.cadence_gain_pct or 0.0 for report in some) for some in (ours, theirs)
    )
    return Claim(
        f"+{lead_pct - 100.0:g} % prescribed, {OURS} against the {name}: R and gain to the target",
        f"R > {r:.2f}, > {useful:+.1f} % (plain {plain:+.1f})",
        f"R {our_r:.2f}, {our_useful:+.1f} % (plain {our_plain:+.1f}), {len(ours)} runs of each",
        our_r > r and our_useful > useful,
    )
