"""One person, several strategies in random order, compared: an N-of-1 crossover. Pure.

Source: randomised single-patient crossover, the usual design for a chronic, stable condition with
effects that fade quickly; FIELD D8. Test: exact sign-flip permutation of paired differences
(Fisher 1935).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from rascue.core.types import ProgramStep, SessionProgram, StepKind, Target, TargetKind

PERIODS_MAX = 14
"""More pairs than this are not tried out completely (16 384 sign patterns)."""


@dataclass(frozen=True, slots=True)
class CrossoverPlan:
    """How long each part of a crossover takes, s, and how often each strategy comes."""

    repeats: int = 3
    block_s: float = 90.0
    washout_s: float = 30.0
    baseline_s: float = 30.0


def crossover_program(
    strategies: Sequence[str], target_pct: float, seed: int, plan: CrossoverPlan | None = None
) -> SessionProgram:
    """Return a programme with the strategies in random order, each once per period.

    Parameters
    ----------
    strategies
        Registered names, at least two.
    target_pct
        Tempo of all of them, % of the baseline.
    seed
        Chooses the order; the same seed gives the same programme.
    """
    chosen = plan or CrossoverPlan()
    rng = np.random.default_rng(seed)
    target = Target(TargetKind.PERCENT_OF_BASELINE, target_pct)
    steps = [ProgramStep(StepKind.BASELINE, chosen.baseline_s, "Walk as you usually do")]
    for period in range(1, chosen.repeats + 1):
        for name in rng.permutation(np.array(strategies)):
            title = f"Period {period}"
            steps.append(ProgramStep(StepKind.CUED, chosen.block_s, title, target, str(name)))
            steps.append(ProgramStep(StepKind.PROBE, chosen.washout_s, "Without the beat"))
    return SessionProgram(
        name=f"crossover_{seed}",
        version="1",
        title=f"Comparison of {' and '.join(strategies)}",
        rationale=(
            f"Each strategy comes {chosen.repeats} times in random order (seed {seed}), with a "
            "walk without the beat between them, so that one person is their own comparison."
        ),
        steps=tuple(steps),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two strategies compared in one figure.

    ``p`` is the share of sign patterns with a mean difference at least as large; with few pairs
    it cannot be small: 3 pairs reach 0.25 at best, 6 reach 0.03.
    """

    first: str
    second: str
    mean_difference: float
    pairs: int
    p: float


def compare(figures: Mapping[str, Sequence[float]], first: str, second: str) -> Comparison:
    """Return the difference ``first - second`` of one figure, paired by period.

    Parameters
    ----------
    figures
        Strategy -> value in each period, in order of periods.
    """
    differences = [a - b for a, b in zip(figures[first], figures[second], strict=True)]
    differences = differences[:PERIODS_MAX]
    observed = abs(statistics.fmean(differences))
    flips = list(product((1.0, -1.0), repeat=len(differences)))
    as_large = sum(
        abs(statistics.fmean(s * d for s, d in zip(signs, differences, strict=True)))
        >= observed - 1e-12
        for signs in flips
    )
    return Comparison(
        first, second, statistics.fmean(differences), len(differences), as_large / len(flips)
    )
