"""Coordination and long memory of strides; too few give a sentence, not a number."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.cadence.complexity import scaling_exponent
from rascue.cadence.coordination import phase_coordination_index_pct
from rascue.cadence.enough import NotEnoughStrides
from rascue.core.types import EngineNs, Side, StrideRecord


def stride(
    stride_s: float = 1.0,
    side: Side = Side.LEFT,
    step_s: float | None = None,
) -> StrideRecord:
    end = EngineNs(round(stride_s * 1e9))
    return StrideRecord(side, 1, EngineNs(0), end, stride_s, step_s)


def test_coordination_of_an_even_and_of_a_limping_walk() -> None:
    assert phase_coordination_index_pct([stride(step_s=0.5)] * 23) == pytest.approx(0.0)
    # The other foot lands at 0.4 of the stride: 144 degrees, 20 % from the middle.
    assert phase_coordination_index_pct([stride(step_s=0.6)] * 23) == pytest.approx(20.0)


def test_coordination_is_the_same_from_either_foot() -> None:
    left = phase_coordination_index_pct([stride(step_s=0.6)] * 23)
    right = phase_coordination_index_pct([stride(side=Side.RIGHT, step_s=0.4)] * 23)
    assert left == pytest.approx(right)


@pytest.mark.parametrize(
    ("measure", "needed"),
    [(phase_coordination_index_pct, 23), (scaling_exponent, 256)],
)
def test_too_few_strides_give_a_sentence(measure, needed) -> None:
    found = measure([])
    assert found == NotEnoughStrides(0, needed)
    assert str(found) == f"not enough strides (0 of {needed})"


@pytest.mark.parametrize(("slope", "exponent"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_the_exponent_of_noise_with_a_known_spectrum(slope, exponent) -> None:
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        spectrum = rng.normal(size=513) + 1j * rng.normal(size=513)
        spectrum[1:] /= np.arange(1, 513) ** (slope / 2)
        spectrum[0] = 0.0
        times = 1.1 + 0.02 * np.fft.irfft(spectrum)
        found.append(scaling_exponent(list(times)))
    assert np.mean(found) == pytest.approx(exponent, abs=0.07)
