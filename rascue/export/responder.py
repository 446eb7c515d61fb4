"""Does this person answer a beat? A screen of 90 seconds, and the policy that it recommends.

Silence, the own tempo, a ramp to +10 % and down to -10 %, silence (programme ``responder_screen``;
FIELD 3.2, D6). Predictors of who gains from cueing are a prompt response to a change of tempo and a
small variability of synchronisation (FIELD 2.4 [79][80][81]).

Equations: response = slope of the person's stride cadence on the tempo that sounded ``DELAY_S``
before, over all cued blocks: 1 follows wholly, 0 not at all. A responder has a response of at least
``RESPONDS`` and a consistency R over the same blocks of at least ``ON_THE_BEAT_R``.
Deviations: the published Response Score could not be read; slope, delay and thresholds are ours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import CueDecision, StepKind, StrideRecord
from rascue.export.block_spans import BlockSpan
from rascue.export.statistics import SYNCHRONY_MIN_STRIDES, walk_figures

PROGRAM = "responder_screen"
"""Only this programme is judged: the ramp is what the figures are made for."""

DELAY_S = 2.0
"""A person answers a change after some steps. Default, not evidence."""

OUTLIER_RATIO = 0.25
"""A stride so far off the median is a counting error or a stop. Default, not evidence."""

TEMPO_CHANGE_MIN_SPM = 1.0
"""With a smaller spread of the tempo nothing was asked. Default, not evidence."""

RESPONDS = 0.35
"""Response of somebody who answers the beat. Default, not evidence: between simulated people who
can and who cannot follow."""

FOLLOWS_WHOLLY = 0.75
"""Response of somebody whom a beat may lead. Default, not evidence."""

ON_THE_BEAT_R = 0.5
"""Least consistency of a responder, over own tempo and ramps. Default, not evidence."""

STEADY_R = 0.75
"""Consistency of somebody whom a beat may lead (FIELD C6)."""


@dataclass(frozen=True, slots=True)
class ResponderScreen:
    """What the screen says.

    Parameters
    ----------
    response
        Share of a change of tempo that the person follows; about 0..1.
    consistency_r, asynchrony_sd_s
        Over all cued blocks; a sentence when there were too few paired strides.
    responds
        Whether the person answers the beat.
    recommended_policy
        Strategy to begin with: "match", "mutual" or "follow".
    reasons
        Why, in plain words.
    """

    response: float
    consistency_r: float | str
    asynchrony_sd_s: float | str
    responds: bool
    recommended_policy: str
    reasons: tuple[str, ...]


def responder_screen(
    spans: Sequence[BlockSpan],
    strides: Sequence[StrideRecord],
    decisions: Sequence[CueDecision],
) -> ResponderScreen | str:
    """Judge a session of the programme ``responder_screen``; else say why it cannot be."""
    cued = [span for span in spans if span.step.kind is StepKind.CUED]
    answered = [stride for span in cued for stride in span.strides(strides)]
    if len(answered) < SYNCHRONY_MIN_STRIDES:
        return f"not enough strides with a beat ({len(answered)} of {SYNCHRONY_MIN_STRIDES})"
    response = _response(answered, decisions)
    if response is None:
        return "the tempo of the beat did not change"
    figures = walk_figures(answered)
    return _judged(response, figures.phase_consistency_r, figures.asynchrony_sd_s)


def _response(strides: Sequence[StrideRecord], decisions: Sequence[CueDecision]) -> float | None:
    """Return the slope of cadence on tempo; None when the tempo stayed the same.

    Strides far off the median are left out: a step that was not seen doubles a stride.
    """
    cue_spm = _tempo_before(strides, decisions)
    walked_spm = np.array([120.0 / stride.stride_time_s for stride in strides])
    usual = np.abs(walked_spm / np.median(walked_spm) - 1.0) < OUTLIER_RATIO
    known = np.isfinite(cue_spm) & usual
    asked, given = cue_spm[known], walked_spm[known]
    if not len(asked) or float(np.std(asked)) < TEMPO_CHANGE_MIN_SPM:
        return None
    asked = asked - asked.mean()
    return float(asked @ (given - given.mean()) / (asked @ asked))


def _tempo_before(
    strides: Sequence[StrideRecord], decisions: Sequence[CueDecision]
) -> NDArray[np.float64]:
    """Return the tempo in force ``DELAY_S`` before the middle of each stride; NaN in silence."""
    times = [decision.at_ns for decision in decisions]
    tempi = []
    for stride in strides:
        middle_ns = (stride.ic_ns + stride.next_ic_ns) // 2 - round(DELAY_S * NS_PER_S)
        found = bisect_right(times, middle_ns) - 1
        tempo_spm = decisions[found].allowed_spm if found >= 0 else None
        tempi.append(np.nan if tempo_spm is None else tempo_spm)
    return np.array(tempi)


def _judged(response: float, consistency: float | str, sd_s: float | str) -> ResponderScreen:
    r = consistency if isinstance(consistency, float) else 0.0
    responds = response >= RESPONDS and r >= ON_THE_BEAT_R
    follows = f"The steps followed {100.0 * response:.0f} % of the changes of the beat (R {r:.2f})."
    if not responds:
        policy = "follow"
        why = "The beat should follow the person, without the task to step on it (FIELD [74])."
    elif response >= FOLLOWS_WHOLLY and r >= STEADY_R:
        policy, why = "match", "A beat can lead this person in small steps."
    else:
        policy, why = "mutual", "The beat should lead and yield: it is answered, but not wholly."
    return ResponderScreen(
        response=round(response, 4),
        consistency_r=consistency,
        asynchrony_sd_s=sd_s,
        responds=responds,
        recommended_policy=policy,
        reasons=(follows, why),
    )
