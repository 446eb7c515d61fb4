from __future__ import annotations

import json

import pytest

from rascue.testing.bench_table import BenchTable, shown

TABLE = BenchTable(
    "Speed",
    ("what", "x", "n"),
    (("engine", 123.4, 7), ("slow one", float("nan"), None)),
    "Careful.",
)


def test_names_stand_left_and_numbers_right():
    assert TABLE.to_text().splitlines() == [
        "Speed",
        "  what        x  n",
        "  engine    123  7",
        "  slow one    -  -",
        "Careful.",
    ]


def test_a_table_without_rows_says_why():
    assert BenchTable("Steps", (), (), "no recordings").to_text() == "Steps\nno recordings"


def test_what_is_not_known_is_null_in_json():
    assert json.loads(json.dumps(TABLE.to_dict(), allow_nan=False)) == {
        "title": "Speed",
        "note": "Careful.",
        "rows": [
            {"what": "engine", "x": 123.4, "n": 7},
            {"what": "slow one", "x": None, "n": None},
        ],
    }


@pytest.mark.parametrize(
    ("cell", "text"),
    [(0.0123456, "0.0123"), (99.94, "99.9"), (1234.5, "1234"), (5, "5"), ("a", "a"), (None, "-")],
)
def test_three_digits_count(cell, text):
    assert shown(cell) == text
