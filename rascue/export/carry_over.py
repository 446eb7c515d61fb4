"""What stays when the beat ends: probes without a beat, and how much the person depends on it.

Equation: cue-dependency index = 1 - uncued gain / cued gain, with gains of cadence against the own
tempo of the same session: 0 when all of the change stays, 1 when none does. Ours (FIELD C12).
The uncued gain is that of the second half of each probe: what the person does in the first seconds
after the last beat is still the beat's doing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from rascue.core.types import StepKind, StrideRecord
from rascue.export.block_spans import BlockSpan, cadence_spm
from rascue.export.statistics import Figure

SETTLED_SHARE = 0.5
"""Share of a block that is left out before its cadence is taken. Default, not evidence."""

CUED_GAIN_MIN_PERCENT = 2.0
"""With a smaller effect of the beat a ratio to it says nothing. Default, not evidence: the drift of
a person's own tempo is of the order of 0.5 %."""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What of the beat's effect stays without it.

    Parameters
    ----------
    own_cadence_spm
        Cadence before the first beat, steps/min.
    cued_gain_percent, uncued_gain_percent
        Mean change of cadence in the cued blocks before a probe, and in the probes, percent.
    dependency_index
        1 - uncued gain / cued gain; below 0 when the change grew without the beat.
    probe_cadences_spm
        Cadence in the second half of each probe, steps/min.
    """

    own_cadence_spm: Figure
    cued_gain_percent: Figure
    uncued_gain_percent: Figure
    dependency_index: Figure
    probe_cadences_spm: tuple[float, ...] = ()


def carry_over(spans: Sequence[BlockSpan], strides: Sequence[StrideRecord]) -> CarryOver | None:
    """Return the carry-over of a session; None when its programme has no probe after a beat."""
    pairs = list(_probes(spans))
    if not pairs:
        return None
    own_spm = cadence_spm(_own(spans, strides))
    if own_spm is None:
        return _unknown("the own tempo was not measured before the beat")
    cued = [_settled_spm(cue, strides) for cue, _ in pairs]
    uncued = [_settled_spm(probe, strides) for _, probe in pairs]
    both = [(a, b) for a, b in zip(cued, uncued, strict=True) if a is not None and b is not None]
    if not both:
        return _unknown("not enough strides in the probes")
    cued_pct, uncued_pct = (_gain_percent(own_spm, values) for values in zip(*both, strict=True))
    return CarryOver(
        own_cadence_spm=round(own_spm, 6),
        cued_gain_percent=round(cued_pct, 6),
        uncued_gain_percent=round(uncued_pct, 6),
        dependency_index=_index(cued_pct, uncued_pct),
        probe_cadences_spm=tuple(round(spm, 6) for _, spm in both),
    )


def _probes(spans: Sequence[BlockSpan]) -> list[tuple[BlockSpan, BlockSpan]]:
    """Return each probe with the last cued block before it."""
    pairs, cued = [], None
    for span in spans:
        if span.step.kind is StepKind.CUED:
            cued = span
        elif span.step.kind is StepKind.PROBE and cued is not None:
            pairs.append((cued, span))
    return pairs


def _own(spans: Sequence[BlockSpan], strides: Sequence[StrideRecord]) -> list[StrideRecord]:
    """Return the strides of the baseline blocks."""
    own = [span for span in spans if span.step.kind is StepKind.BASELINE]
    return [stride for span in own for stride in span.strides(strides)]


def _settled_spm(span: BlockSpan, strides: Sequence[StrideRecord]) -> float | None:
    return cadence_spm(span.strides(strides, SETTLED_SHARE))


def _gain_percent(own_spm: float, cadences_spm: Sequence[float]) -> float:
    return 100.0 * (fmean(cadences_spm) / own_spm - 1.0)


def _index(cued_pct: float, uncued_pct: float) -> Figure:
    if abs(cued_pct) < CUED_GAIN_MIN_PERCENT:
        return f"the beat changed the cadence by {cued_pct:+.1f} % only"
    return round(1.0 - uncued_pct / cued_pct, 6)


def _unknown(why: str) -> CarryOver:
    return CarryOver(why, why, why, why)
