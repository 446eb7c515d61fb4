"""`rascue simulate`: the closed loop with a simulated walker, and what came of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rascue.cli.options import number
from rascue.core.errors import RascueError
from rascue.simulate.run import ScenarioResult, run_scenario
from rascue.simulate.scenario import shipped_scenarios

SEED_MAX = 2**31 - 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    known = ", ".join(shipped_scenarios())
    parser.add_argument("scenario", metavar="SCENARIO", help=f"{known}, or a TOML file")
    parser.add_argument("--seed", type=number(int, 0, SEED_MAX), default=0, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for sound, steps and beats")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def carry_out(args: argparse.Namespace) -> int:
    """Run one scenario; fail when one of its demands is not met."""
    result = run_scenario(args.scenario, args.seed, args.out)
    if args.json:
        print(json.dumps(result.report.to_dict()))
    else:
        print("\n".join(_lines(result)))
    missed = [check.check for check in result.checks if not check.passed]
    if missed:
        raise RascueError(f"{args.scenario}: not met: {missed[0].kind} {missed[0].value}")
    return 0


def _lines(result: ScenarioResult) -> list[str]:
    figures = [f"{name:24} {_shown(value)}" for name, value in result.report.to_dict().items()]
    demands = [
        f"{'met' if check.passed else 'NOT MET':8} {check.check.kind} {_shown(check.check.value)}"
        for check in result.checks
    ]
    return [*figures, "", *demands]


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
