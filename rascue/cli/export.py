"""`rascue export`: sessions as tables and reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from rascue import registry
from rascue.cli.targets import refuse_overwriting
from rascue.core.errors import StoreError, WrongUse
from rascue.export.base import Exporter
from rascue.store.reader import SessionReader


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    formats = ", ".join(registry.names(registry.Kind.EXPORTER))
    parser.add_argument("sessions", nargs="+", type=Path, metavar="SESSION")
    parser.add_argument("--format", required=True, metavar="FORMAT", help=formats)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="file, or folder for several"
    )


def carry_out(args: argparse.Namespace) -> int:
    """Write one file for each session."""
    exporter: Exporter = registry.find(registry.Kind.EXPORTER, args.format)()
    targets = _targets(args, exporter.suffix)
    refuse_overwriting(args.sessions, targets)
    for session, target in zip(args.sessions, targets, strict=True):
        with SessionReader(session) as reader:
            _write(exporter, reader, target)
        print(target)
    return 0


def _targets(args: argparse.Namespace, suffix: str) -> list[Path]:
    """Return where each session goes: into the folder, or to the one file."""
    if len(args.sessions) == 1 and not args.out.is_dir():
        return [args.out]
    if args.out.exists() and not args.out.is_dir():
        raise WrongUse(f"--out {args.out} is a file; name a folder for several sessions")
    args.out.mkdir(parents=True, exist_ok=True)
    return [args.out / f"{session.stem}{suffix}" for session in args.sessions]


def _write(exporter: Exporter, reader: SessionReader, target: Path) -> None:
    """Write beside the target first, so that a failure never leaves half a file."""
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as out:
            exporter.write(reader, out)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{target}: cannot be written ({error.strerror})") from None
