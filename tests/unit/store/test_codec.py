from __future__ import annotations

import math

import numpy as np
import pytest

from rascue.core.types import EngineNs, ParamValue, ProgramStep, Side, StepKind, Target, TargetKind
from rascue.store.codec import (
    column_type,
    from_column,
    from_json,
    from_plain,
    to_column,
    to_json,
    to_plain,
)


def test_numbers_keep_their_kind():
    step = ProgramStep(StepKind.CUED, 60, params={"a": 1, "b": 1.0, "c": True, "d": "1"})
    again = from_json(ProgramStep, to_json(step))
    assert repr(again) == repr(step)


def test_nested_values_become_dictionaries():
    target = Target(TargetKind.ABSOLUTE, 100.0)
    assert to_plain(target) == {"kind": "absolute", "value": 100.0, "end_value": None}
    assert from_plain(Target, to_plain(target)) == target


def test_a_union_of_scalars_is_kept_as_it_is():
    assert from_plain(ParamValue, 3) == 3
    assert from_plain(ParamValue | None, None) is None


@pytest.mark.parametrize("value", [np.int64(1), np.bool_(True), {1}, b"x", object()])
def test_what_would_not_come_back_is_refused(value):
    with pytest.raises(TypeError, match="cannot be stored"):
        to_plain(value)
    with pytest.raises(TypeError, match="cannot be stored"):
        to_column(value)


def test_an_unknown_member_is_an_error():
    with pytest.raises(ValueError, match="sideways"):
        from_plain(TargetKind, "sideways")


def test_a_missing_field_without_default_is_an_error():
    with pytest.raises(TypeError, match="value"):
        from_plain(Target, {"kind": "absolute"})


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        (int, "INTEGER NOT NULL"),
        (EngineNs, "INTEGER NOT NULL"),
        (EngineNs | None, "INTEGER"),
        (bool, "INTEGER NOT NULL"),
        (float, "ANY"),
        (float | None, "ANY"),
        (str, "TEXT NOT NULL"),
        (Side, "TEXT NOT NULL"),
        (tuple[Target, ...], "TEXT NOT NULL"),
    ],
)
def test_column_types(kind, sql):
    assert column_type(kind) == sql


@pytest.mark.parametrize(
    ("kind", "value", "column"),
    [
        (bool, True, 1),
        (Side, Side.LEFT, "L"),
        (float | None, None, None),
        (float, math.inf, math.inf),
        (EngineNs | None, -(2**63), -(2**63)),
        (tuple[Target, ...], (), "[]"),
    ],
)
def test_columns(kind, value, column):
    assert to_column(value) == column
    assert from_column(kind, column) == value


def test_nan_has_a_word_of_its_own():
    assert to_column(math.nan) == "nan"
    assert math.isnan(from_column(float, "nan"))
