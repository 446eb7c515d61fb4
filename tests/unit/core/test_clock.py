from __future__ import annotations

import pytest

from rascue.core.clock import NS_PER_S, after, seconds_between
from rascue.core.types import EngineNs

LONG_UPTIME_NS = EngineNs(10 * 365 * 86_400 * NS_PER_S)


def test_seconds_between_counts_from_the_first_to_the_second():
    assert seconds_between(EngineNs(1_000_000_000), EngineNs(3_500_000_000)) == 2.5


def test_seconds_between_is_negative_when_the_order_is_reversed():
    assert seconds_between(EngineNs(2_000_000_000), EngineNs(1_500_000_000)) == -0.5


@pytest.mark.parametrize(("seconds", "later_by_ns"), [(0.5, 500_000_000), (-0.25, -250_000_000)])
def test_after_moves_forward_and_back(seconds, later_by_ns):
    assert after(EngineNs(10), seconds) == 10 + later_by_ns


def test_after_rounds_to_the_nearest_ns():
    assert after(EngineNs(0), 1.6e-9) == 2
    assert after(EngineNs(0), 1.4e-9) == 1


def test_a_second_stays_exact_after_ten_years_of_uptime():
    assert after(LONG_UPTIME_NS, 1.0) - LONG_UPTIME_NS == NS_PER_S
    assert seconds_between(LONG_UPTIME_NS, after(LONG_UPTIME_NS, 0.02)) == 0.02
