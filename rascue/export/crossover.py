"""Which policy suits this person: blocks in random order, and their comparison.

A single-patient crossover (FIELD D8): rounds, each with every policy once, in an order drawn from a
seed, with walking without a beat between. Policies are compared round by round.

Equation: for two policies the difference of a figure is taken in each round; ``p`` is the share of
all ``2**rounds`` ways to swap the two within rounds whose mean difference is at least as large:
Fisher's exact randomization test for paired blocks.
Deviations: no correction for several pairs or for carry-over beyond the pause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from statistics import fmean

import numpy as np

from rascue.core.types import (
    ProgramStep,
    SessionProgram,
    StepKind,
    StrideRecord,
    Target,
    TargetKind,
)
from rascue.export.block_spans import BlockSpan, cadence_spm
from rascue.export.statistics import walk_figures

TELLING_P = 0.05
"""Usual bound of chance; a convention, not evidence."""

ROUNDS_MAX = 12
"""4096 ways to swap; more rounds than a session holds."""

SETTLED_SHARE = 1.0 / 3.0
"""Share of a block left out before it is judged. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """Means of one policy over its blocks; gain against the own tempo, percent."""

    policy: str
    n_blocks: int
    cadence_gain_percent: float
    phase_consistency_r: float


@dataclass(frozen=True, slots=True)
class PolicyPair:
    """Two policies: difference of the first from the second, and how likely by chance."""

    first: str
    second: str
    gain_difference_percent: float
    gain_p: float
    consistency_difference: float
    consistency_p: float
    verdict: str


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """Outcome of a crossover."""

    policies: tuple[PolicyFigures, ...]
    pairs: tuple[PolicyPair, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    policy: str
    gain_percent: float
    consistency_r: float


def crossover_program(
    policies: Sequence[str],
    rounds: int,
    seed: int,
    target_percent: float = 105.0,
    block_s: float = 90.0,
    pause_s: float = 30.0,
) -> SessionProgram:
    """Return a programme that tries each policy once in every round.

    Parameters
    ----------
    seed
        The same seed gives the same order; it stands in the programme's rationale.
    target_percent
        Tempo aimed at in all cued blocks, percent of the own.
    block_s, pause_s
        Length of a cued block, and of the walk without a beat after it. Defaults, not evidence.
    """
    order = np.random.default_rng(seed)
    target = Target(TargetKind.PERCENT_OF_BASELINE, target_percent)
    steps = [ProgramStep(StepKind.BASELINE, 60.0, "Walk as you usually do")]
    for number in range(1, rounds + 1):
        for policy in order.permutation(policies).tolist():
            title = f"Round {number}"
            steps.append(ProgramStep(StepKind.CUED, block_s, title, target, policy))
            steps.append(ProgramStep(StepKind.REST, pause_s, "Go on without the beat"))
    return SessionProgram(
        name=f"crossover_{seed}",
        version="1",
        title=f"Crossover: {', '.join(policies)}",
        rationale=f"Which strategy suits this person: {rounds} rounds, order from seed {seed}. "
        "Lengths are a starting point, not evidence.",
        steps=tuple(steps),
    )


def compare_policies(
    spans: Sequence[BlockSpan], strides: Sequence[StrideRecord]
) -> PolicyComparison | None:
    """Compare the policies of a crossover; None when the session is none, or too short."""
    rounds = _rounds(spans, strides)
    if len(rounds) < 2:  # noqa: PLR2004 - one round compares nothing
        return None
    names = sorted(rounds[0])
    figures = tuple(
        PolicyFigures(
            policy=name,
            n_blocks=len(rounds),
            cadence_gain_percent=round(fmean(r[name].gain_percent for r in rounds), 4),
            phase_consistency_r=round(fmean(r[name].consistency_r for r in rounds), 4),
        )
        for name in names
    )
    return PolicyComparison(figures, tuple(_pair(a, b, rounds) for a, b in combinations(names, 2)))


def randomization_p(differences: Sequence[float]) -> float:
    """Return the two-sided p of paired differences, 0 < p <= 1."""
    seen = abs(sum(differences))
    swapped = product((1.0, -1.0), repeat=len(differences))
    tolerance = 1e-12 * (1.0 + seen)
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in swapped
    ]
    return sum(value >= seen - tolerance for value in sums) / len(sums)


def _rounds(spans: Sequence[BlockSpan], strides: Sequence[StrideRecord]) -> list[dict[str, _Block]]:
    """Return the complete rounds: policy -> block. Empty when the programme is no crossover."""
    own = [span for span in spans if span.step.kind is StepKind.BASELINE]
    own_spm = cadence_spm([stride for span in own for stride in span.strides(strides)])
    cued = [span for span in spans if span.step.kind is StepKind.CUED]
    counts = Counter(span.step.strategy for span in cued)
    if own_spm is None or len(counts) < 2 or not _randomized(cued, len(counts)):  # noqa: PLR2004
        return []
    blocks = [_judged(span, strides, own_spm) for span in cued]
    starts = range(0, len(blocks) - len(counts) + 1, len(counts))
    groups = [blocks[start : start + len(counts)] for start in starts]
    complete = [[block for block in group if block is not None] for group in groups]
    rounds = [{block.policy: block for block in group} for group in complete]
    return [found for found in rounds if len(found) == len(counts)][:ROUNDS_MAX]


def _randomized(cued: Sequence[BlockSpan], n_policies: int) -> bool:
    """Return whether every complete round holds each policy once, with the same target."""
    names = [span.step.strategy for span in cued]
    starts = range(0, len(names) - n_policies + 1, n_policies)
    whole = all(len(set(names[start : start + n_policies])) == n_policies for start in starts)
    return whole and len({span.step.target for span in cued}) == 1


def _judged(span: BlockSpan, strides: Sequence[StrideRecord], own_spm: float) -> _Block | None:
    late = span.strides(strides, SETTLED_SHARE)
    walked_spm = cadence_spm(late)
    consistency = walk_figures(late).phase_consistency_r
    if walked_spm is None or isinstance(consistency, str):
        return None
    return _Block(span.step.strategy, 100.0 * (walked_spm / own_spm - 1.0), consistency)


def _pair(first: str, second: str, rounds: Sequence[dict[str, _Block]]) -> PolicyPair:
    gains = [r[first].gain_percent - r[second].gain_percent for r in rounds]
    consistencies = [r[first].consistency_r - r[second].consistency_r for r in rounds]
    gain_p, consistency_p = randomization_p(gains), randomization_p(consistencies)
    return PolicyPair(
        first=first,
        second=second,
        gain_difference_percent=round(fmean(gains), 4),
        gain_p=round(gain_p, 6),
        consistency_difference=round(fmean(consistencies), 4),
        consistency_p=round(consistency_p, 6),
        verdict=_verdict(first, second, fmean(gains), gain_p, len(rounds)),
    )


def _verdict(first: str, second: str, gain: float, p: float, n_rounds: int) -> str:
    if 2.0 / 2**n_rounds > TELLING_P:
        return f"{n_rounds} rounds are too few to tell a difference from chance"
    if p > TELLING_P:
        return "no difference that chance would not make as well"
    faster, slower = (first, second) if gain > 0.0 else (second, first)
    return f"{faster} moved the cadence further up than {slower}"
