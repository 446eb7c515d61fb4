"""Reads recordings as text: header ``t,ax,ay,az,gx,gy,gz``, units s, m/s2 and deg/s."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rascue.core.errors import RecordingError
from rascue.core.types import Placement
from rascue.sensor.recording_table import SampleTable

_ACC = ("t", "ax", "ay", "az")
_GYR = ("gx", "gy", "gz")
_EXPECTED = "t,ax,ay,az,gx,gy,gz (s, m/s2, deg/s; the last three may be absent)"


def read_csv(path: Path) -> SampleTable:
    """Read the columns by name; other columns are ignored and told.

    Raises
    ------
    RecordingError
        When it is no text, the header is not as expected, or a cell is no number: with its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _table(path, csv.reader(file, strict=True))
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: is not a text file; export it as CSV again") from error
    except csv.Error as error:
        raise RecordingError(f"{path}: is not a CSV file ({error}); export it again") from error
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror}); copy it again") from error


def _table(path: Path, rows: Iterator[list[str]]) -> SampleTable:
    header = [name.strip().lower() for name in next(rows, [])]
    columns, warnings = _columns(path, header)
    lines, values, cut = _numbers(path, rows, header, columns)
    data = np.array(values, dtype=np.float64).reshape(-1, len(columns))
    n_acc = len(_ACC)
    return SampleTable(
        path=path,
        t_s=data[:, 0],
        acc_mps2=data[:, 1:n_acc],
        gyr_dps=data[:, n_acc:] if len(columns) > n_acc else np.empty((0, 3)),
        placement=Placement.UNKNOWN,
        rate_hz=None,
        gyr_unit="deg/s",
        lines=lines,
        warnings=warnings + cut,
    )


def _columns(path: Path, header: list[str]) -> tuple[list[int], tuple[str, ...]]:
    """Return the place of each needed column, and what to tell about the others."""
    if not header:
        raise RecordingError(f"{path}: is empty; the first line must be {_EXPECTED}")
    wanted = _ACC + _GYR if set(_GYR) & set(header) else _ACC
    missing = [name for name in wanted if name not in header]
    if missing:
        hint = "; columns must be separated by commas" if len(header) == 1 else ""
        raise RecordingError(
            f"{path}: line 1 has no column {', '.join(missing)}{hint}; it must be {_EXPECTED}"
        )
    doubled = [name for name in wanted if header.count(name) > 1]
    if doubled:
        raise RecordingError(f"{path}: line 1 has the column {doubled[0]} twice; remove one")
    extra = [name for name in header if name not in wanted]
    told = (f"columns not used: {', '.join(extra)}",) if extra else ()
    return [header.index(name) for name in wanted], told


def _numbers(
    path: Path, rows: Iterator[list[str]], header: list[str], columns: list[int]
) -> tuple[list[int], list[list[float]], tuple[str, ...]]:
    """Return line numbers, values, and what to tell about a last line that was cut off."""
    lines: list[int] = []
    values: list[list[float]] = []
    short: int | None = None
    for line, row in enumerate(rows, 2):
        if short is not None:
            raise RecordingError(
                f"{path}: line {short} has fewer cells than the header; repair or remove it"
            )
        if not row:
            continue
        if len(row) < len(header):
            short = line
            continue
        lines.append(line)
        values.append([_number(path, line, header[column], row[column]) for column in columns])
    return lines, values, (f"line {short} is cut off and left out",) if short else ()


def _number(path: Path, line: int, name: str, cell: str) -> float:
    try:
        return float(cell) if cell.strip() else float("nan")
    except ValueError:
        shown = " ".join(cell[:20].split())  # a quoted cell may hold line ends
        raise RecordingError(
            f'{path}: line {line}: {name} is "{shown}", not a number; use a decimal point'
        ) from None
