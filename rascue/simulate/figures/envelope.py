"""Looks at the beats that sounded and counts what the limits forbid (R2).

Written without the guard's code: it reads beats, steps and the person's true own tempo, so a fault
in guard or planner shows here. Of the decisions it takes the tempo each beat was placed with, and
whether the cue was silent in between.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rascue.core.clock import seconds_between
from rascue.core.limits import CueLimits
from rascue.core.types import Beat, CueDecision, EngineNs

ROUNDING = 1e-3
"""Beats lie on whole frames of the output: a share of 1e-3 covers one frame in 20 ms."""


DISTANCE_SLACK = 1.05
"""The engine measures the own tempo, this knows it; in short walks both differ by some percent."""

TICK_S = 0.05
"""A change of tempo within a second may hold one tick more than a second of decisions."""

SILENCE_SLACK_S = 1.0
"""Beats are placed up to 0.3 s ahead, and a step is told some 0.1 s after it was made."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person whom the beats were for.

    ``own_spm`` is the true cadence before the first beat, None when there was none; ``step_ns``
    are the contacts that the engine was told of.
    """

    own_spm: float | None = None
    step_ns: Sequence[int] = ()


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
    beats: Sequence[Beat],
    decisions: Sequence[CueDecision],
    limits: CueLimits,
    person: Person | None = None,
) -> EnvelopeUse:
    """Measure every beat against the limits.

    Parameters
    ----------
    beats
        In order; cancelled ones left out.
    decisions
        All of the session; ``Beat.decision_index`` counts them.
    person
        None leaves out what depends on the person: distance and silence without steps.
    """
    slews, shifts, violations = [0.0], [0.0], [_alone(beat, decisions, limits) for beat in beats]
    if person is not None:
        violations += [_far_off(beat, decisions, limits, person.own_spm) for beat in beats]
        violations += _without_steps(beats, limits, person.step_ns)
    for before, beat in pairwise(beats):
        violations.append(_too_close(before, beat, limits))
        if _silence_between(before, beat, decisions):
            continue
        slew, shift = _change(before, beat, decisions)
        slews.append(slew)
        shifts.append(shift)
        violations.append(_together(before, beat, (slew, shift), decisions, limits))
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
    """Return change of the period and shift against the pulse, both per beat and as shares.

    Beats that were lost on the way to the sound output leave whole periods of silence; each of them
    may have changed the period and moved the pulse as far as one that sounds.
    """
    period_s, earlier_s = _period_s(beat, decisions), _period_s(before, decisions)
    periods = seconds_between(before.due_ns, beat.due_ns) / period_s
    whole = max(1, round(periods))
    return abs(period_s / earlier_s - 1.0) / whole, abs(periods - whole) / whole


def _alone(beat: Beat, decisions: Sequence[CueDecision], limits: CueLimits) -> list[str]:
    tempo_spm = 60.0 / _period_s(beat, decisions)
    bounds = (
        ("tempo too slow", limits.cadence_min_spm / tempo_spm),
        ("tempo too fast", tempo_spm / limits.cadence_max_spm),
        ("too loud", 1.0 + max(0.0, beat.level_dbfs - limits.level_max_dbfs)),
    )
    return [f"beat {beat.index}: {what}" for what, use in bounds if use > 1.0 + ROUNDING]


def _far_off(
    beat: Beat, decisions: Sequence[CueDecision], limits: CueLimits, own_spm: float | None
) -> list[str]:
    """Return a line when the tempo is far from the person's own."""
    if own_spm is None:
        return []
    ratio = 60.0 / _period_s(beat, decisions) / own_spm
    lowest = (1.0 - limits.distance_max_ratio) / DISTANCE_SLACK
    highest = (1.0 + limits.distance_max_ratio) * DISTANCE_SLACK
    return (
        [] if lowest <= ratio <= highest else [f"beat {beat.index}: {ratio:.2f} of the own tempo"]
    )


def _without_steps(
    beats: Sequence[Beat], limits: CueLimits, step_ns: Sequence[int]
) -> list[list[str]]:
    """Return lines for beats long after the last step, and long after the cue began."""
    most_s = limits.without_steps_max_s + limits.fade_s + SILENCE_SLACK_S
    lines = []
    for beat in beats:
        earlier = bisect_right(step_ns, beat.due_ns)
        since_ns = max(beats[0].due_ns, step_ns[earlier - 1] if earlier else beats[0].due_ns)
        elapsed_s = seconds_between(EngineNs(since_ns), beat.due_ns)
        if elapsed_s > most_s:
            lines.append([f"beat {beat.index}: {elapsed_s:.1f} s without a step"])
    return lines


def _together(
    before: Beat,
    beat: Beat,
    change: tuple[float, float],
    decisions: Sequence[CueDecision],
    limits: CueLimits,
) -> list[str]:
    slew, shift = change
    elapsed_s = seconds_between(before.due_ns, beat.due_ns)
    rise_db = beat.level_dbfs - before.level_dbfs
    tempo_spm = 60.0 / _period_s(beat, decisions)
    change_spm = abs(tempo_spm - 60.0 / _period_s(before, decisions))
    rate_spm_per_s = change_spm / (elapsed_s + TICK_S)
    bounds = (
        ("tempo jumped", slew, limits.change_max_ratio_per_beat),
        ("phase jumped", shift, limits.phase_step_max_ratio),
        ("tempo changed fast", rate_spm_per_s, limits.rate_max_spm_per_s),
        ("level rose", max(0.0, rise_db) / elapsed_s, limits.level_rise_max_db_per_s),
    )
    return [f"beat {beat.index}: {what}" for what, use, most in bounds if use > most + ROUNDING]
