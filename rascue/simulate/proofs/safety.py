"""Nobody, no policy and no fault brings a beat out of the envelope or makes somebody stumble.

Uncued, nobody stumbles because of a beat: the rate to stay within is 0 provoked stumbles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rascue.simulate.figures.report import report_of
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.scenario import DeviceFault, FaultKind
from rascue.simulate.scoreboard.table import WALKERS
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

POLICIES = (
    "fixed", "match", "follow", "phase_start", "phase_lock", "mutual", "on_demand", "fractal",
    "asymmetric", "progression", "hold",
)  # fmt: skip
"""Every strategy that ships."""

RUNS = 2000
"""Bar of issue 4."""

SEEDS_MAX = 12
"""With more, the table takes longer and says the same."""

LEAD_PCT = 110.0
OWN_S = 12.0
CUED_S = 36.0

FAULTS: tuple[tuple[DeviceFault, ...], ...] = (
    (),
    (DeviceFault(kind=FaultKind.SENSOR_GAP, at_s=20.0, for_s=0.4),),
    (DeviceFault(kind=FaultKind.SENSOR_LOST, at_s=24.0, for_s=8.0),),
    (DeviceFault(kind=FaultKind.AUDIO_LOST, at_s=26.0, for_s=6.0),),
)
"""Taken in turn, so that every policy and person meets each."""


@dataclass(frozen=True, slots=True)
class Safe:
    """What one run did that it must not."""

    walker: str
    policy: str
    seed: int
    envelope_violations: int
    stumbles_provoked: int


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Run every policy with every kind of person, with and without faults."""
    return judge(bench.run(safe, trials(min(n_seeds, SEEDS_MAX))))


def trials(n_seeds: int) -> list[Trial]:
    """Return all runs; a larger number of seeds adds runs and changes none."""
    pairs = [(walker, policy) for walker in WALKERS for policy in POLICIES]
    return [
        Trial(
            scenario_of(
                load_walker(walker),
                (own_tempo(OWN_S), cue(policy, LEAD_PCT, CUED_S)),
                FAULTS[(number + seed) % len(FAULTS)],
            ),
            seed,
        )
        for seed in range(n_seeds)
        for number, (walker, policy) in enumerate(pairs)
    ]


def safe(outcome: Outcome) -> Safe:
    """Return what a run did that it must not."""
    report = report_of(outcome)
    return Safe(
        outcome.scenario.walker.name,
        outcome.policy,
        outcome.seed,
        report.envelope_violations,
        report.stumbles_provoked,
    )


def judge(runs: Sequence[Safe]) -> list[Claim]:
    """Return the claims; too few runs prove nothing and are not met."""
    violating = [run for run in runs if run.envelope_violations]
    stumbling = [run for run in runs if run.stumbles_provoked]
    enough = len(runs) >= RUNS
    return [
        Claim(
            "no beat outside the envelope, any person, policy, fault, seed",
            f"0 of >= {RUNS} runs",
            f"{len(violating)} of {len(runs)} runs{_first(violating)}",
            enough and not violating,
        ),
        Claim(
            "no stumble provoked above the uncued rate (0)",
            f"0 of >= {RUNS} runs",
            f"{len(stumbling)} of {len(runs)} runs{_first(stumbling)}",
            enough and not stumbling,
        ),
    ]


def _first(runs: Sequence[Safe]) -> str:
    if not runs:
        return ""
    run = runs[0]
    return f", first: {run.walker}, {run.policy}, seed {run.seed}"
