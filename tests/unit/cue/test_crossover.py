"""One person as their own comparison."""

from __future__ import annotations

import pytest

from rascue.config.program import program_from_dict, program_to_dict
from rascue.core.types import StepKind
from rascue.cue.crossover import Comparison, CrossoverPlan, compare, crossover_program

ARMS = ("fixed", "match", "mutual")


def cued(program):
    return [step.strategy for step in program.steps if step.kind is StepKind.CUED]


def test_each_strategy_comes_once_in_every_period():
    order = cued(crossover_program(ARMS, 105.0, 7, CrossoverPlan(repeats=4)))
    for period in range(4):
        assert sorted(order[3 * period : 3 * period + 3]) == sorted(ARMS)


def test_the_seed_chooses_the_order():
    orders = {tuple(cued(crossover_program(ARMS, 105.0, seed))) for seed in range(8)}
    assert len(orders) > 4
    assert crossover_program(ARMS, 105.0, 3) == crossover_program(ARMS, 105.0, 3)


def test_every_cued_block_is_followed_by_one_without():
    kinds = [step.kind for step in crossover_program(ARMS, 105.0, 1).steps]
    assert kinds[0] is StepKind.BASELINE
    assert set(kinds[1::2]) == {StepKind.CUED}
    assert set(kinds[2::2]) == {StepKind.PROBE}


def test_it_is_a_programme_like_any_other():
    program = crossover_program(ARMS, 105.0, 1)
    assert program_from_dict(program_to_dict(program), "crossover") == program


def test_a_clear_difference_has_a_small_p():
    figures = {"a": [0.9, 0.92, 0.95, 0.91, 0.93, 0.94], "b": [0.5, 0.6, 0.55, 0.52, 0.61, 0.5]}
    found = compare(figures, "a", "b")
    assert (found.first, found.second, found.pairs) == ("a", "b", 6)
    assert found.mean_difference == pytest.approx(0.3783, abs=1e-4)
    assert found.p == pytest.approx(2 / 64)


def test_no_difference_has_p_one():
    assert compare({"a": [1.0, 2.0], "b": [1.0, 2.0]}, "a", "b") == Comparison(
        "a", "b", 0.0, 2, 1.0
    )


def test_differences_of_either_sign_are_not_significant():
    assert compare({"a": [1.0, 0.0, 1.0], "b": [0.0, 1.0, 0.0]}, "a", "b").p == 1.0
