"""Where a session is in its programme, and what the programme asks for now. Pure.

Blocks follow each other on the programme's own time line: a block begins where the one before it
ended, however late the question comes.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace

from rascue.core.clock import after, seconds_between
from rascue.core.limits import CueLimits
from rascue.core.types import (
    CadenceEstimate,
    CadenceStatus,
    EngineNs,
    ProgramStep,
    Reason,
    SessionProgram,
    StepKind,
    TargetKind,
)
from rascue.cue.guard import LEVEL_FLOOR_DBFS

CUED_KINDS = frozenset({StepKind.CUED, StepKind.FADE})

_NO_BASELINE = Reason(
    "no_baseline", "No baseline was measured: percentages refer to the cadence before the cue."
)
_NO_CADENCE = Reason(
    "no_cadence", "No baseline and no cadence are known yet: the cue waits for the first steps."
)


@dataclass(frozen=True, slots=True)
class ProgramPosition:
    """What the programme says at one instant.

    Parameters
    ----------
    index, step
        Which block.
    in_block_s, left_s
        Time since the block began, and until it ends, s.
    target_spm
        Tempo aimed at now, steps/min; None in blocks without cues and while nothing is known
        that a percentage could refer to.
    level_dbfs
        Peak level of a beat now, dB re full scale.
    finished
        True after the last block; the position is then its end.
    reasons
        What a person should know about the target.
    """

    index: int
    step: ProgramStep
    in_block_s: float
    left_s: float
    target_spm: float | None
    level_dbfs: float
    finished: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def cued(self) -> bool:
        """Whether this block sounds a cue."""
        return self.step.kind in CUED_KINDS and not self.finished


class ProgramRunner:
    """Follows one programme from its begin.

    Parameters
    ----------
    program
        At least one block.
    began_ns
        When its first block began.

    Notes
    -----
    On each tick ``runner.observe(cadence)`` and then ``runner.at(now)``. The baseline is the
    median of the steady cadences observed in a BASELINE block, set when the block ends; if none
    was steady, nothing was measured. A later BASELINE block replaces it.
    """

    def __init__(self, program: SessionProgram, began_ns: EngineNs) -> None:
        self._steps = program.steps
        self._index = 0
        self._block_began_ns = began_ns
        self._paused_ns: EngineNs | None = None
        self._finished = False
        self._baseline_spm: float | None = None
        self._own_spm: float | None = None
        self._stand_in_spm: float | None = None
        self._observed_spm: list[float] = []

    @property
    def baseline_spm(self) -> float | None:
        """The person's uncued cadence, steps/min; None until a BASELINE block measured it."""
        return self._baseline_spm

    def observe(self, cadence: CadenceEstimate) -> None:
        """Take a cadence estimate, in order of time."""
        steady = cadence.status is CadenceStatus.STEADY
        self._own_spm = cadence.cadence_spm if steady else None
        if self._own_spm is None:
            return
        if self._steps[self._index].kind is StepKind.BASELINE:
            self._observed_spm.append(self._own_spm)
        elif self._stand_in_spm is None:
            self._stand_in_spm = self._own_spm

    def at(self, now_ns: EngineNs) -> ProgramPosition:
        """Return what the programme says at ``now_ns``, not before the last call."""
        now_ns = self._program_now(now_ns)
        while not self._finished and self._in_block_s(now_ns) >= self._step.duration_s:
            self._enter_next(after(self._block_began_ns, self._step.duration_s))
        step = self._step
        in_block_s = step.duration_s if self._finished else self._in_block_s(now_ns)
        share = in_block_s / step.duration_s
        target_spm, reasons = self._target(step, share)
        return ProgramPosition(
            index=self._index,
            step=step,
            in_block_s=in_block_s,
            left_s=step.duration_s - in_block_s,
            target_spm=target_spm,
            level_dbfs=_level(step, share),
            finished=self._finished,
            reasons=reasons,
        )

    def skip(self, now_ns: EngineNs) -> None:
        """End the present block now."""
        self.at(now_ns)
        if not self._finished:
            self._enter_next(self._program_now(now_ns))

    def pause(self, now_ns: EngineNs) -> None:
        """Stop the programme's time."""
        if self._paused_ns is None:
            self._paused_ns = now_ns

    def resume(self, now_ns: EngineNs) -> None:
        """Let the programme's time go on."""
        if self._paused_ns is not None:
            pause_s = seconds_between(self._paused_ns, now_ns)
            self._block_began_ns = after(self._block_began_ns, pause_s)
            self._paused_ns = None

    @property
    def _step(self) -> ProgramStep:
        return self._steps[self._index]

    def _program_now(self, now_ns: EngineNs) -> EngineNs:
        """Return the instant at which the programme's time stands."""
        return now_ns if self._paused_ns is None else self._paused_ns

    def _in_block_s(self, now_ns: EngineNs) -> float:
        return seconds_between(self._block_began_ns, now_ns)

    def _enter_next(self, began_ns: EngineNs) -> None:
        """Begin the next block, or finish."""
        if self._step.kind is StepKind.BASELINE:
            self._set_baseline()
        if self._index == len(self._steps) - 1:
            self._finished = True
            return
        was_cued = self._step.kind in CUED_KINDS
        self._index += 1
        self._block_began_ns = began_ns
        if not was_cued:
            # What the person does before the cue begins; under a cue it would follow the cue.
            self._stand_in_spm = self._own_spm

    def _set_baseline(self) -> None:
        """Take the median of what was observed in the block that ends."""
        if self._observed_spm:
            self._baseline_spm = statistics.median(self._observed_spm)
        self._observed_spm.clear()

    def _target(self, step: ProgramStep, share: float) -> tuple[float | None, tuple[Reason, ...]]:
        """Return the tempo aimed at after a share (0..1) of a block, and what to say about it."""
        if step.target is None:
            return None, ()
        value = _between(step.target.value, step.target.end_value, share)
        if step.target.kind is TargetKind.ABSOLUTE:
            return value, ()
        if self._baseline_spm is not None:
            return value / 100.0 * self._baseline_spm, ()
        if self._stand_in_spm is None:
            return None, (_NO_CADENCE,)
        return value / 100.0 * self._stand_in_spm, (_NO_BASELINE,)


def block_limits(limits: CueLimits, step: ProgramStep) -> CueLimits:
    """Return the limits of one block: those in force, or tighter where the block says so."""
    if step.max_rate_spm_per_s is None:
        return limits
    rate = min(step.max_rate_spm_per_s, limits.rate_max_spm_per_s)
    return replace(limits, rate_max_spm_per_s=rate)


def _level(step: ProgramStep, share: float) -> float:
    """Return the level after a share of a block; a FADE block ends at the floor by default."""
    end = step.end_level_dbfs
    if end is None and step.kind is StepKind.FADE:
        end = LEVEL_FLOOR_DBFS
    return _between(step.level_dbfs, end, share)


def _between(first: float, last: float | None, share: float) -> float:
    """Return the value after a share (0..1) of an even way."""
    return first if last is None else first + (last - first) * share
