"""A small closed loop for strategies: simulated person, cadence, strategy, guard, planner.

No samples, no sound card: true contacts are announced late, and beats are heard when due. The
whole engine is proven in ``tests/sim``; here a strategy can be tried on many people in a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from rascue.cadence.robust_median import RobustMedianCadence
from rascue.core.clock import after, seconds_between
from rascue.core.limits import HARD_LIMITS, CueLimits
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CadenceEstimate,
    CadenceStatus,
    CueDecision,
    DacFrame,
    EngineNs,
    PlayedBeat,
    StepEvent,
)
from rascue.cue.base import CueInput, CueStrategy, Synchrony
from rascue.cue.guard import GuardState, allow
from rascue.cue.planner import BeatPlanner, BeatStyle
from rascue.cue.synchrony import SynchronyTracker
from rascue.simulate.walker import TrueStep, Walker
from rascue.simulate.walker_params import WalkerParams

TICK_S = 0.05
DELAY_S = 0.08
BASELINE_S = 25.0
START_NS = EngineNs(5_000_000_000)


def person(**changes: object) -> WalkerParams:
    """Return a person who follows well, with changes."""
    params = {"phase_gain": 0.4, "period_gain": 0.1, "preferred_spm": 95.0, **changes}
    return WalkerParams(name="test", description="test", **params)  # type: ignore[arg-type]


@dataclass
class Walked:
    """What happened in one loop."""

    start_ns: EngineNs
    baseline_spm: float | None = None
    steps: list[TrueStep] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    decisions: list[CueDecision] = field(default_factory=list)
    tracker: SynchronyTracker = field(default_factory=SynchronyTracker)

    def at_s(self, instant: EngineNs) -> float:
        """Return an instant in seconds from the start."""
        return seconds_between(self.start_ns, instant)

    def cadence_spm(self, begin_s: float, end_s: float) -> float:
        """Return the true mean cadence in a stretch of time."""
        times = [t for t in map(self.at_s, (s.ic_ns for s in self.steps)) if begin_s <= t < end_s]
        return 60.0 * (len(times) - 1) / (times[-1] - times[0])

    def codes(self) -> list[str]:
        """Return the codes of first reasons, without repetitions."""
        found: list[str] = []
        for decision in self.decisions:
            code = decision.reasons[0].code
            if not found or found[-1] != code:
                found.append(code)
        return found


class Loop:
    """One person, one strategy."""

    def __init__(
        self,
        strategy: CueStrategy,
        params: WalkerParams,
        seed: int,
        limits: CueLimits,
        target_ratio: float,
    ) -> None:
        self.strategy = strategy
        self.walker = Walker(params, seed, START_NS)
        self.limits = limits
        self.target_ratio = target_ratio
        self.cadence = RobustMedianCadence(2)
        self.planner = BeatPlanner()
        self.state = GuardState(START_NS)
        self.walked = Walked(START_NS)
        self._coming: deque[TrueStep] = deque()
        self._sounding: deque[Beat] = deque()
        self._last_step: StepEvent | None = None
        self._steady: list[float] = []

    def run(self, duration_s: float, baseline_s: float = BASELINE_S) -> Walked:
        """Walk without, then with the strategy."""
        for tick in range(1, round(duration_s / TICK_S)):
            now_ns = after(START_NS, tick * TICK_S)
            new_steps = self._walk(now_ns)
            estimate = self.cadence.estimate(now_ns)
            if tick * TICK_S < baseline_s:
                self._measure(estimate)
            else:
                self._cue(now_ns, estimate, new_steps)
        return self.walked

    def _measure(self, estimate: CadenceEstimate) -> None:
        if estimate.status is CadenceStatus.STEADY and estimate.cadence_spm:
            self._steady.append(estimate.cadence_spm)
            self.walked.baseline_spm = sorted(self._steady)[len(self._steady) // 2]

    def _walk(self, now_ns: EngineNs) -> tuple[StepEvent, ...]:
        made = self.walker.advance(now_ns)
        self.walked.steps += made
        self._coming.extend(made)
        while self._sounding and self._sounding[0].due_ns <= now_ns:
            beat = self._sounding.popleft()
            played = PlayedBeat(beat.index, beat.frame, beat.due_ns, 0.0, BeatOutcome.PLAYED)
            self.walked.tracker.add_beat(played, beat.interval_s)
        new: list[StepEvent] = []
        while self._coming and after(self._coming[0].ic_ns, DELAY_S) <= now_ns:
            step = self._coming.popleft()
            index = self._last_step.index + 1 if self._last_step else 0
            event = StepEvent(index, step.ic_ns, now_ns, step.side, 1.0, "true")
            self._last_step = event
            self.walked.tracker.add_step(event)
            new.append(event)
        self.cadence.process(new)
        return tuple(new)

    def _cue(
        self, now_ns: EngineNs, estimate: CadenceEstimate, new_steps: tuple[StepEvent, ...]
    ) -> None:
        baseline_spm = self.walked.baseline_spm
        wish = self.strategy.decide(
            CueInput(
                now_ns=now_ns,
                in_block_s=self.walked.at_s(now_ns) - BASELINE_S,
                target_spm=None if baseline_spm is None else baseline_spm * self.target_ratio,
                baseline_spm=baseline_spm,
                cadence=estimate,
                new_steps=new_steps,
                last_step=self._last_step,
                synchrony=self.walked.tracker.state(now_ns),
                last_beat=self.planner.last_beat,
                cue_spm=self.state.cue_spm,
            )
        )
        self.state = replace(
            self.state,
            now_ns=now_ns,
            own_spm=estimate.cadence_spm,
            baseline_spm=baseline_spm,
            walking=estimate.status is not CadenceStatus.STANDING,
            last_due_ns=self.planner.last_due_ns,
            last_period_s=self.planner.last_period_s,
        )
        decision = allow(wish, -18.0, self.state, self.limits, self.strategy.name, 0)
        for beat in self.planner.plan(
            now_ns, decision, 0, style=BeatStyle(), to_frame=DacFrame, align_to_ns=wish.align_to_ns
        ):
            self.walked.beats.append(beat)
            self._sounding.append(beat)
            self.walker.hear(beat.due_ns)
        sounding = decision.allowed_spm is not None
        self.state = replace(
            self.state,
            cue_spm=decision.allowed_spm,
            cue_level_dbfs=decision.level_dbfs if sounding else None,
            decided_ns=now_ns,
        )
        self.walked.decisions.append(decision)


def walk(
    strategy: CueStrategy,
    seed: int = 0,
    *,
    duration_s: float = 180.0,
    target_ratio: float = 1.1,
    limits: CueLimits = HARD_LIMITS,
    **changes: object,
) -> Walked:
    """Let one person walk with a strategy after 25 s without."""
    return Loop(strategy, person(**changes), seed, limits, target_ratio).run(duration_s)


def cue_input(at_s: float = 10.0, **known: object) -> CueInput:
    """Return an input in which nothing is known but what is given."""
    now_ns = after(START_NS, at_s)
    nothing = CueInput(
        now_ns=now_ns,
        in_block_s=at_s,
        target_spm=None,
        baseline_spm=None,
        cadence=CadenceEstimate(now_ns, None, None, 0, 0.0, CadenceStatus.SPARSE),
        new_steps=(),
        last_step=None,
        synchrony=Synchrony(0, None, None, None, None, locked=False, locked_s=0.0),
        last_beat=None,
        cue_spm=None,
    )
    return replace(nothing, **known)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def now() -> Callable[..., CueInput]:
    """Return ``cue_input``."""
    return cue_input


@pytest.fixture(scope="session")
def closed_loop() -> Callable[..., Walked]:
    """Return ``walk``."""
    return walk
