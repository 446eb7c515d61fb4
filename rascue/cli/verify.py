"""`rascue verify`: stored inputs through the engine again; done only if all is identical."""

from __future__ import annotations

import argparse
from pathlib import Path

from rascue.core.errors import RascueError
from rascue.session.verify import verify


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("session", type=Path, metavar="SESSION.sqlite")


def carry_out(args: argparse.Namespace) -> int:
    """Print the figures; fail with the first difference."""
    found = verify(args.session)
    if found.differences:
        for line in found.differences[1:]:
            print(line)
        raise RascueError(f"{args.session}: not identical: {found.differences[0]}")
    print(f"{args.session}: {found.n_outputs} outputs of {found.n_inputs} inputs are identical")
    return 0
