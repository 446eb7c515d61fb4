"""Coefficient of variation of stride times."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import EngineNs, Side, StepEvent
from rascue.cue.stride_variability import StrideVariability


def contacts(times_s) -> list[StepEvent]:
    return [
        StepEvent(k, EngineNs(round(t * 1e9)), EngineNs(0), Side.UNKNOWN, 1.0, "x")
        for k, t in enumerate(times_s)
    ]


def test_it_is_that_of_the_last_twenty_strides():
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.normal(0.55, 0.02, 60))
    variability = StrideVariability()
    variability.take(contacts(times))
    strides = (times[2:] - times[:-2])[-20:]
    assert variability.cv_pct == pytest.approx(100 * strides.std(ddof=1) / strides.mean())


def test_uneven_legs_are_no_variability():
    variability = StrideVariability()
    variability.take(contacts(np.cumsum([0.5, 0.7] * 15)))
    assert variability.cv_pct == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("n", "known"), [(11, False), (12, True)])
def test_ten_strides_are_needed(n, known):
    variability = StrideVariability()
    variability.take(contacts(0.5 * np.arange(n)))
    assert (variability.cv_pct is not None) is known


def test_a_pause_begins_a_new_series():
    variability = StrideVariability()
    variability.take(contacts([*0.5 * np.arange(30), *(100 + 0.5 * np.arange(8))]))
    assert variability.cv_pct is None


def test_one_leg_makes_a_stride_of_each_contact():
    variability = StrideVariability(contacts_per_stride=1)
    variability.take(contacts(1.1 * np.arange(11)))
    assert variability.cv_pct == pytest.approx(0.0, abs=1e-6)
