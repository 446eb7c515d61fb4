"""`rascue simulate`: the closed loop with a simulated walker, and what came of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rascue.cli.options import number
from rascue.core.errors import RascueError, StoreError
from rascue.session.recorded import SessionLog
from rascue.simulate.proofs.claim import proof_table
from rascue.simulate.proofs.run import prove_all
from rascue.simulate.run import ScenarioResult, run_loaded, run_scoreboard
from rascue.simulate.scenario import Scenario, load_scenario, shipped_scenarios
from rascue.simulate.scoreboard.table import table
from rascue.simulate.world import default_config

SEED_MAX = 2**31 - 1
ALL = "all"
PROOFS = "proofs"
PROCESSES_MAX = 64
SESSION_FILE = "session.sqlite"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    known = ", ".join(shipped_scenarios())
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help=f"{known}, a TOML file, {ALL}: every policy with every walker, or {PROOFS}: what the "
        "cues must be able to do, and whether they do",
    )
    parser.add_argument("--seed", type=number(int, 0, SEED_MAX), default=0, metavar="N")
    parser.add_argument("--seeds", type=number(int, 1, 1000), default=1, help="runs of each kind")
    parser.add_argument(
        "--processes", type=number(int, 1, PROCESSES_MAX), default=2, help="how many run at once"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for session and tables")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def carry_out(args: argparse.Namespace) -> int:
    """Run one scenario, or the scoreboard; fail when a demand of a scenario is not met."""
    if args.scenario == ALL:
        seeds = range(args.seed, args.seed + args.seeds)
        print(table(run_scoreboard(seeds, args.out, processes=args.processes)))
        return 0
    if args.scenario == PROOFS:
        return _prove(args)
    result = _run(load_scenario(args.scenario), args.seed, args.out)
    if args.json:
        print(json.dumps(result.report.to_dict()))
    else:
        print("\n".join(_lines(result)))
    missed = [check.check for check in result.checks if not check.passed]
    if missed:
        raise RascueError(f"{args.scenario}: not met: {missed[0].kind} {missed[0].value}")
    return 0


def _prove(args: argparse.Namespace) -> int:
    """Print the claims; fail when one is not met."""
    claims = prove_all(args.seeds, args.processes)
    if args.json:
        print(json.dumps([claim.to_dict() for claim in claims]))
    else:
        print(proof_table(claims))
    missed = sum(not claim.met for claim in claims)
    if missed:
        raise RascueError(f"{missed} of {len(claims)} claims are not met")
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
