"""What was measured of an output, kept as TOML tables in a file that a person may edit."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from rascue.core.errors import RascueError

T = TypeVar("T")

DAMAGED = (ValueError, TypeError, KeyError, AttributeError)
"""What a file raises that we did not write; TOMLDecodeError is a ValueError."""


def read_entries(
    path: Path, table: str, entry: Callable[[dict[str, Any]], T], made_by: str
) -> tuple[T, ...]:
    """Return the TOML tables of one name, each read by ``entry``; nothing when there is no file.

    Raises
    ------
    RascueError
        One line that tells the command which makes the file anew, when it is damaged.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get(table, [])
        return tuple(map(entry, rows))
    except FileNotFoundError:
        return ()
    except DAMAGED as error:
        raise RascueError(
            f"{path}: damaged ({error}); delete it and run `{made_by}` again"
        ) from None


def write_entries(path: Path, head: str, table: str, entries: Sequence[Any]) -> None:
    """Write dataclasses as TOML tables of one name, all of them or none."""
    text = head + "".join(_entry(table, entry) for entry in entries)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _entry(table: str, entry: Any) -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in asdict(entry).items()]
    return f"\n[[{table}]]\n" + "\n".join(lines) + "\n"


def _toml(value: str | float) -> str:
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
