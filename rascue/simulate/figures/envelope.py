"""Looks at the beats that sounded and counts what the limits forbid (R2).

Written without the guard's code: it reads beats and onsets, not intentions, so a fault in guard or
planner shows here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rascue.core.clock import seconds_between
from rascue.core.limits import CueLimits
from rascue.core.types import Beat, CueDecision

ROUNDING = 1e-3
"""Beats lie on whole frames of the output: a share of 1e-3 covers one frame in 20 ms."""


@dataclass(frozen=True, slots=True)
class EnvelopeUse:
    """How far the beats went.

    Parameters
    ----------
    max_slew_pct_per_beat
        Largest change of the tempo from one beat to the next, percent.
    max_phase_step_pct
        Largest shift of one beat against the pulse, percent of the interval.
    violations
        One line for each beat outside a limit.
    """

    max_slew_pct_per_beat: float
    max_phase_step_pct: float
    violations: tuple[str, ...]


def envelope_use(
    beats: Sequence[Beat], decisions: Sequence[CueDecision], limits: CueLimits
) -> EnvelopeUse:
    """Measure every beat against the limits.

    Parameters
    ----------
    beats
        In order; cancelled ones left out.
    decisions
        All of the session; ``Beat.decision_index`` counts them.
    """
    slews, shifts, violations = [0.0], [0.0], [_alone(beat, decisions, limits) for beat in beats]
    for before, beat in pairwise(beats):
        violations.append(_too_close(before, beat, limits))
        if _silence_between(before, beat, decisions):
            continue
        slew, shift = _change(before, beat, decisions)
        slews.append(slew)
        shifts.append(shift)
        violations.append(_together(before, beat, (slew, shift), limits))
    told = tuple(line for lines in violations for line in lines)
    return EnvelopeUse(100.0 * max(slews), 100.0 * max(shifts), told)


def _period_s(beat: Beat, decisions: Sequence[CueDecision]) -> float:
    allowed_spm = decisions[beat.decision_index].allowed_spm
    return 60.0 / allowed_spm if allowed_spm else beat.interval_s


def _silence_between(before: Beat, beat: Beat, decisions: Sequence[CueDecision]) -> bool:
    """Return whether the cue was silent in between, so that a new pulse begins freely."""
    between = decisions[before.decision_index + 1 : beat.decision_index + 1]
    return any(decision.allowed_spm is None for decision in between)


def _too_close(before: Beat, beat: Beat, limits: CueLimits) -> list[str]:
    elapsed_s = seconds_between(before.due_ns, beat.due_ns)
    too_close = elapsed_s < limits.interval_min_s * (1.0 - ROUNDING)
    return [f"beat {beat.index}: {elapsed_s:.3f} s after the one before"] if too_close else []


def _change(before: Beat, beat: Beat, decisions: Sequence[CueDecision]) -> tuple[float, float]:
    """Return change of the period per beat and shift against the pulse, both as shares.

    Beats that were lost on the way to the sound output leave whole periods of silence.
    """
    period_s, earlier_s = _period_s(beat, decisions), _period_s(before, decisions)
    periods = seconds_between(before.due_ns, beat.due_ns) / period_s
    whole = max(1, round(periods))
    return abs(period_s / earlier_s - 1.0) / whole, abs(periods - whole)


def _alone(beat: Beat, decisions: Sequence[CueDecision], limits: CueLimits) -> list[str]:
    tempo_spm = 60.0 / _period_s(beat, decisions)
    bounds = (
        ("tempo too slow", limits.cadence_min_spm / tempo_spm),
        ("tempo too fast", tempo_spm / limits.cadence_max_spm),
        ("too loud", 1.0 + max(0.0, beat.level_dbfs - limits.level_max_dbfs)),
    )
    return [f"beat {beat.index}: {what}" for what, use in bounds if use > 1.0 + ROUNDING]


def _together(
    before: Beat, beat: Beat, change: tuple[float, float], limits: CueLimits
) -> list[str]:
    slew, shift = change
    elapsed_s = seconds_between(before.due_ns, beat.due_ns)
    rise_db = beat.level_dbfs - before.level_dbfs
    bounds = (
        ("tempo jumped", slew, limits.change_max_ratio_per_beat),
        ("phase jumped", shift, limits.phase_step_max_ratio),
        ("level rose", max(0.0, rise_db) / elapsed_s, limits.level_rise_max_db_per_s),
    )
    return [f"beat {beat.index}: {what}" for what, use, most in bounds if use > most + ROUNDING]
