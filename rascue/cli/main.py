"""Finds the command, runs it, and turns every expected failure into one line."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from rascue import __version__
from rascue.core.errors import RascueError

COMMANDS = {
    "run": "the service: engine and dashboard, supervised",
    "engine": "the engine alone (systemd unit)",
    "dashboard": "the dashboard alone (systemd unit)",
    "steps": "recordings through the streaming detector",
    "replay": "the whole engine on a recording",
    "simulate": "the closed loop with a simulated walker",
    "verify": "feed a session file through the engine again and compare",
    "export": "sessions as tables and reports",
    "calibrate": "latency of a sound output, by microphone or by the sensor",
    "check": "effective configuration, devices, clocks, disk",
    "imucheck": "is a chip on I2C fit to be worn",
    "mount": "guided: how a sensor is worn",
    "bus": "an I2C bus without hardware, with a modelled chip",
    "bench": "the benchmark tables",
}

EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text before it."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with exit status 2."""
        self.exit(EXIT_WRONG_USE, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Return the parser; only the module of ``command`` is imported to add its options."""
    parser = OneLineParser(prog="rascue", description=(import_module("rascue").__doc__ or ""))
    parser.add_argument("--version", action="version", version=f"rascue {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        sub = commands.add_parser(name, help=purpose, description=purpose)
        if name == command:
            module = import_module(f"rascue.cli.{name}")
            module.add_options(sub)
            sub.set_defaults(carry_out=module.carry_out)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; return the exit status: 0 done, 2 wrong use, 1 anything else."""
    given = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in given if not word.startswith("-")), None)
    parser = build_parser(command)
    args = parser.parse_args(given)
    try:
        return int(args.carry_out(args))
    except RascueError as error:
        return _failed(args.command, str(error), error.exit_status)
    except OSError as error:
        place = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return _failed(args.command, f"{place}; check the path, the disk and permissions", 1)
    except MemoryError:
        return _failed(args.command, "the memory does not suffice; close other programs", 1)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # a defect of ours: one line that helps to find it
        return _failed(args.command, _defect(error), 1)


def _defect(error: Exception) -> str:
    """Say what went wrong where, for a report; a person can do nothing about it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"a defect in rascue, {type(error).__name__} at {place}: {error}; please report it"


def _failed(command: str, line: str, status: int) -> int:
    print(f"rascue {command}: {' '.join(line.split())}", file=sys.stderr)
    return status
