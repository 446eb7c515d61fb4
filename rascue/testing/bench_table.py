"""One table of figures, for people and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

THREE_DIGITS = 100.0

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class BenchTable:
    """A title, named columns with their units, and rows.

    Parameters
    ----------
    note
        What a reader must know to judge the figures, or why there are none.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the table with one object per row."""
        rows = [dict(zip(self.columns, map(_known, row), strict=True)) for row in self.rows]
        return {"title": self.title, "note": self.note, "rows": rows}

    def to_text(self) -> str:
        """Return lines of cells that stand below each other, names left and numbers right."""
        cells = [self.columns, *([shown(cell) for cell in row] for row in self.rows)]
        columns = list(zip(*cells, strict=True)) if self.rows else []
        texts = [isinstance(cell, str) for cell in self.rows[0]] if self.rows else []
        aligned = [_aligned(column, left) for column, left in zip(columns, texts, strict=True)]
        lines = ["  " + "  ".join(line).rstrip() for line in zip(*aligned, strict=True)]
        return "\n".join([self.title, *lines, *([self.note] if self.note else [])])


def shown(cell: Cell) -> str:
    """Return a cell as text; numbers with three digits that count, "-" for what is not known."""
    cell = _known(cell)
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= THREE_DIGITS else f"{cell:.3g}"
    return str(cell)


def _known(cell: Cell) -> Cell:
    """Return the cell, None for NaN, which JSON does not know."""
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _aligned(column: Sequence[str], left: bool) -> list[str]:  # noqa: FBT001 - reads as a sentence
    width = max(map(len, column))
    return [cell.ljust(width) if left else cell.rjust(width) for cell in column]
