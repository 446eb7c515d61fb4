"""What must hold for any signal, cut into any blocks, with gaps and with nonsense values."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rascue.core.types import ImuBlock, Placement, SourceInfo, StepEvent
from rascue.steps.choose import detector_for
from tests.unit.steps.walks import back_walk, foot_walk

PLACEMENTS = (Placement.LEFT_FOOT, Placement.LOWER_BACK, Placement.POCKET)


def detector(placement: Placement):
    return detector_for(SourceInfo("sensor", placement, 100.0, has_gyro=True))


def parts(block: ImuBlock, cuts: list[int]) -> list[ImuBlock]:
    edges = [0, *sorted(set(cuts)), block.n]
    return [
        ImuBlock("sensor", k, block.t_ns[a:b], block.acc_mps2[a:b], block.gyr_dps[a:b])
        for k, (a, b) in enumerate(pairwise(edges))
        if b > a
    ]


@settings(max_examples=30, deadline=None)
@given(
    placement=st.sampled_from(PLACEMENTS),
    cuts=st.lists(st.integers(1, 1500), max_size=60),
    gap=st.integers(0, 200),
)
def test_any_division_of_a_walk_with_a_gap_gives_the_same_events(placement, cuts, gap) -> None:
    walk, _ = foot_walk() if placement is Placement.LEFT_FOOT else back_walk()
    kept = np.ones(walk.n, bool)
    kept[600 : 600 + gap] = False
    walk = ImuBlock("sensor", 0, walk.t_ns[kept], walk.acc_mps2[kept], walk.gyr_dps[kept])
    one = detector(placement)
    divided = [event for part in parts(walk, cuts) for event in one.process(part)]
    assert divided == list(detector(placement).process(walk))


@settings(max_examples=60, deadline=None)
@given(
    placement=st.sampled_from(PLACEMENTS),
    seed=st.integers(0, 2**32 - 1),
    scale=st.floats(0.0, 1e4),
    jitter=st.floats(0.0, 0.9),
    holes=st.sampled_from([0.0, 0.01, 0.5]),
)
def test_noise_of_any_size_keeps_order_and_delay(placement, seed, scale, jitter, holes) -> None:
    rng = np.random.default_rng(seed)
    n = 3000
    t_ns = np.cumsum(rng.uniform(1 - jitter, 1 + jitter, n) * 1e7).astype(np.int64)
    acc = rng.normal([0.0, 0.0, 9.81], scale / 10, (n, 3)).astype(np.float32)
    gyr = np.cumsum(rng.normal(0.0, scale / 10, (n, 3)), axis=0).astype(np.float32)
    acc[rng.random(n) < holes] = np.nan
    one = detector(placement)
    steps = [
        e for e in one.process(ImuBlock("sensor", 0, t_ns, acc, gyr)) if isinstance(e, StepEvent)
    ]
    times = [step.ic_ns for step in steps]
    assert times == sorted(set(times))
    for step in steps:
        assert 0 <= step.detected_ns - step.ic_ns <= one.delay_max_s * 1e9


@settings(max_examples=20, deadline=None)
@given(placement=st.sampled_from(PLACEMENTS), bad=st.sampled_from([np.nan, np.inf, -np.inf]))
def test_one_value_that_is_no_number_spoils_one_sample_only(placement, bad) -> None:
    walk, _ = foot_walk() if placement is Placement.LEFT_FOOT else back_walk()
    walk.acc_mps2[50, 1] = bad
    without = np.delete(np.arange(walk.n), 50)
    clean = ImuBlock("sensor", 0, walk.t_ns[without], walk.acc_mps2[without], walk.gyr_dps[without])
    assert detector(placement).process(walk) == detector(placement).process(clean)
