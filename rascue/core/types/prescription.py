"""What a person is to do: blocks of a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StepKind(StrEnum):
    """What one block of a programme is for."""

    BASELINE = "baseline"
    CUED = "cued"
    FADE = "fade"
    REST = "rest"
    PROBE = "probe"
    """Walking without cues to measure carry-over."""


class TargetKind(StrEnum):
    """What the target number of a programme block refers to."""

    ABSOLUTE = "absolute"
    """steps/min"""
    PERCENT_OF_BASELINE = "percent_of_baseline"
    """percent of the cadence measured in the BASELINE block; 100 is the person's own tempo"""


@dataclass(frozen=True, slots=True)
class Target:
    """Tempo a block aims at; with ``end_value`` it moves there evenly over the block."""

    kind: TargetKind
    value: float
    end_value: float | None = None


ParamValue = float | int | bool | str


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """One block of a programme.

    Parameters
    ----------
    duration_s
        Length of the block, s, greater than 0.
    target
        None in blocks without cues.
    strategy
        Registered name of the cue strategy ("fixed", "match", "follow"); "" without cues.
    params
        Parameters of the strategy, by name; missing ones keep their defaults.
    level_dbfs, end_level_dbfs
        Peak level of a beat; with an end level it moves there evenly over the block.
    accent_every
        1 = all beats alike, 2/3/4 = the first of so many is accented.
    intensity, end_intensity
        How full music is, 0..1; with an end value it moves there evenly over the block (a
        crescendo). A person who walks with the beat hears more.
    max_rate_spm_per_s
        Tighter slew limit for this block, steps/min per s; None = the limit in force.
    """

    kind: StepKind
    duration_s: float
    title: str = ""
    target: Target | None = None
    strategy: str = ""
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    sound: str = "click"
    level_dbfs: float = -18.0
    end_level_dbfs: float | None = None
    accent_every: int = 1
    intensity: float = 0.5
    end_intensity: float | None = None
    max_rate_spm_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class SessionProgram:
    """The prescription: blocks in order, kept with the session that ran it."""

    name: str
    version: str
    title: str
    rationale: str
    steps: tuple[ProgramStep, ...]

    @property
    def duration_s(self) -> float:
        """Planned length of all blocks, s."""
        return sum(step.duration_s for step in self.steps)
