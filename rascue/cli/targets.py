"""What a command may write to: never over what it reads, never twice to the same file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rascue.core.errors import WrongUse


def refuse_overwriting(given: Iterable[Path], written: Iterable[Path]) -> None:
    """Refuse to write over a file that is read, or over one that was just written.

    Raises
    ------
    WrongUse
        Naming the file.
    """
    read = {path.resolve() for path in given}
    seen: set[Path] = set()
    for path in written:
        if path.resolve() in read:
            raise WrongUse(f"{path} would overwrite what is read; choose another --out")
        if path in seen:
            raise WrongUse(f"{path} would be written twice; write them one by one, each elsewhere")
        seen.add(path)
