"""Nobody, no policy and no fault brings a beat out of the envelope or makes somebody stumble.

Some people stumble without any beat. Each run is therefore compared with the same person on the
same day without a beat (``twin``): together the cued walks may hold no more stumbles than the
uncued ones, and no stumble may follow from a change of the beat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rascue.simulate.figures.report import report_of
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.proofs.twin import uncued_steps
from rascue.simulate.scenario import DeviceFault, FaultKind
from rascue.simulate.scoreboard.table import WALKERS
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker import StepCharacter, TrueStep
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

RATE_ROUNDING = 0.05
"""Cued walks have another number of steps, on which stumbles without cause are drawn."""

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
    steps: int
    stumbles: int
    stumbles_provoked: int
    uncued_steps: int
    uncued_stumbles: int


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Run every policy with every kind of person, with and without faults."""
    return judge(bench.run(safe, trials(min(n_seeds, SEEDS_MAX))))


def trials(n_seeds: int) -> list[Trial]:
    """Return all runs; a larger number of seeds adds runs and changes none."""
    people = {walker: load_walker(walker) for walker in WALKERS}
    pairs = [(walker, policy) for walker in WALKERS for policy in POLICIES]
    return [
        Trial(
            scenario_of(
                people[walker],
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
    report, uncued = report_of(outcome), uncued_steps(outcome)
    return Safe(
        outcome.scenario.walker.name,
        outcome.policy,
        outcome.seed,
        report.envelope_violations,
        len(outcome.steps),
        _stumbles(outcome.steps),
        report.stumbles_provoked,
        len(uncued),
        _stumbles(uncued),
    )


def _stumbles(steps: Sequence[TrueStep]) -> int:
    return sum(step.kind is StepCharacter.STUMBLE for step in steps)


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
            "no stumble follows from a change of the beat",
            f"0 of >= {RUNS} runs",
            f"{len(stumbling)} of {len(runs)} runs{_first(stumbling)}",
            enough and not stumbling,
        ),
        _rate_claim(runs, enough=enough),
    ]


def _rate_claim(runs: Sequence[Safe], *, enough: bool) -> Claim:
    """Compare the rate of all stumbles with that of the same walks without a beat."""
    cued = 1000.0 * sum(run.stumbles for run in runs) / sum(run.steps for run in runs)
    uncued = (
        1000.0 * sum(run.uncued_stumbles for run in runs) / sum(run.uncued_steps for run in runs)
    )
    return Claim(
        "stumbles of any kind, in 1000 steps",
        f"<= {uncued:.3f} (the same walks uncued)",
        f"{cued:.3f}",
        enough and cued <= uncued * (1.0 + RATE_ROUNDING),
    )


def _first(runs: Sequence[Safe]) -> str:
    if not runs:
        return ""
    run = runs[0]
    return f", first: {run.walker}, {run.policy}, seed {run.seed}"
