"""Turns a wish into what is allowed, with reasons (R2). Pure; every cue passes here.

No strategy, programme or command gets a tempo, a phase or a level to the planner but through
``allow``. Bounds that can contradict each other are ranked: silence over hold, hold over tempo
bounds, absolute tempo bounds over slew, slew over the distance from the person's own cadence.
A cue found outside a bound of lower rank is brought back as fast as the higher ones permit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rascue.core.clock import after, seconds_between
from rascue.core.limits import CueLimits
from rascue.core.types import CueDecision, EngineNs, Reason
from rascue.cue.base import WantedCue

LEVEL_FLOOR_DBFS = -60.0
"""Level at which a fade ends and below which no beat is planned, dB re full scale.

Default, not evidence: 42 dB below the usual cue, hardly audible while walking.
"""


@dataclass(frozen=True, slots=True)
class GuardState:
    """All that the guard knows of the world besides the wish.

    Parameters
    ----------
    now_ns
        Instant of the decision.
    own_spm
        The person's cadence now, steps/min; None when not known.
    baseline_spm
        The person's uncued cadence of this session, steps/min; None when not known.
    cue_spm
        Tempo in force, steps/min; None when silent.
    cue_level_dbfs
        Level in force, dB re full scale; None when silent.
    last_beat_dbfs
        Level of the last beat given to the sound output, dB re full scale; None when silent.
    decided_ns
        Instant of the previous decision; None for the first.
    last_due_ns
        Due time of the last beat given to the sound output; None when the pulse is silent.
    last_period_s
        Period of the pulse when that beat was placed (without any shift of it), s.
    walking
        False while the person stands.
    holding
        True while information is missing: the tempo in force stays as it is.
    without_steps_s
        Time since the last step or, if later, since cueing was begun by programme or person, s.
    held_s
        Time since holding began, s; 0 when not holding.
    cued_s
        Length of the present cued part of the session, s.
    session_s
        Length of the session, s.
    """

    now_ns: EngineNs
    own_spm: float | None = None
    baseline_spm: float | None = None
    cue_spm: float | None = None
    cue_level_dbfs: float | None = None
    last_beat_dbfs: float | None = None
    decided_ns: EngineNs | None = None
    last_due_ns: EngineNs | None = None
    last_period_s: float | None = None
    walking: bool = True
    holding: bool = False
    without_steps_s: float = 0.0
    held_s: float = 0.0
    cued_s: float = 0.0
    session_s: float = 0.0


def allow(
    wanted: WantedCue,
    level_dbfs: float,
    state: GuardState,
    limits: CueLimits,
    strategy: str,
    program_step: int,
) -> CueDecision:
    """Return what a wish becomes within the limits.

    Parameters
    ----------
    wanted
        The wish; any float is accepted as its tempo, NaN and infinities included.
    level_dbfs
        Wanted peak level of a beat, dB re full scale; any float.
    state
        The world at this instant.
    limits
        Bounds in force, already tightened by device, prescription and programme block.
    strategy, program_step
        Copied into the decision.

    Returns
    -------
    CueDecision
        ``allowed_spm`` None is silence. ``reasons`` begins with those of the wish; each clamp
        adds one. ``phase_shift_s`` shifts the next beat to be placed, positive is later; 0 when
        silent before, because the first beat of a pulse is placed freely.

    Notes
    -----
    Call it on each tick with what was decided on the tick before::

        decision = allow(wish, level, state, limits, strategy.name, position.index)
        beats = planner.plan(now, decision, index, sound=..., align_to_ns=wish.align_to_ns, ...)
        state = replace(state, cue_spm=decision.allowed_spm, decided_ns=now, ...)
    """
    reasons = list(wanted.reasons)
    spm = _tempo(wanted.cadence_spm, state, limits, reasons)
    if spm is None:
        shift_s, level = 0.0, LEVEL_FLOOR_DBFS
    else:
        shift_s = _phase_shift(wanted.align_to_ns, spm, state, limits, reasons)
        next_beat_s = 60.0 / spm + shift_s
        level = _level(level_dbfs, next_beat_s, state, limits, reasons)
    return CueDecision(
        at_ns=state.now_ns,
        strategy=strategy,
        program_step=program_step,
        wanted_spm=wanted.cadence_spm,
        allowed_spm=spm,
        phase_shift_s=shift_s,
        level_dbfs=level,
        reasons=tuple(reasons),
    )


# --- tempo -------------------------------------------------------------------------------------


def _tempo(
    wanted_spm: float | None, state: GuardState, limits: CueLimits, reasons: list[Reason]
) -> float | None:
    """Return the allowed tempo, None for silence."""
    if wanted_spm is None:
        return None
    silence = _reason_for_silence(state, limits)
    if silence is not None:
        reasons.append(silence)
        return None
    kept = _reason_to_keep(wanted_spm, state)
    if kept is None:
        spm: float | None = _approach(wanted_spm, state, limits, reasons)
    else:
        reasons.append(kept)
        spm = state.cue_spm
    return None if spm is None else _within_absolute(spm, limits, reasons)


def _reason_for_silence(state: GuardState, limits: CueLimits) -> Reason | None:
    """Return why there may be no cue at all now, or None.

    Comparisons are negated so that a NaN falls to the safe side.
    """
    if not state.session_s < limits.session_max_s:
        return Reason("session_over", "The longest session allowed is over.")
    if not state.cued_s < limits.cued_part_max_s:
        return Reason("cued_part_over", "The longest cued part allowed is over.")
    if not state.without_steps_s < limits.without_steps_max_s + limits.fade_s:
        return Reason("no_steps", "No step for too long: the cue is silent until the next one.")
    if not state.held_s < limits.hold_max_s + limits.fade_s:
        return Reason("held_too_long", "The tempo was held for as long as allowed.")
    return None


def _reason_to_keep(wanted_spm: float, state: GuardState) -> Reason | None:
    """Return why the tempo in force stays, or None when it may move."""
    if math.isnan(wanted_spm):
        return Reason("not_a_number", "The wanted tempo is not a number: nothing changes.")
    if state.holding:
        return Reason(
            "holding",
            "Something is not as it should be: the tempo is held.",
            wanted_spm,
            state.cue_spm,
        )
    if state.cue_spm is not None and not state.walking:
        return Reason(
            "standing",
            "The person stands: the tempo stays until the next steps.",
            wanted_spm,
            state.cue_spm,
        )
    return None


def _approach(
    wanted_spm: float, state: GuardState, limits: CueLimits, reasons: list[Reason]
) -> float:
    """Return the tempo nearest to the wanted one that distance and slew allow now."""
    spm = _within_distance(wanted_spm, state, limits, reasons)
    if state.cue_spm is None:
        return spm
    step = limits.rate_max_spm_per_s * _since_decision_s(state)
    spm = _clamped(
        spm,
        state.cue_spm - step,
        state.cue_spm + step,
        "slew",
        f"The tempo changes by at most {limits.rate_max_spm_per_s:g} spm per s.",
        reasons,
    )
    return _within_beat_change(spm, state, limits, reasons)


def _within_distance(
    spm: float, state: GuardState, limits: CueLimits, reasons: list[Reason]
) -> float:
    """Keep the tempo near the baseline or, before one is known, near the cadence now.

    The baseline comes first: a person who follows takes the present cadence along, and a bound
    relative to it would let the cue run away in small steps.
    """
    own_spm = _reference_spm(state)
    if own_spm is None:
        return spm
    lowest, highest = _distance_bounds(own_spm, limits)
    percent = 100 * limits.distance_max_ratio
    text = f"The cue stays within {percent:g} % of the person's own {own_spm:.0f} steps/min."
    return _clamped(spm, lowest, highest, "distance", text, reasons)


def _within_beat_change(
    spm: float, state: GuardState, limits: CueLimits, reasons: list[Reason]
) -> float:
    """Keep the period of the next beat close to that of the last one."""
    if state.last_period_s is None:
        return spm
    ratio = limits.change_max_ratio_per_beat
    slowest = 60.0 / (state.last_period_s * (1 + ratio))
    fastest = 60.0 / (state.last_period_s * (1 - ratio))
    text = f"The interval changes by at most {100 * ratio:g} % from beat to beat."
    return _clamped(spm, slowest, fastest, "beat_change", text, reasons)


def _within_absolute(spm: float, limits: CueLimits, reasons: list[Reason]) -> float:
    """Keep the tempo within the range of the limits and above the shortest interval."""
    lowest, highest = _absolute_bounds(limits)
    text = f"The tempo stays between {lowest:g} and {highest:g} steps/min."
    return _clamped(spm, lowest, highest, "range", text, reasons)


def _absolute_bounds(limits: CueLimits) -> tuple[float, float]:
    return limits.cadence_min_spm, min(limits.cadence_max_spm, 60.0 / limits.interval_min_s)


def _distance_bounds(own_spm: float, limits: CueLimits) -> tuple[float, float]:
    ratio = limits.distance_max_ratio
    return own_spm * (1 - ratio), own_spm * (1 + ratio)


def _reference_spm(state: GuardState) -> float | None:
    """Return the cadence that distance refers to, steps/min; None when none is known."""
    return _known(state.baseline_spm) or _known(state.own_spm)


def _tempo_bounds(state: GuardState, limits: CueLimits) -> tuple[float, float]:
    """Return the slowest and the fastest tempo under range and distance; range comes first."""
    slowest, fastest = _absolute_bounds(limits)
    own_spm = _reference_spm(state)
    if own_spm is None:
        return slowest, fastest
    lowest, highest = _distance_bounds(own_spm, limits)
    return min(max(lowest, slowest), fastest), max(min(highest, fastest), slowest)


# --- phase -------------------------------------------------------------------------------------


def _phase_shift(
    align_to_ns: EngineNs | None,
    spm: float,
    state: GuardState,
    limits: CueLimits,
    reasons: list[Reason],
) -> float:
    """Return by how much the next beat moves against the pulse, s; positive is later."""
    if align_to_ns is None or state.last_due_ns is None or state.holding:
        return 0.0
    period_s = 60.0 / spm
    nominal_ns = after(state.last_due_ns, period_s)
    wanted_s = math.remainder(seconds_between(nominal_ns, align_to_ns), period_s)
    ratio = limits.phase_step_max_ratio
    text = f"A beat moves by at most {100 * ratio:g} % of its interval, within the tempo's bounds."
    soonest_s, latest_s = limits.interval_min_s - period_s, math.inf
    if state.walking:
        # Shifts in one direction add up to a tempo of their own, so each interval obeys as well.
        slowest, fastest = _tempo_bounds(state, limits)
        soonest_s = max(-ratio * period_s, min(0.0, 60.0 / fastest - period_s))
        latest_s = min(ratio * period_s, max(0.0, 60.0 / slowest - period_s))
    return _clamped(wanted_s, soonest_s, latest_s, "phase_step", text, reasons)


# --- level -------------------------------------------------------------------------------------


def _level(
    wanted_dbfs: float,
    next_beat_s: float,
    state: GuardState,
    limits: CueLimits,
    reasons: list[Reason],
) -> float:
    """Return the allowed level; from silence it is free up to the cap, later its rise is not.

    The rise is bounded between decisions and between beats: two beats may be closer together than
    the decisions that placed them.
    """
    in_force = state.cue_level_dbfs
    if math.isnan(wanted_dbfs):
        reasons.append(Reason("level_not_a_number", "The wanted level is not a number."))
        wanted_dbfs = LEVEL_FLOOR_DBFS if in_force is None else in_force
    highest = limits.level_max_dbfs
    if in_force is not None:
        rise_db = (
            0.0 if state.holding else limits.level_rise_max_db_per_s * _since_decision_s(state)
        )
        highest = min(highest, in_force + rise_db)
    if state.last_beat_dbfs is not None:
        beat_rise_db = limits.level_rise_max_db_per_s * next_beat_s
        highest = min(highest, state.last_beat_dbfs + beat_rise_db)
    text = f"The level rises slowly and stays at or below {limits.level_max_dbfs:g} dBFS."
    return _clamped(wanted_dbfs, LEVEL_FLOOR_DBFS, highest, "level", text, reasons)


# --- common ------------------------------------------------------------------------------------


def _clamped(
    value: float, lowest: float, highest: float, code: str, text: str, reasons: list[Reason]
) -> float:
    """Return the value moved into [lowest, highest]; append the reason if it had to move."""
    allowed = min(max(value, lowest), highest)
    if allowed != value:
        reasons.append(Reason(code, text, value, allowed))
    return allowed


def _since_decision_s(state: GuardState) -> float:
    """Return the time since the previous decision, s; 0 when there was none or time ran back."""
    if state.decided_ns is None:
        return 0.0
    return max(0.0, seconds_between(state.decided_ns, state.now_ns))


def _known(spm: float | None) -> float | None:
    """Return a cadence that can serve as a reference, or None."""
    return spm if spm is not None and 0.0 < spm < math.inf else None
