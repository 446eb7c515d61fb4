"""Made-up walks for the conclusions drawn from a session: strides at a chosen cadence."""

from __future__ import annotations

from itertools import accumulate, pairwise

from rascue.core.types import (
    EngineNs,
    Note,
    ProgramStep,
    SessionProgram,
    Side,
    StepKind,
    StrideRecord,
    Target,
    TargetKind,
)
from rascue.export.block_spans import BlockSpan, block_spans

START_NS = 1_000_000_000


def at(seconds: float) -> EngineNs:
    return EngineNs(START_NS + round(seconds * 1e9))


def a_block(kind: StepKind, duration_s: float, strategy: str = "", percent: float = 110.0):
    target = Target(TargetKind.PERCENT_OF_BASELINE, percent) if strategy else None
    return ProgramStep(kind, duration_s, kind.value, target, strategy)


def spans_of(blocks: list[ProgramStep], name: str = "made_up") -> list[BlockSpan]:
    """Return the spans of blocks walked to their ends."""
    begins = [0.0, *accumulate(block.duration_s for block in blocks)]
    notes = [Note(at(begin_s), "block", "") for begin_s in begins[:-1]]
    program = SessionProgram(name, "1", name, "made up", tuple(blocks))
    return block_spans(program, notes, at(begins[-1]))


def walk(begin_s: float, end_s: float, cadence_spm: float, phase_deg: float | None = None):
    """Return the strides of one foot at an even cadence."""
    stride_s = 120.0 / cadence_spm
    count = int((end_s - begin_s) / stride_s)
    times = [begin_s + k * stride_s for k in range(count + 1)]
    return [
        StrideRecord(
            Side.LEFT, 1, at(a), at(b), b - a,
            asynchrony_s=None if phase_deg is None else -0.02,
            relative_phase_deg=phase_deg,
        )
        for a, b in pairwise(times)
    ]  # fmt: skip
