"""Finds what comes with the package by its name, or a person's own TOML file by its path."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from rascue.core.errors import WrongUse
from rascue.core.spelling import nearest


def shipped(folder: str) -> dict[str, Path]:
    """Return the TOML files of a folder of ``rascue.simulate``: name -> file, in order of names."""
    found = Path(str(files("rascue.simulate") / folder)).glob("*.toml")
    return {path.stem: path for path in sorted(found)}


def file_of(kind: str, folder: str, name_or_path: str) -> Path:
    """Return the file behind a name or path; the file itself may be missing.

    Raises
    ------
    WrongUse
        When it is neither a name nor ends in ``.toml``; the line names all shipped ones.
    """
    known = shipped(folder)
    if name_or_path not in known and not name_or_path.endswith(".toml"):
        raise WrongUse(
            f'unknown {kind} "{name_or_path}"{nearest(name_or_path, list(known))}; '
            f"known are: {', '.join(known)}, or a path that ends in .toml"
        )
    return known.get(name_or_path, Path(name_or_path))
