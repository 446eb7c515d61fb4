"""Who cannot go faster is not pressed: the controller stops raising and the walk stays even."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rascue.core.clock import after, seconds_between
from rascue.core.types import CueDecision
from rascue.simulate.figures.report import of_kind
from rascue.simulate.figures.tempi import straight_intervals_s
from rascue.simulate.proofs.claim import Claim, against_uncued, at_most
from rascue.simulate.proofs.twin import uncued_steps
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, scenario_of
from rascue.simulate.walker import TrueStep
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

WALKER = "ms_progressive"
POLICY = "progression"
LEAD_PCT = 110.0
OWN_S = 120.0
CUED_S = 780.0
LATE_S = 240.0
"""Variability is that of the last so many seconds, by when the controller has settled."""

STOPS_WITHIN_S = 60.0
CV_RISE_PP = 0.7
"""Bars of issue 4."""


@dataclass(frozen=True, slots=True)
class _Pressed:
    raising_s: float
    cv_rise_pp: float
    cv_above_uncued_pp: float
    reached: bool


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Ask for 10 % from a person who can give 2 %."""
    scenario = scenario_of(load_walker(WALKER), (own_tempo(OWN_S), cue(POLICY, LEAD_PCT, CUED_S)))
    runs = bench.run(_pressed, [Trial(scenario, seed) for seed in range(n_seeds)])
    reached = sum(run.reached for run in runs)
    return [
        at_most(
            f"{WALKER}: last raise after the limit was met, s ({reached} of {n_seeds} met it)",
            STOPS_WITHIN_S,
            [run.raising_s for run in runs],
            "{:.0f}",
        ),
        at_most(
            f"{WALKER}: stride-time CV above the own at the beginning, pp",
            CV_RISE_PP,
            [run.cv_rise_pp for run in runs],
            also=against_uncued([run.cv_above_uncued_pp for run in runs]),
        ),
    ]


def _pressed(outcome: Outcome) -> _Pressed:
    end_ns = outcome.steps[-1].ic_ns
    own_ns = after(outcome.start_ns, OWN_S)
    late_ns = after(end_ns, -LATE_S)
    late_pct = _stride_cv_pct(outcome.steps, late_ns, end_ns)
    raising_s = _raising_s(outcome)
    return _Pressed(
        raising_s=raising_s or 0.0,
        cv_rise_pp=late_pct - _stride_cv_pct(outcome.steps, outcome.start_ns, own_ns),
        cv_above_uncued_pp=late_pct - _stride_cv_pct(uncued_steps(outcome), late_ns, end_ns),
        reached=raising_s is not None,
    )


def _raising_s(outcome: Outcome) -> float | None:
    """Return the time from the first raise beyond the person's limit to the last higher one, s.

    The tempo that was met is no raise: some people walk a little beyond their limit by chance.
    """
    decisions = [d for d in of_kind(outcome, CueDecision) if d.allowed_spm is not None]
    tempi_spm = [d.allowed_spm or 0.0 for d in decisions]
    highest_spm = max(outcome.scenario.walker.cadence_max_spm, *tempi_spm[:1])
    raised_ns = []
    for decision, tempo_spm in zip(decisions, tempi_spm, strict=True):
        if tempo_spm > highest_spm:
            highest_spm = tempo_spm
            raised_ns.append(decision.at_ns)
    return seconds_between(raised_ns[0], raised_ns[-1]) if raised_ns else None


def _stride_cv_pct(steps: Sequence[TrueStep], from_ns: int, to_ns: int) -> float:
    """Return the CV of true stride times of straight walking, percent."""
    steps_s = straight_intervals_s(steps, from_ns, to_ns)
    strides_s = steps_s[:-1] + steps_s[1:]
    return 100.0 * float(np.std(strides_s) / strides_s.mean())
