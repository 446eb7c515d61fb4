from __future__ import annotations

from rascue.core.clockmap import ClockMap
from rascue.core.types import EngineNs

AT_48_KHZ = ClockMap(
    anchor_count=480, anchor_ns=EngineNs(2_000_000_000), rate_hz=48_000.0, residual_sd_s=0.0,
    n_pairs=1,
)  # fmt: skip


def test_the_anchor_lies_on_the_line():
    assert AT_48_KHZ.to_engine(480) == 2_000_000_000
    assert AT_48_KHZ.to_count(EngineNs(2_000_000_000)) == 480


def test_a_second_holds_as_many_counts_as_the_rate_says():
    assert AT_48_KHZ.to_engine(480 + 48_000) == 3_000_000_000
    assert AT_48_KHZ.to_count(EngineNs(3_000_000_000)) == 480 + 48_000


def test_counts_before_the_anchor_lie_earlier():
    assert AT_48_KHZ.to_engine(0) == 2_000_000_000 - 10_000_000
    assert AT_48_KHZ.to_count(EngineNs(1_990_000_000)) == 0


def test_the_nearest_count_is_taken():
    frame_ns = 1e9 / 48_000
    assert AT_48_KHZ.to_count(EngineNs(2_000_000_000 + round(0.4 * frame_ns))) == 480
    assert AT_48_KHZ.to_count(EngineNs(2_000_000_000 + round(0.6 * frame_ns))) == 481
