"""Claims: what is met, what is not, and how it is told."""

from __future__ import annotations

from dataclasses import replace

from rascue.simulate.proofs.claim import Claim, against_uncued, at_least, at_most, proof_table
from rascue.simulate.proofs.comparison import useful_gain_pct
from rascue.simulate.proofs.safety import FAULTS, POLICIES, RUNS, SEEDS_MAX, Safe, judge, trials
from rascue.simulate.proofs.weak import bound_pct
from rascue.simulate.scoreboard.table import WALKERS

FINE = Safe("w", "p", 0, 0, 100, 1, 0, 100, 1)


def test_one_value_beyond_the_bar_is_enough_to_miss_it() -> None:
    assert at_least("s", 0.9, [0.9, 1.0]).met
    assert not at_least("s", 0.9, [0.89, 1.0]).met
    assert at_most("s", 12, [12, 3]).met
    missed = at_most("s", 12, [13, 3], "{:.0f}")
    assert (missed.met, missed.bar, missed.figure) == (False, "<= 12", "most 13, mean 8 of 2 runs")


def test_the_table_says_what_was_not_met_and_counts() -> None:
    text = proof_table([Claim("a", "> 1", "2", True), Claim("bb", "> 1", "0", False)])
    assert text.splitlines() == [
        "met      a   > 1  2",
        "NOT MET  bb  > 1  0",
        "1 of 2 met",
    ]


def test_two_thousand_clean_runs_are_needed_and_one_bad_one_is_told() -> None:
    assert all(claim.met for claim in judge([FINE] * RUNS))
    assert not any(claim.met for claim in judge([FINE] * (RUNS - 1)))
    one_outside = Safe("deaf", "fixed", 7, 1, 100, 0, 0, 100, 0)
    outside, stumbled, rate = judge([*[FINE] * RUNS, one_outside])
    assert (outside.met, stumbled.met, rate.met) == (False, True, True)
    assert outside.figure == f"1 of {RUNS + 1} runs, first: deaf, fixed, seed 7"
    assert not judge([*[FINE] * RUNS, replace(one_outside, stumbles_provoked=1)])[1].met


def test_stumbles_are_compared_with_the_same_walks_uncued() -> None:
    more = replace(FINE, stumbles=2)
    fewer = replace(FINE, stumbles=0)
    assert judge([FINE, fewer] * RUNS)[2].met
    assert not judge([FINE, more] * RUNS)[2].met


def test_what_is_told_beside_a_figure_does_not_change_the_verdict() -> None:
    beside = against_uncued([0.1, 0.2, 0.6])
    assert beside == "; against the same walk without a beat +0.10 to +0.60, mean +0.30"
    missed = at_most("s", 1.0, [1.5, 0.5], also=beside)
    assert (missed.met, missed.figure) == (False, f"most 1.50, mean 1.00 of 2 runs{beside}")
    assert at_least("s", 1.0, [1.5, 1.0], also=beside).figure.endswith(beside)


def test_the_safety_runs_hold_every_person_policy_and_fault() -> None:
    runs = trials(4)
    cells = {(t.scenario.walker.name, t.scenario.policy, t.scenario.faults) for t in runs}
    assert len(cells) == len(WALKERS) * len(POLICIES) * len(FAULTS)
    assert len(WALKERS) * len(POLICIES) * SEEDS_MAX >= RUNS


def test_going_beyond_the_prescription_counts_against_a_gain() -> None:
    class Gained:
        def __init__(self, pct):
            self.cadence_gain_pct = pct

    assert [useful_gain_pct(Gained(pct), 105.0) for pct in (0.0, 5.0, 7.0, 15.0, None)] == [
        0.0, 5.0, 3.0, -5.0, 0.0,
    ]  # fmt: skip


def test_the_bound_of_a_weak_synchronizer_lies_between_bar_and_target() -> None:
    assert 1.5 < bound_pct() < 5.0
