"""The seam every cue strategy fits. Strategies never see limits; the guard applies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rascue.core.types import (
    Beat,
    CadenceEstimate,
    EngineNs,
    GaitSign,
    ParamValue,
    Reason,
    StepEvent,
)


@dataclass(frozen=True, slots=True)
class Synchrony:
    """How steps and beats go together in the last steps of a sliding window.

    Values are None until the window holds enough steps. ``asynchrony_mean_s`` is negative when
    steps come before beats. ``consistency_r`` is the length of the mean phase vector, 0..1.
    ``locked_s`` is how long the person has been locked without a break, 0 when unlocked.
    """

    n_steps: int
    consistency_r: float | None
    asynchrony_mean_s: float | None
    asynchrony_sd_s: float | None
    slope_deg_per_step: float | None
    locked: bool
    locked_s: float


@dataclass(frozen=True, slots=True)
class CueInput:
    """All a strategy may know when it decides.

    Parameters
    ----------
    now_ns
        The instant of the decision.
    in_block_s
        Time since this programme block began, s.
    target_spm
        Tempo the programme aims at now, steps/min; None before the baseline is known.
    baseline_spm
        The person's uncued cadence of this session, steps/min; None until measured.
    cadence
        The cadence estimate at ``now_ns``.
    new_steps
        Contacts announced since the last decision.
    last_step
        The last contact announced, None before the first.
    synchrony
        Steps against beats.
    last_beat
        The last beat already given to the sound output; it cannot be changed any more.
    cue_spm
        The tempo now in force, None when silent.
    signs
        Signs of trouble that are raised now.
    sees_freezing
        True where a sensor tells freezing itself; otherwise only steps that do not come tell it.
    """

    now_ns: EngineNs
    in_block_s: float
    target_spm: float | None
    baseline_spm: float | None
    cadence: CadenceEstimate
    new_steps: tuple[StepEvent, ...]
    last_step: StepEvent | None
    synchrony: Synchrony
    last_beat: Beat | None
    cue_spm: float | None
    signs: frozenset[GaitSign] = frozenset()
    sees_freezing: bool = False


@dataclass(frozen=True, slots=True)
class WantedCue:
    """What a strategy wishes; the guard decides what it gets.

    Parameters
    ----------
    cadence_spm
        Wanted tempo, steps/min; None for silence.
    align_to_ns
        An instant on which a beat should fall (any later beat lies whole intervals after it);
        None when the phase of the pulse is to stay as it is. From a silent cue the first beat is
        placed freely; in a running one the guard limits each beat's shift.
    reasons
        Why, in plain words, most important first; at least one.
    """

    cadence_spm: float | None
    align_to_ns: EngineNs | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class StrategyNeeds:
    """What a strategy needs of the rest of the system to make sense."""

    steps: bool = False
    """Needs detected steps (not only a tempo from the programme)."""
    baseline: bool = False
    output_latency_sd_max_s: float | None = None
    """Largest spread of output latency it can work with, s; None: any."""


class CueStrategy(Protocol):
    """Decides tempo and phase of the next beats; one published method per file.

    Constructed as ``Strategy(params)`` with its own frozen parameter dataclass.
    """

    @property
    def name(self) -> str:
        """Registered name."""
        ...

    @property
    def needs(self) -> StrategyNeeds:
        """What must be there for it to be used."""
        ...

    def decide(self, now: CueInput) -> WantedCue:
        """Return the wish at this instant; called for each tick and each step."""
        ...


Params = dict[str, ParamValue]
