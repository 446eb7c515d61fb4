from __future__ import annotations

import pytest

from rascue.core.events import Tick
from rascue.core.types import CadenceEstimate, EngineNs
from rascue.store.commit_rule import CommitRule
from tests.store.samples import a_block, records_of_step, some_items

T0 = EngineNs(10_000_000_000)
ALMOST_A_SECOND_LATER = EngineNs(T0 + 999_999_999)
A_SECOND_LATER = EngineNs(T0 + 1_000_000_000)


def test_nothing_is_due_before_anything_was_appended():
    assert not CommitRule().due(T0)


@pytest.mark.parametrize("given", [a_block(0), Tick(T0), some_items(3)[2][0]])
def test_samples_and_ticks_wait_a_second(given):
    rule = CommitRule()
    rule.appended(given, [], T0)
    assert not rule.due(ALMOST_A_SECOND_LATER)
    assert rule.due(A_SECOND_LATER)


def test_the_oldest_item_counts():
    rule = CommitRule()
    rule.appended(Tick(T0), [], T0)
    rule.appended(Tick(T0), [], ALMOST_A_SECOND_LATER)
    assert rule.due(A_SECOND_LATER)


@pytest.mark.parametrize(
    "record", [r for r in records_of_step(1) if not isinstance(r, CadenceEstimate)], ids=type
)
def test_what_happened_is_due_at_once(record):
    rule = CommitRule()
    rule.appended(Tick(T0), [record], T0)
    assert rule.due(T0)


@pytest.mark.parametrize("given", [some_items(5)[3][0], some_items(5)[4][0]])
def test_commands_and_faults_are_due_at_once(given):
    rule = CommitRule()
    rule.appended(given, [], T0)
    assert rule.due(T0)


def test_an_estimate_alone_waits():
    rule = CommitRule()
    estimate = next(r for r in records_of_step(1) if isinstance(r, CadenceEstimate))
    rule.appended(Tick(T0), [estimate], T0)
    assert not rule.due(T0)


def test_a_later_tick_does_not_take_the_urgency_away():
    rule = CommitRule()
    rule.appended(Tick(T0), records_of_step(1), T0)
    rule.appended(Tick(T0), [], T0)
    assert rule.due(T0)


def test_after_a_commit_nothing_is_due():
    rule = CommitRule()
    rule.appended(Tick(T0), records_of_step(1), T0)
    rule.committed()
    assert not rule.due(A_SECOND_LATER)
