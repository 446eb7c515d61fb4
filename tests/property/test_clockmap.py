"""A clock map never runs back, and a count survives the way to engine time and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rascue.core.clockmap import ClockMap
from rascue.core.types import EngineNs

instants = st.integers(0, 10**18).map(EngineNs)
counts = st.integers(0, 10**10)
maps = st.builds(
    ClockMap,
    anchor_count=counts,
    anchor_ns=instants,
    rate_hz=st.floats(1.0, 1e6),
    residual_sd_s=st.just(0.0),
    n_pairs=st.just(2),
)
near = st.integers(-(10**8), 10**8)
"""Counts from the anchor: half an hour at 48 kHz, after which a map is long renewed."""


@given(maps, near, near)
def test_later_counts_are_never_earlier_instants(clock, first, second):
    low, high = sorted((first, second))
    assert clock.to_engine(clock.anchor_count + low) <= clock.to_engine(clock.anchor_count + high)


@given(maps, near, near)
def test_later_instants_are_never_earlier_counts(clock, first, second):
    low, high = sorted((first, second))
    early, late = EngineNs(clock.anchor_ns + low), EngineNs(clock.anchor_ns + high)
    assert clock.to_count(early) <= clock.to_count(late)


@given(maps, near)
def test_a_count_comes_back_as_it_was(clock, from_anchor):
    count = clock.anchor_count + from_anchor
    assert clock.to_count(clock.to_engine(count)) == count


@given(maps, near, st.integers(0, 10**9))
def test_shifting_the_anchor_shifts_the_instants_and_nothing_else(clock, from_anchor, by_ns):
    moved = ClockMap(
        clock.anchor_count,
        EngineNs(clock.anchor_ns + by_ns),
        clock.rate_hz,
        clock.residual_sd_s,
        clock.n_pairs,
    )
    count = clock.anchor_count + from_anchor
    assert moved.to_engine(count) - clock.to_engine(count) == by_ns
