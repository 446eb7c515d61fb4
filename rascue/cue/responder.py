"""From a short walk on changing beats to a recommendation: who follows, and what to try. Pure.

Source: a prompt response to a change of tempo and a low variability of synchronisation predict
who gains from cues (Dalla Bella 2017, FIELD [79]; ramp protocol [80]); weak perceivers walk better
when not told to synchronise (Ready 2019, FIELD [74]). The figures below which somebody counts as
weak are ours: default, not evidence.

Equation: with the tempo ``c`` of each stride (steps/min) and the tempo ``b`` of two beats before
it: ``response = cov(b, c) / var(b)`` over all strides on beats: 1 follows every change, 0 none.
Accuracy: ``test_the_screen_sorts_simulated_people``.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rascue.core.clock import NS_PER_S, seconds_between
from rascue.core.types import EngineNs, Reason
from rascue.cue.circular import mean_vector

RESPONSE_MIN = 0.5
"""Share of a tempo change that a responder follows. Default, not evidence."""

STRONG_R = 0.8
"""Consistency of a strong follower on changing beats. Default, not evidence."""

STRIDES_MIN = 20
BEATS_OF_STRIDE = 2
STRIDE_MAX_S = 3.0
"""Longest plausible stride (FIELD 2.7 [95])."""

TEMPO_SPREAD_MIN_RATIO = 0.02
"""The beat must have changed by more than this (SD over mean) to see a response."""


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """What the screen says.

    Parameters
    ----------
    response, response_sd
        Share of the beat's changes of tempo that the person followed, and its standard error.
    consistency_r
        Consistency of all steps on beats, 0..1.
    responder
        Whether cues can be expected to change this person's tempo.
    strategy
        Strategy to begin with.
    reasons
        Why, most important first.
    """

    response: float
    response_sd: float
    consistency_r: float
    responder: bool
    strategy: str
    reasons: tuple[Reason, ...]


def screen(steps_ns: Sequence[EngineNs], beats_ns: Sequence[EngineNs]) -> ScreenResult | None:
    """Return the result for one person.

    Parameters
    ----------
    steps_ns
        Contacts of both feet, in order.
    beats_ns
        Onsets of the beats that were heard, in order.

    Returns
    -------
    ScreenResult or None
        None with fewer than ``STRIDES_MIN`` strides on beats, and when the beat did not change.
    """
    pairs = _tempo_pairs(steps_ns, beats_ns)
    if len(pairs) < STRIDES_MIN:
        return None
    beat_spm, step_spm = zip(*pairs, strict=True)
    if statistics.stdev(beat_spm) < TEMPO_SPREAD_MIN_RATIO * statistics.fmean(beat_spm):
        return None
    response, sd = _slope(beat_spm, step_spm)
    return _judged(response, sd, mean_vector(_phases_deg(steps_ns, beats_ns)).r)


def _tempo_pairs(
    steps_ns: Sequence[EngineNs], beats_ns: Sequence[EngineNs]
) -> list[tuple[float, float]]:
    """Return (tempo of the beats, tempo of the person) for each stride on beats."""
    pairs = []
    for first, last in zip(steps_ns, steps_ns[2:], strict=False):
        stride_s = seconds_between(first, last)
        k = bisect_right(beats_ns, first)
        if stride_s > STRIDE_MAX_S or not BEATS_OF_STRIDE <= k < len(beats_ns):
            continue
        two_beats_s = seconds_between(beats_ns[k - BEATS_OF_STRIDE], beats_ns[k])
        if two_beats_s <= STRIDE_MAX_S:
            pairs.append((120.0 / two_beats_s, 120.0 / stride_s))
    return pairs


def _phases_deg(steps_ns: Sequence[EngineNs], beats_ns: Sequence[EngineNs]) -> list[float]:
    """Return where each step falls between its two beats, deg."""
    phases = []
    for step_ns in steps_ns:
        k = bisect_right(beats_ns, step_ns)
        if 0 < k < len(beats_ns):
            interval_ns = beats_ns[k] - beats_ns[k - 1]
            if interval_ns < STRIDE_MAX_S * NS_PER_S:
                phases.append(360.0 * (step_ns - beats_ns[k - 1]) / interval_ns)
    return phases


def _slope(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return slope and standard error of ``y`` over ``x``."""
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    sxx = math.fsum((a - mean_x) ** 2 for a in x)
    slope = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sxx
    residual = [b - mean_y - slope * (a - mean_x) for a, b in zip(x, y, strict=True)]
    scatter = math.fsum(r * r for r in residual) / (len(x) - 2)
    return slope, math.sqrt(scatter / sxx)


def _judged(response: float, sd: float, consistency_r: float) -> ScreenResult:
    followed = f"followed {100 * response:.0f} % of the beat's changes of tempo"
    if response < RESPONSE_MIN:
        strategy, why = "mutual", "let a partner yield to the steps, and do not ask for synchrony"
    elif consistency_r < STRONG_R:
        strategy, why = "mutual", "a partner that yields keeps steps and beats together"
    else:
        strategy, why = "progression", "steps stayed on the beat while it changed"
    reasons = (
        Reason("response", f"The person {followed}: {why}.", None, response),
        Reason(
            "consistency", f"Consistency on the beat was {consistency_r:.2f}.", None, consistency_r
        ),
    )
    return ScreenResult(response, sd, consistency_r, response >= RESPONSE_MIN, strategy, reasons)
