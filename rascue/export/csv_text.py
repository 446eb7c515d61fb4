"""Rows as CSV that a spreadsheet opens without carrying out anything in it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from rascue.export.dictionary import TABLES
from rascue.export.tables import Value, rows
from rascue.store.reader import SessionReader

_FORMULA_STARTS = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""First characters that make a spreadsheet take a cell as a formula. Source: OWASP, "CSV
Injection"; the full-width ones are read as such in Japanese settings."""


def table_csv(reader: SessionReader, table: str) -> str:
    """Return one table of a session as CSV text with a header line."""
    return csv_text([column.name for column in TABLES[table]], rows(reader, table))


def write_table(reader: SessionReader, table: str, path: Path) -> None:
    """Write one table of a session as a CSV file."""
    path.write_text(table_csv(reader, table), encoding="utf-8", newline="")


def csv_text(header: Sequence[str], lines: Iterable[Sequence[Value]]) -> str:
    """Return CSV as in RFC 4180; empty cells for None and NaN, numbers in full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return text.getvalue()


def _cell(value: Value) -> Value:
    if isinstance(value, str):
        return _inert(value)
    if isinstance(value, float):
        return None if math.isnan(value) else value + 0.0  # which takes the sign from -0.0
    return value


def _inert(text: str) -> str:
    """Return text that no spreadsheet takes as a formula, with an apostrophe where needed."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
