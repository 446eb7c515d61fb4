from __future__ import annotations

from itertools import combinations

import pytest

from rascue.core.faults import FAULT_TABLE, Effect, FaultCode, strongest


def test_every_fault_has_a_rule_and_every_rule_a_fault():
    assert set(FAULT_TABLE) == set(FaultCode)


@pytest.mark.parametrize("code", list(FaultCode))
def test_a_rule_tells_what_is_wrong_and_what_to_do(code):
    rule = FAULT_TABLE[code]
    for sentence in (rule.text, rule.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_no_two_faults_say_the_same():
    texts = [rule.text for rule in FAULT_TABLE.values()]
    assert len(set(texts)) == len(texts)


def test_effects_grow_in_the_order_of_their_names():
    order = (Effect.NOTE, Effect.WARN, Effect.NO_START, Effect.HOLD, Effect.FADE, Effect.STOP)
    assert list(Effect) == sorted(order) == list(order)


def test_lost_information_holds_before_anything_else():
    for code in (FaultCode.SENSOR_STALE, FaultCode.SENSOR_LOST, FaultCode.TIME_UNLOCKED):
        assert FAULT_TABLE[code].effect is Effect.HOLD


def test_trouble_with_the_log_never_touches_a_running_cue():
    for code in (FaultCode.STORE_FULL, FaultCode.STORE_SLOW, FaultCode.STORE_FAILED):
        assert FAULT_TABLE[code].effect < Effect.HOLD


def test_nothing_raised_is_a_note():
    assert strongest(frozenset()) is Effect.NOTE


def test_the_strongest_of_several_wins():
    for first, second in combinations(FaultCode, 2):
        effects = {FAULT_TABLE[first].effect, FAULT_TABLE[second].effect}
        assert strongest(frozenset({first, second})) == max(effects)
