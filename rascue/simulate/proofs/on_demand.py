"""A few beats when they are needed do as well as beats all the time.

A deviation is a mean of five strides more than 5 % off the own cadence, as in the trial from which
the rule comes (FIELD C7 [20]).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rascue.core.types import EngineNs
from rascue.simulate.figures.tempi import cadence_spm, straight_intervals_s
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

WALKERS = ("tiring", "medium_synchronizer", "parkinson_festination")
OWN_S = 60.0
CUED_S = 420.0

DEVIATION_PCT = 5.0
STEPS_AVERAGED = 10
BEATS_PCT = 35.0
"""Bar of issue 4."""


@dataclass(frozen=True, slots=True)
class _Kept:
    deviating_pct: float
    mean_off_pct: float
    n_beats: int


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Compare on demand with a continuous beat at the own tempo."""
    return [claim for walker in WALKERS for claim in _of(bench, walker, n_seeds)]


def _of(bench: Bench, walker: str, n_seeds: int) -> list[Claim]:
    always, needed = (_runs(bench, walker, policy, n_seeds) for policy in ("fixed", "on_demand"))
    share_pct = 100.0 * sum(k.n_beats for k in needed) / sum(k.n_beats for k in always)
    deviating, deviating_always = (
        sum(kept.deviating_pct for kept in runs) / n_seeds for runs in (needed, always)
    )
    off, off_always = (
        sum(kept.mean_off_pct for kept in runs) / n_seeds for runs in (needed, always)
    )
    told = f"{deviating:.2f} %; mean distance {off:.2f} against {off_always:.2f} %"
    return [
        Claim(
            f"{walker}, on demand: time deviating by more than 5 %",
            f"<= {deviating_always:.2f} % (continuous)",
            f"{told}; {n_seeds} runs",
            deviating <= deviating_always,
        ),
        Claim(
            f"{walker}, on demand: beats against continuous",
            f"<= {BEATS_PCT:.0f} %",
            f"{share_pct:.0f} %",
            share_pct <= BEATS_PCT,
        ),
    ]


def _runs(bench: Bench, walker: str, policy: str, n_seeds: int) -> list[_Kept]:
    scenario = scenario_of(load_walker(walker), (own_tempo(OWN_S), cue(policy, 100.0, CUED_S)))
    return bench.run(_kept, [Trial(scenario, seed) for seed in range(n_seeds)])


def _kept(outcome: Outcome) -> _Kept:
    cued_ns = EngineNs(outcome.start_ns + round(OWN_S * 1e9))
    own_spm = cadence_spm(outcome.steps, outcome.start_ns, cued_ns) or 0.0
    intervals_s = straight_intervals_s(outcome.steps, cued_ns, outcome.steps[-1].ic_ns)
    means_s = np.convolve(intervals_s, np.full(STEPS_AVERAGED, 1.0 / STEPS_AVERAGED), "valid")
    off_pct = 100.0 * np.abs(60.0 / means_s / own_spm - 1.0)
    return _Kept(
        deviating_pct=100.0 * float(np.mean(off_pct > DEVIATION_PCT)),
        mean_off_pct=float(off_pct.mean()),
        n_beats=len(outcome.heard_ns),
    )
