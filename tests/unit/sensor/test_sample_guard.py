"""Samples that cannot be true are dropped, all others pass unchanged and in order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rascue.sensor.chip import TroubleKind
from rascue.sensor.sample_guard import FROZEN_AFTER, SampleGuard

LIMITS = np.repeat((2000.0, 5000.0), 3)


def noise(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 20, (n, 6)).astype(np.int16)


def passed(raw: np.ndarray, cuts: list[int]) -> tuple[list[int], list[TroubleKind]]:
    guard = SampleGuard(LIMITS)
    counts = np.arange(len(raw), dtype=np.int64)
    kept: list[int] = []
    kinds: list[TroubleKind] = []
    for start, stop in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        found = guard.take(counts[start:stop], raw[start:stop])
        kept += found.counts.tolist()
        kinds += [trouble.kind for trouble in found.troubles]
    return kept, kinds


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 60), max_size=8), st.integers(1, 58), st.integers(0, 5))
def test_a_spike_is_dropped_however_samples_come(cuts: list[int], at: int, axis: int) -> None:
    raw = noise(60)
    raw[at, axis] ^= np.int16(1 << 14)
    kept, kinds = passed(raw, sorted(cuts))
    assert kept == [count for count in range(60) if count != at][: len(kept)]
    assert len(kept) >= 58
    assert kinds == [TroubleKind.DAMAGED]


def test_a_step_of_the_signal_passes() -> None:
    raw = noise(60)
    raw[30:, 0] += 8000
    kept, kinds = passed(raw, [31])
    assert kept == list(range(60))
    assert kinds == []


def test_a_frozen_chip_gives_its_last_sample_once() -> None:
    raw = np.concatenate((noise(20), np.repeat(noise(1, 2), 40, axis=0), noise(20, 3)))
    kept, kinds = passed(raw, [5, 25, 50])
    assert kept == [*range(21), *range(60, 80)]
    assert kinds == [TroubleKind.FROZEN]


def test_a_few_repeats_are_chance() -> None:
    raw = noise(40)
    raw[20 : 20 + FROZEN_AFTER - 1] = raw[19]
    kept, kinds = passed(raw, [22])
    assert kept == list(range(40))
    assert kinds == []
