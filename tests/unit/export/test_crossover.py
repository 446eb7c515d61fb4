"""The crossover of policies: drawing of lots, exact test, verdict."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from rascue.config.program import program_from_dict, program_to_dict
from rascue.core.types import StepKind
from rascue.export.crossover import compare_policies, crossover_program, randomization_p
from tests.unit.export.strides import spans_of, walk

POLICIES = ("fixed", "match")


def session(cadences: dict[str, float], rounds: int = 6, seed: int = 3, phase_deg: float = 10.0):
    """Return spans and strides of a crossover in which each policy gives its cadence."""
    spans = spans_of(list(crossover_program(POLICIES, rounds, seed).steps))
    strides, begin_s = [], 0.0
    for span in spans:
        step = span.step
        spm = cadences.get(step.strategy, 100.0)
        strides += walk(begin_s, begin_s + step.duration_s, spm, phase_deg)
        begin_s += step.duration_s
    return spans, strides


def test_every_round_holds_every_policy_once_in_an_order_that_the_seed_decides() -> None:
    program = crossover_program(POLICIES, 20, seed=7)
    names = [step.strategy for step in program.steps if step.kind is StepKind.CUED]
    rounds = [tuple(names[k : k + 2]) for k in range(0, 40, 2)]
    assert all(Counter(one) == Counter(POLICIES) for one in rounds)
    assert len(set(rounds)) == 2
    assert program == crossover_program(POLICIES, 20, seed=7)
    assert program.steps != crossover_program(POLICIES, 20, seed=8).steps
    assert all(
        after.kind is StepKind.REST
        for before, after in pairwise(program.steps)
        if before.kind is StepKind.CUED
    )


def test_the_programme_is_one_that_the_engine_reads() -> None:
    program = crossover_program(POLICIES, 2, seed=1)
    assert program_from_dict(program_to_dict(program), "crossover") == program


def test_the_better_policy_is_found() -> None:
    compared = compare_policies(*session({"fixed": 102.0, "match": 105.0}))
    gains = {figures.policy: figures.cadence_gain_percent for figures in compared.policies}
    assert gains == pytest.approx({"fixed": 2.0, "match": 5.0}, abs=0.01)
    (pair,) = compared.pairs
    assert pair.gain_p == pytest.approx(2 / 64)
    assert pair.verdict == "match moved the cadence further up than fixed"


def test_equal_policies_are_not_told_apart() -> None:
    (pair,) = compare_policies(*session({"fixed": 105.0, "match": 105.0})).pairs
    assert pair.gain_p == 1.0
    assert pair.verdict == "no difference that chance would not make as well"


def test_few_rounds_are_said_to_be_too_few() -> None:
    (pair,) = compare_policies(*session({"fixed": 102.0, "match": 105.0}, rounds=4)).pairs
    assert pair.verdict.startswith("4 rounds are too few")


def test_a_round_that_was_cut_short_does_not_count() -> None:
    spans, strides = session({"fixed": 102.0, "match": 105.0}, rounds=3)
    last = [span for span in spans if span.step.kind is StepKind.CUED][-1]
    until = [stride for stride in strides if stride.ic_ns < last.begin_ns]
    assert compare_policies(spans, until).policies[0].n_blocks == 2


def test_a_session_of_another_kind_is_not_compared() -> None:
    spans, strides = session({"fixed": 102.0, "match": 105.0}, rounds=1)
    assert compare_policies(spans, strides) is None
    assert compare_policies(spans[:2], strides) is None


def test_the_exact_test_counts_every_way_to_swap() -> None:
    assert randomization_p([1.0, 1.0, 1.0]) == pytest.approx(2 / 8)
    assert randomization_p([3.0, -1.0, 1.0]) == pytest.approx(6 / 8)
    assert randomization_p([0.0, 0.0]) == 1.0
