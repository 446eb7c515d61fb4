"""``rascue simulate all``: every policy with every kind of person, beside what others do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rascue.simulate.figures.report import Report, report_of
from rascue.simulate.scenario import Scenario
from rascue.simulate.scoreboard.baselines import BASELINES
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker_params import WalkerParams, load_walker

POLICIES = (
    "fixed", "match", "follow", "phase_start", "phase_lock", "mutual", "on_demand", "fractal",
    "asymmetric", "progression",
)  # fmt: skip
"""Our policies in the scoreboard, each with its default parameters."""

WALKERS = (
    "strong_synchronizer",
    "medium_synchronizer",
    "weak_synchronizer",
    "beat_deaf",
    "asymmetric",
    "asymmetric_unlearning",
    "parkinson_festination",
    "parkinson_freezing",
    "ms_progressive",
    "slow_shuffler",
    "aid_user",
    "half_tempo",
    "double_tempo",
    "tiring",
    "stops_and_starts",
    "startled",
)
"""Kinds of people in the scoreboard."""

LEAD_PCT = 105.0
"""Target of the scoreboard, percent of the own cadence: RAS shifts by 5-10 % (FIELD 2.1)."""

BASELINE_S = 25.0
CUED_S = 240.0
"""Long enough for ``progression`` to come to the target: 90 s, then 1 % every 30 s."""


@dataclass(frozen=True, slots=True)
class Row:
    """Mean figures of one policy with one kind of person, over the seeds.

    ``consistency_r`` counts as 0 and ``cadence_gain_pct`` as 0 where there were no beats.
    """

    walker: str
    policy: str
    is_ours: bool
    runs: int
    consistency_r: float
    cadence_gain_pct: float
    locked_pct: float
    cued_pct: float
    envelope_violations: int
    stumbles_provoked: int
    false_steps: int
    missed_steps: int
    verdicts: str


def run_all(
    bench: Bench,
    seeds: Sequence[int],
    walkers: Iterable[str] = WALKERS,
    policies: Iterable[str] = POLICIES,
    baselines: Iterable[str] = tuple(BASELINES),
    lead_pct: float = LEAD_PCT,
) -> list[Report]:
    """Run every walker with every policy and baseline; the order is always the same."""
    trials: list[Trial] = []
    for params in map(load_walker, walkers):
        for seed in seeds:
            trials += [Trial(score_scenario(params, name, lead_pct), seed) for name in policies]
            trials += [
                Trial(score_scenario(params, "fixed", lead_pct), seed, name) for name in baselines
            ]
    return bench.run(report_of, trials)


def score_scenario(walker: WalkerParams, policy: str, lead_pct: float = LEAD_PCT) -> Scenario:
    """Return the scenario that the scoreboard runs: own tempo, then a lead."""
    return scenario_of(walker, (own_tempo(BASELINE_S), cue(policy, lead_pct, CUED_S)))


def rows_of(reports: Iterable[Report]) -> list[Row]:
    """Return one row for each walker and policy, in the order of first appearance."""
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        groups.setdefault((report.walker, report.policy), []).append(report)
    return [_row(group) for group in groups.values()]


def table(rows: Sequence[Row]) -> str:
    """Return the scoreboard as text with aligned columns."""
    head = f"{'walker':22} {'policy':21} {'R':>5} {'gain %':>7} {'locked %':>8} {'cued %':>7} "
    lines = [f"{head}{'outside':>7} {'stumbles':>8} {'false':>5} {'missed':>6}  verdicts"]
    lines += [
        f"{row.walker:22} {row.policy:21} {row.consistency_r:5.2f} {row.cadence_gain_pct:+7.1f} "
        f"{row.locked_pct:8.0f} {row.cued_pct:7.0f} {row.envelope_violations:7d} "
        f"{row.stumbles_provoked:8d} {row.false_steps:5d} {row.missed_steps:6d}  {row.verdicts}"
        for row in rows
    ]
    return "\n".join(lines)


def _row(reports: Sequence[Report]) -> Row:
    first = reports[0]
    verdicts: dict[str, int] = {}
    for report in reports:
        verdicts[report.verdict] = verdicts.get(report.verdict, 0) + 1
    return Row(
        walker=first.walker,
        policy=first.policy,
        is_ours=first.policy not in BASELINES,
        runs=len(reports),
        consistency_r=_mean(report.consistency_r for report in reports),
        cadence_gain_pct=_mean(report.cadence_gain_pct for report in reports),
        locked_pct=_mean(report.locked_pct for report in reports),
        cued_pct=_mean(report.cued_pct for report in reports),
        envelope_violations=sum(report.envelope_violations for report in reports),
        stumbles_provoked=sum(report.stumbles_provoked for report in reports),
        false_steps=sum(report.false_steps for report in reports),
        missed_steps=sum(report.missed_steps for report in reports),
        verdicts=", ".join(f"{count} {words}" for words, count in sorted(verdicts.items())),
    )


def _mean(values: Iterable[float | None]) -> float:
    known = [value or 0.0 for value in values]
    return sum(known) / len(known)
