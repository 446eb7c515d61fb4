"""``rascue simulate``: runs a scenario or the scoreboard, writes what one may look at."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rascue.core.clock import seconds_between
from rascue.core.errors import StoreError
from rascue.core.types import EngineNs, SessionHeader
from rascue.session.offline import Keep
from rascue.simulate.figures.checks import CheckResult, run_checks
from rascue.simulate.figures.report import Report, played_beats, report_of
from rascue.simulate.scenario import Scenario, load_scenario
from rascue.simulate.scoreboard.page import page
from rascue.simulate.scoreboard.table import POLICIES, WALKERS, Row, rows_of, run_all
from rascue.simulate.trials import Bench
from rascue.simulate.world import Outcome, simulate


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """Figures of a run and the answers to the scenario's demands."""

    report: Report
    checks: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Return whether every demand was met."""
        return all(check.passed for check in self.checks)


def run_scenario(
    name_or_path: str,
    seed: int = 0,
    out: Path | None = None,
    open_log: Callable[[SessionHeader], Keep] | None = None,
) -> ScenarioResult:
    """Run a scenario once.

    Parameters
    ----------
    name_or_path
        A shipped scenario or a TOML file.
    out
        Folder for ``report.json``, ``audio.wav``, ``truth.csv`` and ``beats.csv``; None writes
        nothing.
    open_log
        As in ``OfflineSession``: keeps a session file.

    Raises
    ------
    WrongUse
        When there is no such scenario, or the engine refuses its programme.
    StoreError
        When the folder cannot be written.
    """
    return run_loaded(load_scenario(name_or_path), seed, out, open_log)


def run_loaded(
    scenario: Scenario,
    seed: int = 0,
    out: Path | None = None,
    open_log: Callable[[SessionHeader], Keep] | None = None,
) -> ScenarioResult:
    """Run a scenario that is at hand; otherwise as ``run_scenario``."""
    try:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        outcome = simulate(scenario, seed, out / "audio.wav" if out else None, open_log)
        report = report_of(outcome)
        if out is not None:
            _write(out, outcome, report)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error}); choose another folder") from None
    return ScenarioResult(report, run_checks(outcome, report))


def run_scoreboard(
    seeds: Sequence[int],
    out: Path | None = None,
    walkers: Sequence[str] = WALKERS,
    policies: Sequence[str] = POLICIES,
    processes: int = 1,
) -> list[Row]:
    """Run ``rascue simulate all``: every policy with every kind of person.

    Parameters
    ----------
    seeds
        Each pair is run once for each seed.
    walkers, policies
        Which of ours to run; the baselines always run beside them.
    processes
        How many run at once; the outcome is the same.
    out
        Folder for ``scoreboard.html`` and ``runs.jsonl`` (the figures of each run); None writes
        nothing.

    Raises
    ------
    StoreError
        When the folder cannot be written.
    """
    with Bench(processes) as bench:
        reports = run_all(bench, seeds, walkers, policies)
    rows = rows_of(reports)
    if out is not None:
        lines = "".join(json.dumps(report.to_dict()) + "\n" for report in reports)
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / "scoreboard.html").write_text(page(rows), "utf-8")
            (out / "runs.jsonl").write_text(lines, "utf-8")
        except OSError as error:
            raise StoreError(f"{out}: cannot be written ({error}); choose another folder") from None
    return rows


def _write(out: Path, outcome: Outcome, report: Report) -> None:
    text = json.dumps(report.to_dict(), indent=1)
    (out / "report.json").write_text(text + "\n", "utf-8")
    steps = [
        (_seconds(outcome, step.ic_ns), step.side.value, step.kind.value) for step in outcome.steps
    ]
    _write_csv(out / "truth.csv", ("ic_s", "side", "kind"), steps)
    beats = [
        (beat.index, _seconds(outcome, beat.due_ns), f"{beat.interval_s:.6f}", beat.frame)
        for beat in played_beats(outcome)
    ]
    _write_csv(out / "beats.csv", ("index", "due_s", "interval_s", "frame"), beats)


def _seconds(outcome: Outcome, at_ns: EngineNs) -> str:
    return f"{seconds_between(outcome.start_ns, at_ns):.6f}"


def _write_csv(path: Path, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
