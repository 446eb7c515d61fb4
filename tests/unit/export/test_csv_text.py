from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.export.csv_text import csv_text, table_csv, write_table
from tests.store.samples import some_items

values = st.none() | st.integers() | st.floats() | st.text()


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("first", [*"=+-@\t\r\n\0", *"\uff1d\uff0b\uff0d\uff20"])
def test_text_that_a_spreadsheet_would_carry_out_is_guarded(first):
    assert read(csv_text(["a"], [[first + "1+1"]]))[1] == ["'" + first + "1+1"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (math.nan, ""), (-0.03, "-0.03"), (-5, "-5"), (-0.0, "0.0"),
     (0.1 + 0.2, "0.30000000000000004"), ("a=b", "a=b"),
     ('say "x", y', 'say "x", y'), ("Zoë", "Zoë")],
)  # fmt: skip
def test_cells(value, cell):
    assert read(csv_text(["a", "b"], [[value, 1]]))[1] == [cell, "1"]


@given(st.lists(st.lists(values, min_size=3, max_size=3), max_size=5))
def test_any_values_come_back_and_no_text_can_be_carried_out(lines):
    found = read(csv_text(["a", "b", "c"], lines))[1:]
    assert len(found) == len(lines)
    for cells, line in zip(found, lines, strict=True):
        for cell, value in zip(cells, line, strict=True):
            if isinstance(value, str):
                assert cell in {value, "'" + value}
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
            elif value is None or math.isnan(value):
                assert cell == ""
            else:
                assert type(value)(cell) == value  # integers beyond 2**53 keep every digit


def test_a_table_as_a_file(stored, tmp_path):
    reader = stored(some_items(25))
    write_table(reader, "beats", tmp_path / "beats.csv")
    content = (tmp_path / "beats.csv").read_bytes()
    assert content.decode() == table_csv(reader, "beats")
    assert content.startswith(b"index,frame,due_s,sound_s,")
    assert content.count(b"\r\n") == 6
