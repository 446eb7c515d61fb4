"""True cadence before and at the end of the cue, and the tempo aimed at.

Only straight walking counts: intervals that end in a turn, a first step or a stumble are left out
(FIELD D11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import ProgramStep, StepKind, TargetKind
from rascue.simulate.walker import StepCharacter, TrueStep

LAST_S = 60.0
"""Cadence before the first beat and at the end are those of so many seconds."""

INTERVALS_MIN = 4
"""Fewer intervals give no cadence. Default, not evidence."""

LED_SHARE = 0.2
"""A person whose tempo went less than this share of the way to the target was not led. Default,
not evidence."""

WORTH_LEADING_PCT = 1.5
"""Targets nearer to the own tempo than this ask nobody to change, percent."""


@dataclass(frozen=True, slots=True)
class Tempi:
    """True cadence before and at the end of the cue, and the target, steps/min; None: unknown."""

    start_spm: float | None
    target_spm: float | None
    end_spm: float | None

    @property
    def gain_pct(self) -> float | None:
        """End against start, percent."""
        if self.start_spm is None or self.end_spm is None:
            return None
        return 100.0 * (self.end_spm / self.start_spm - 1.0)

    @property
    def led(self) -> bool:
        """False when the person was asked to change and hardly did."""
        if self.start_spm is None or self.target_spm is None or self.gain_pct is None:
            return True
        asked_pct = 100.0 * (self.target_spm / self.start_spm - 1.0)
        return abs(asked_pct) < WORTH_LEADING_PCT or self.gain_pct / asked_pct >= LED_SHARE


def tempi_of(
    steps: Sequence[TrueStep], heard_ns: NDArray[np.int64], blocks: Sequence[ProgramStep]
) -> Tempi:
    """Return the tempi of a session: what was walked, and what its programme aimed at."""
    first_ns = int(heard_ns[0]) if len(heard_ns) else int(np.iinfo(np.int64).max)
    start_spm = cadence_spm(steps, _before(steps, first_ns), first_ns)
    last_ns = int(heard_ns[-1]) if len(heard_ns) else steps[-1].ic_ns if steps else 0
    end_spm = cadence_spm(steps, last_ns - round(LAST_S * NS_PER_S), last_ns)
    return Tempi(start_spm, _target_spm(blocks, start_spm), end_spm)


def cadence_spm(steps: Sequence[TrueStep], from_ns: int, to_ns: int) -> float | None:
    """Return the cadence of straight walking in ``[from_ns, to_ns]``; None for too few steps."""
    intervals_s = straight_intervals_s(steps, from_ns, to_ns)
    return float(60.0 / intervals_s.mean()) if len(intervals_s) >= INTERVALS_MIN else None


def straight_intervals_s(
    steps: Sequence[TrueStep], from_ns: int, to_ns: int
) -> NDArray[np.float64]:
    """Return the intervals of straight walking that lie in ``[from_ns, to_ns]``, s (n,)."""
    ic_ns = np.array([step.ic_ns for step in steps], np.int64)
    straight = np.array([step.kind is StepCharacter.STEP for step in steps[1:]], np.bool_)
    inside = straight & (ic_ns[:-1] >= from_ns) & (ic_ns[1:] <= to_ns)
    return np.asarray(np.diff(ic_ns)[inside] / NS_PER_S)


def _before(steps: Sequence[TrueStep], first_ns: int) -> int:
    """Return the begin of the last minute of walking before the first beat."""
    earlier = [step.ic_ns for step in steps if step.ic_ns <= first_ns]
    return earlier[-1] - round(LAST_S * NS_PER_S) if earlier else 0


def _target_spm(blocks: Sequence[ProgramStep], start_spm: float | None) -> float | None:
    targets = [block.target for block in blocks if block.kind is StepKind.CUED]
    last = targets[-1] if targets else None
    if last is None:
        return None
    value = last.value if last.end_value is None else last.end_value
    if last.kind is TargetKind.ABSOLUTE:
        return value
    return start_spm * value / 100.0 if start_spm else None
