"""What a scenario may demand of its outcome: kind -> question, answered with one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rascue.core.clock import after
from rascue.core.errors import ConfigError
from rascue.core.faults import Fault
from rascue.core.spelling import nearest
from rascue.simulate.figures.report import Report, of_kind, played_beats
from rascue.simulate.scenario import Check
from rascue.simulate.world import Outcome

Question = Callable[[Outcome, Report, float | str], bool]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One demand and whether it was met."""

    check: Check
    passed: bool


def _cadence_within_pct(_: Outcome, report: Report, pct: float | str) -> bool:
    if report.end_spm is None or report.target_spm is None:
        return False
    return abs(report.end_spm / report.target_spm - 1.0) * 100.0 <= float(pct)


def _silent_while_standing(outcome: Outcome, _: Report, longest_s: float | str) -> bool:
    """No beat sounds later than this after the last true step before it."""
    steps = iter([*(step.ic_ns for step in outcome.steps), None])
    last_ns, next_ns = outcome.start_ns, next(steps)
    for beat in played_beats(outcome):
        while next_ns is not None and next_ns <= beat.due_ns:
            last_ns, next_ns = next_ns, next(steps)
        if beat.due_ns > after(last_ns, float(longest_s)):
            return False
    return True


def _fault_seen(outcome: Outcome, _: Report, code: float | str) -> bool:
    return any(fault.raised and fault.code == code for fault in of_kind(outcome, Fault))


QUESTIONS: dict[str, Question] = {
    "cadence_within_pct": _cadence_within_pct,
    "consistency_min": lambda _, report, r: (report.consistency_r or 0.0) >= float(r),
    "consistency_max": lambda _, report, r: (report.consistency_r or 0.0) <= float(r),
    "verdict": lambda _, report, words: report.verdict == words,
    "within_envelope": lambda _, report, n: report.envelope_violations == 0,
    "false_steps_max": lambda _, report, n: report.false_steps <= float(n),
    "missed_steps_max": lambda _, report, n: report.missed_steps <= float(n),
    "no_stumble_provoked": lambda _, report, n: report.stumbles_provoked == 0,
    "silent_while_standing": _silent_while_standing,
    "fault_seen": _fault_seen,
}
"""Kind of a check -> question; the value of the check is the last argument."""


def run_checks(outcome: Outcome, report: Report) -> tuple[CheckResult, ...]:
    """Ask every question of the scenario.

    Raises
    ------
    ConfigError
        When the scenario asks something that is not known.
    """
    return tuple(_asked(outcome, report, check) for check in outcome.scenario.checks)


def _asked(outcome: Outcome, report: Report, check: Check) -> CheckResult:
    question = QUESTIONS.get(check.kind)
    if question is None:
        hint = nearest(check.kind, list(QUESTIONS))
        raise ConfigError(
            f'scenario {outcome.scenario.name}: unknown check "{check.kind}"{hint}; '
            f"known are: {', '.join(QUESTIONS)}"
        )
    return CheckResult(check, question(outcome, report, check.value))
