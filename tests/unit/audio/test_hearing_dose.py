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
    HearingDose,
    OutputCalibration,
    allowed_h_per_week,
    equal_energy_dba,
    level_max_dbfs,
    soft_start_dbfs,
)

levels = st.floats(-60, 110)
times = st.floats(0, 7200)


@pytest.mark.parametrize(
    ("level_dba", "hours"), [(80.0, 40.0), (85.0, 12.6), (90.0, 4.0), (100.0, 0.4)]
)
def test_hours_a_week_are_those_of_the_table(level_dba: float, hours: float) -> None:
    assert allowed_h_per_week(level_dba) == pytest.approx(hours, rel=0.01)


def test_forty_hours_at_the_reference_are_the_whole_dose() -> None:
    assert HearingDose().after(80.0, 40 * 3600.0).share == pytest.approx(1.0)
    assert HearingDose(reference_dba=SENSITIVE_DBA).after(75.0, 40 * 3600.0).used_up


@given(levels, levels, times, times)
def test_parts_have_the_dose_of_their_equal_energy(
    first: float, second: float, first_s: float, second_s: float
) -> None:
    parts = HearingDose().after(first, first_s).after(second, second_s)
    level = equal_energy_dba([first, second], [first_s, second_s])
    assert parts.share == pytest.approx(HearingDose().after(level, first_s + second_s).share)


def test_silence_adds_nothing() -> None:
    assert HearingDose(0.3).after(-math.inf, 3600.0).share == 0.3
    assert equal_energy_dba([], []) == -math.inf


@given(st.floats(60, 150), st.floats(-30, -6))
def test_no_calibrated_output_is_louder_than_the_cap(offset_db: float, limit_dbfs: float) -> None:
    calibration = OutputCalibration(offset_db)
    level = level_max_dbfs(calibration, limit_dbfs)
    assert level <= limit_dbfs
    assert calibration.dba(level) <= LOUDEST_DBA + 1e-9


def test_without_calibration_the_cap_is_conservative() -> None:
    assert level_max_dbfs(None, -6.0) == UNCALIBRATED_MAX_DBFS
    assert level_max_dbfs(None, -20.0) == -20.0


def test_a_session_may_not_use_up_the_week() -> None:
    start = HearingDose(0.5)
    assert start.after(85.0, 3600.0).allows_more(start)
    assert not start.after(85.0, 3 * 3600.0).allows_more(start)
    assert not HearingDose(1.0).allows_more(HearingDose(0.95))


@given(st.floats(-40, -6), st.lists(st.floats(0, 30), min_size=2, max_size=10))
def test_the_soft_start_only_rises_and_reaches_the_level(
    level_dbfs: float, times_s: list[float]
) -> None:
    steps = [soft_start_dbfs(level_dbfs, at_s) for at_s in sorted(times_s)]
    assert steps == sorted(steps)
    assert max(steps) <= level_dbfs
    assert soft_start_dbfs(level_dbfs, SOFT_START_S) == level_dbfs
    assert soft_start_dbfs(level_dbfs, 0.0) < level_dbfs - 10
