"""`rascue simulate`: the closed loop with a simulated walker, and what came of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rascue.cli.options import number
from rascue.core.errors import RascueError, StoreError
from rascue.session.recorded import SessionLog
from rascue.simulate.run import ScenarioResult, run_loaded, run_scoreboard
from rascue.simulate.scenario import Scenario, load_scenario, shipped_scenarios
from rascue.simulate.scoreboard.table import table
from rascue.simulate.world import default_config

SEED_MAX = 2**31 - 1
ALL = "all"
SESSION_FILE = "session.sqlite"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    known = ", ".join(shipped_scenarios())
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help=f"{known}, a TOML file, or {ALL}: every policy with every walker",
    )
    parser.add_argument("--seed", type=number(int, 0, SEED_MAX), default=0, metavar="N")
    parser.add_argument("--seeds", type=number(int, 1, 1000), default=1, help=f"runs each of {ALL}")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for session and tables")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def carry_out(args: argparse.Namespace) -> int:
    """Run one scenario, or the scoreboard; fail when a demand of a scenario is not met."""
    if args.scenario == ALL:
        rows = run_scoreboard(range(args.seed, args.seed + args.seeds), args.out)
        print(table(rows))
        return 0
    result = _run(load_scenario(args.scenario), args.seed, args.out)
    if args.json:
        print(json.dumps(result.report.to_dict()))
    else:
        print("\n".join(_lines(result)))
    missed = [check.check for check in result.checks if not check.passed]
    if missed:
        raise RascueError(f"{args.scenario}: not met: {missed[0].kind} {missed[0].value}")
    return 0


def _run(scenario: Scenario, seed: int, out: Path | None) -> ScenarioResult:
    """Run a scenario, with a session file when there is a folder for it."""
    if out is None:
        return run_loaded(scenario, seed)
    path = out / SESSION_FILE
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{out}: {error.strerror}; choose another folder with --out") from None
    log = SessionLog(path, default_config(scenario))
    result = run_loaded(scenario, seed, out, log.open)
    log.close()
    return result


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
