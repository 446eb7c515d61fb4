"""Festination and freezing: the cue does not hurry along, and sounds soon after a freeze began.

A freeze begins, at the latest, when the next step would have been due; it is counted here from the
last contact before it, which is earlier still.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rascue.core.clock import NS_PER_S, after, seconds_between
from rascue.core.types import CadenceEstimate, CadenceStatus, CueDecision
from rascue.simulate.figures.report import of_kind
from rascue.simulate.proofs.claim import Claim, at_most
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker import StepCharacter
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

HURRIES, FREEZES = "parkinson_festination", "parkinson_freezing"
POLICIES = (
    "fixed", "match", "mutual", "progression", "phase_lock", "follow", "phase_start", "on_demand",
    "asymmetric",
)  # fmt: skip
"""All but those that are made of others."""

OWN_S = 30.0
CUED_S = 180.0
ROUNDING_PCT = 0.5
"""The engine's baseline is a median over every tick, ours over its records."""

BEATS_PCT = 1.0
"""What ten beats in a row may be faster: rounding, and 3 % of one interval by which phase may get
ahead. Default, not evidence."""

BEATS_AVERAGED = 10

ONSET_S = 1.0
"""Bar of issue 4."""

SILENT_S = 2.0
"""A beat within this time before a freeze: the cue is sounding already."""


@dataclass(frozen=True, slots=True)
class _Beyond:
    tempo_pct: float
    beats_pct: float


@dataclass(frozen=True, slots=True)
class _Frozen:
    n_freezes: int
    delays_s: tuple[float, ...]


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Let one person hurry with every policy, and another freeze in silence."""
    hurried = [claim for policy in POLICIES for claim in _hurry_claims(bench, policy, n_seeds)]
    steps = (own_tempo(OWN_S), cue("on_demand", 100.0, 2.0 * CUED_S, freeze_cue=True))
    scenario = scenario_of(load_walker(FREEZES), steps)
    frozen = bench.run(_frozen, [Trial(scenario, seed) for seed in range(n_seeds)])
    delays_s = [delay_s for run in frozen for delay_s in run.delays_s]
    n_freezes = sum(run.n_freezes for run in frozen)
    in_time = sum(delay_s <= ONSET_S for delay_s in delays_s)
    return [
        *hurried,
        Claim(
            "freezing in silence: a cue within 1.0 s of the last step",
            "every freeze",
            f"{in_time} of {n_freezes}, slowest {max(delays_s, default=0.0):.2f} s",
            in_time == n_freezes > 0,
        ),
    ]


def _hurry_claims(bench: Bench, policy: str, n_seeds: int) -> list[Claim]:
    scenario = scenario_of(load_walker(HURRIES), (own_tempo(OWN_S), cue(policy, 100.0, CUED_S)))
    beyond = bench.run(_beyond, [Trial(scenario, seed) for seed in range(n_seeds)])
    name = f"festination, {policy}: above the prescribed tempo, %"
    return [
        at_most(f"{name}: fastest tempo", ROUNDING_PCT, [run.tempo_pct for run in beyond]),
        at_most(f"{name}: fastest ten beats", BEATS_PCT, [run.beats_pct for run in beyond]),
    ]


def _beyond(outcome: Outcome) -> _Beyond:
    """Return by how much tempo and beats went beyond the target of the programme, percent."""
    tempi = [d.allowed_spm for d in of_kind(outcome, CueDecision) if d.allowed_spm is not None]
    baseline_spm = _measured_baseline_spm(outcome)
    if not tempi or baseline_spm is None:
        return _Beyond(0.0, 0.0)
    fastest_spm = _fastest_beats_spm(outcome.heard_ns)
    return _Beyond(
        100.0 * max(0.0, max(tempi) / baseline_spm - 1.0),
        100.0 * max(0.0, fastest_spm / baseline_spm - 1.0),
    )


def _fastest_beats_spm(heard_ns: Sequence[int]) -> float:
    """Return the fastest mean tempo of so many beats heard in a row, steps/min; 0 without."""
    spans_ns = [
        last - first for first, last in zip(heard_ns, heard_ns[BEATS_AVERAGED:], strict=False)
    ]
    return 60.0 * NS_PER_S * BEATS_AVERAGED / min(spans_ns) if spans_ns else 0.0


def _measured_baseline_spm(outcome: Outcome) -> float | None:
    """Return what the engine measured: a prescription in percent refers to that."""
    own_ns = after(outcome.start_ns, OWN_S)
    steady = [
        estimate.cadence_spm
        for estimate in of_kind(outcome, CadenceEstimate)
        if estimate.at_ns <= own_ns
        and estimate.status is CadenceStatus.STEADY
        and estimate.cadence_spm is not None
    ]
    return statistics.median(steady) if steady else None


def _frozen(outcome: Outcome) -> _Frozen:
    """Return how soon after the last step a cue sounded, for each freeze in silence."""
    from_ns = after(outcome.start_ns, OWN_S)
    n_freezes, delays_s = 0, []
    for last, first in pairwise(outcome.steps):
        if first.kind is not StepCharacter.FIRST or last.ic_ns < from_ns:
            continue
        heard = [at_ns for at_ns in outcome.heard_ns if last.ic_ns < at_ns]
        before = [at_ns for at_ns in outcome.heard_ns if at_ns <= last.ic_ns]
        if before and seconds_between(before[-1], last.ic_ns) < SILENT_S:
            continue
        n_freezes += 1
        if heard:
            delays_s.append((heard[0] - last.ic_ns) / NS_PER_S)
    return _Frozen(n_freezes, tuple(delays_s))
