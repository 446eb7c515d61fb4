"""When a cue must go quiet: hold, then fade, then silence. Pure; asked on each tick (R2).

A person who walks on a beat may freeze when it disappears, so lost information leads to *steady*
first and to *fading* then, never to something new. All durations come from the limits in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rascue.core.faults import Effect
from rascue.core.limits import CueLimits
from rascue.core.types import Reason
from rascue.cue.guard import LEVEL_FLOOR_DBFS


class CueMode(StrEnum):
    """What the cue may do."""

    CUE = "cue"
    HOLD = "hold"
    """Tempo and phase stay as they are."""
    FADE = "fade"
    """As HOLD, and the level falls evenly."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CueFacts:
    """What decides whether the cue may go on.

    Parameters
    ----------
    effect
        Strongest effect among the raised faults.
    effect_s
        Time since the strongest effect became HOLD or FADE, s; 0 for weaker ones.
    without_steps_s
        Time since the last step or, if later, since cueing was begun by programme or person, s.
        It does not restart when the cue falls silent, so a faded cue returns with the next step.
    cued_s, session_s
        Length of the present cued part, and of the session, s.
    """

    effect: Effect = Effect.NOTE
    effect_s: float = 0.0
    without_steps_s: float = 0.0
    cued_s: float = 0.0
    session_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Permission:
    """What the cue may do now; ``level_dbfs`` goes to the guard as the wanted level."""

    mode: CueMode
    level_dbfs: float
    reasons: tuple[Reason, ...]


def permission(facts: CueFacts, level_dbfs: float, limits: CueLimits) -> Permission:
    """Return mode and level of the cue.

    Parameters
    ----------
    facts
        The situation now.
    level_dbfs
        Level the programme asks for, dB re full scale.
    limits
        Bounds in force.

    Notes
    -----
    On each tick::

        may = permission(facts, position.level_dbfs, limits)
        if may.mode is CueMode.SILENT: wish = WantedCue(None, None, may.reasons)
        holding = may.mode in (CueMode.HOLD, CueMode.FADE)
        decision = allow(wish, may.level_dbfs, GuardState(..., holding=holding), ...)
    """
    if facts.effect is Effect.STOP:
        reason = Reason("stopped", "A fault stopped the cue; a person must start it again.")
        return Permission(CueMode.SILENT, LEVEL_FLOOR_DBFS, (reason,))
    faded_s, reason = max(_fades(facts, limits), key=lambda fade: fade[0])
    if faded_s >= limits.fade_s:
        return Permission(CueMode.SILENT, LEVEL_FLOOR_DBFS, (reason,))
    if faded_s > 0:
        return Permission(CueMode.FADE, _faded(level_dbfs, faded_s / limits.fade_s), (reason,))
    if facts.effect is Effect.HOLD:
        held = Reason("holding", "Something is not as it should be: the tempo is held.")
        return Permission(CueMode.HOLD, level_dbfs, (held,))
    return Permission(CueMode.CUE, level_dbfs, ())


def _fades(facts: CueFacts, limits: CueLimits) -> list[tuple[float, Reason]]:
    """Return for each cause how long it has been fading the cue, s; 0 or less is not yet."""
    fades = [
        (
            facts.without_steps_s - limits.without_steps_max_s,
            Reason("no_steps", "No step for a while: the cue fades until the next one."),
        ),
        (
            facts.cued_s - (limits.cued_part_max_s - limits.fade_s),
            Reason("cued_part_over", "The longest cued part allowed is over: the cue fades."),
        ),
        (
            facts.session_s - (limits.session_max_s - limits.fade_s),
            Reason("session_over", "The longest session allowed is over: the cue fades."),
        ),
    ]
    if facts.effect is Effect.HOLD:
        reason = Reason("held_too_long", "Information is still missing: the cue fades.")
        fades.append((facts.effect_s - limits.hold_max_s, reason))
    if facts.effect is Effect.FADE:
        fades.append((facts.effect_s, Reason("fault", "A fault lets the cue fade.")))
    return fades


def _faded(level_dbfs: float, share: float) -> float:
    """Return the level after a share (0..1) of the fade, falling evenly in dB."""
    return level_dbfs + (LEVEL_FLOOR_DBFS - level_dbfs) * share
