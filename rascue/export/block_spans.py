"""When each block of a programme was walked, and at which cadence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rascue.core.types import EngineNs, Note, ProgramStep, SessionProgram, StrideRecord
from rascue.export.statistics import MEAN_MIN_STRIDES

BLOCK_NOTE = "block"
"""Kind of the note that marks the entry into a block of the programme."""


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """One block that was entered: ``[begin_ns, end_ns)``; ``index`` counts from 0."""

    index: int
    step: ProgramStep
    begin_ns: EngineNs
    end_ns: EngineNs

    def strides(
        self, strides: Sequence[StrideRecord], from_share: float = 0.0
    ) -> list[StrideRecord]:
        """Return the strides begun in it after a share (0..1) of its time."""
        from_ns = self.begin_ns + from_share * (self.end_ns - self.begin_ns)
        return [stride for stride in strides if from_ns <= stride.ic_ns < self.end_ns]


def block_spans(
    program: SessionProgram, notes: Sequence[Note], end_ns: EngineNs
) -> list[BlockSpan]:
    """Return the blocks that were entered; they are entered in the order of the programme."""
    entries = [note.at_ns for note in notes if note.kind == BLOCK_NOTE]
    ends = pairwise([*entries, max([end_ns, *entries])])
    return [
        BlockSpan(index, program.steps[index], begin_ns, after_ns)
        for index, (begin_ns, after_ns) in enumerate(ends)
    ]


def cadence_spm(strides: Sequence[StrideRecord]) -> float | None:
    """Return 120 / mean stride time, steps/min; None with fewer than ten strides."""
    if len(strides) < MEAN_MIN_STRIDES:
        return None
    return 120.0 * len(strides) / sum(stride.stride_time_s for stride in strides)
