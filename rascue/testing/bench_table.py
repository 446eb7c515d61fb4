"""One table of figures, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "note": self.note, "rows": rows}

    def to_text(self) -> str:
        """Return lines of cells that stand below each other, names left and numbers right."""
        table = [self.columns, *([shown(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [self.title, *(_line(cells, widths) for cells in table)] if self.rows else []
        return "\n".join([*(lines or [self.title]), *([self.note] if self.note else [])])


def shown(cell: Cell) -> str:
    """Return a cell as text; numbers with three digits that count."""
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.3g}"  # noqa: PLR2004
    return str(cell)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if k == 0 else cell.rjust(width)
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  " + "  ".join([first, *others])
