"""Equal energy against the table of AUDIO.md section 8, and caps that hold for any calibration."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.audio.hearing_dose import (
    LOUDEST_DBA,
    SENSITIVE_DBA,
    SOFT_START_S,
    UNCALIBRATED_MAX_DBFS,
    allowed_h_per_week,
    level_max_dbfs,
    level_that_lasts_dba,
    share_of_week,
    soft_start_dbfs,
)

FORTY_HOURS_S = 40 * 3600.0


@pytest.mark.parametrize(
    ("level_dba", "hours"), [(80.0, 40.0), (85.0, 12.6), (90.0, 4.0), (100.0, 0.4)]
)
def test_hours_a_week_are_those_of_the_table(level_dba: float, hours: float) -> None:
    assert allowed_h_per_week(level_dba) == pytest.approx(hours, rel=0.01)


def test_forty_hours_at_the_reference_are_the_whole_dose() -> None:
    assert share_of_week(FORTY_HOURS_S, 80.0) == pytest.approx(1.0)
    assert share_of_week(FORTY_HOURS_S, 75.0, SENSITIVE_DBA) == pytest.approx(1.0)


def test_silence_adds_nothing() -> None:
    assert share_of_week(3600.0, -math.inf) == 0.0


@given(st.floats(1e-6, 1.0), st.floats(0.01, 1e5))
def test_the_level_that_lasts_uses_exactly_what_is_left(share: float, tone_s: float) -> None:
    assert share_of_week(tone_s, level_that_lasts_dba(share, tone_s)) == pytest.approx(share)


def test_nothing_left_is_silence_and_nothing_to_come_is_no_bound() -> None:
    assert level_that_lasts_dba(0.0, 10.0) == -math.inf
    assert level_that_lasts_dba(0.5, 0.0) == math.inf


@given(st.floats(60, 150), st.floats(-30, -6))
def test_no_calibrated_output_is_louder_than_the_cap(offset_db: float, limit_dbfs: float) -> None:
    level = level_max_dbfs(offset_db, limit_dbfs)
    assert level <= limit_dbfs
    assert level + offset_db <= LOUDEST_DBA + 1e-9


def test_without_calibration_the_cap_is_conservative() -> None:
    assert level_max_dbfs(None, -6.0) == UNCALIBRATED_MAX_DBFS
    assert level_max_dbfs(None, -20.0) == -20.0


@given(st.floats(-40, -6), st.lists(st.floats(0, 30), min_size=2, max_size=10))
def test_the_soft_start_only_rises_and_reaches_the_level(
    level_dbfs: float, times_s: list[float]
) -> None:
    steps = [soft_start_dbfs(level_dbfs, at_s) for at_s in sorted(times_s)]
    assert steps == sorted(steps)
    assert max(steps) <= level_dbfs
    assert soft_start_dbfs(level_dbfs, SOFT_START_S) == level_dbfs
    assert soft_start_dbfs(level_dbfs, 0.0) < level_dbfs - 10
