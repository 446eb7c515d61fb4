"""What stays of a gain when the cue is silent. Pure.

Source: the cue-dependency index is ours (FIELD C12): 0 when the whole gain stays without a cue,
1 when nothing does.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rascue.core.clock import after, seconds_between
from rascue.core.types import EngineNs

STEP_MAX_S = 2.12
"""Longest plausible step (FIELD 2.7 [95])."""

STEPS_MIN = 10
"""As for any figure of variability (FIELD [101]); default for a mean."""

GAIN_MIN_PCT = 1.0
"""A cued gain smaller than this has no share that could be told: about twice the scatter of a
cadence measured over half a minute on simulated people."""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Gains over the baseline, %, and the index; ``dependency`` None where the gain was small."""

    cued_gain_pct: float
    uncued_gain_pct: float
    dependency: float | None


def carry_over(baseline_spm: float, cued_spm: float, uncued_spm: float) -> CarryOver:
    """Return what stays, from the cadence before, at the end of, and after the cue, steps/min."""
    cued_pct = 100.0 * (cued_spm / baseline_spm - 1.0)
    uncued_pct = 100.0 * (uncued_spm / baseline_spm - 1.0)
    small = abs(cued_pct) < GAIN_MIN_PCT
    return CarryOver(cued_pct, uncued_pct, None if small else 1.0 - uncued_pct / cued_pct)


def mean_cadence_spm(
    steps_ns: Sequence[EngineNs], begin_ns: EngineNs, end_ns: EngineNs, settle_s: float = 0.0
) -> float | None:
    """Return the cadence in a stretch of time, steps/min; None with fewer than ten steps.

    Parameters
    ----------
    steps_ns
        Contacts of both feet, in order. Pauses between them are left out.
    settle_s
        Time from ``begin_ns`` that does not count, s.
    """
    begin_ns = after(begin_ns, settle_s)
    inside = [step for step in steps_ns if begin_ns <= step < end_ns]
    times_s = [seconds_between(a, b) for a, b in pairwise(inside)]
    walked_s = [time_s for time_s in times_s if time_s <= STEP_MAX_S]
    return 60.0 / statistics.fmean(walked_s) if len(walked_s) >= STEPS_MIN else None
