"""Many simulated sessions, on one process or several; results come in the order asked for.

New processes are spawned, never forked: a fork would copy threads of sound and sockets half-way.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.pool import Pool
from types import TracebackType
from typing import Self, TypeVar

from rascue.core.types import (
    ParamValue,
    Placement,
    ProgramStep,
    SessionProgram,
    StepKind,
    Target,
    TargetKind,
)
from rascue.simulate.scenario import AudioSection, DeviceFault, Scenario
from rascue.simulate.scoreboard.baseline_world import simulate_baseline
from rascue.simulate.virtual_imu import ImuParams
from rascue.simulate.walker_params import WalkerParams
from rascue.simulate.world import Outcome, simulate

AFTER_S = 2.0
"""Time for the last beats to be accounted for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """One person, one programme, one seed; ``other_cue`` names a baseline instead of our engine."""

    scenario: Scenario
    seed: int = 0
    other_cue: str = ""

    def outcome(self) -> Outcome:
        """Run it."""
        if self.other_cue:
            return simulate_baseline(self.scenario, self.other_cue, self.seed)
        return simulate(self.scenario, self.seed)


def own_tempo(duration_s: float) -> ProgramStep:
    """Return a block without a cue that measures the baseline."""
    return ProgramStep(StepKind.BASELINE, duration_s, "Own tempo")


def cue(strategy: str, percent: float, duration_s: float, **params: ParamValue) -> ProgramStep:
    """Return a cued block that aims at a percentage of the baseline."""
    target = Target(TargetKind.PERCENT_OF_BASELINE, percent)
    return ProgramStep(StepKind.CUED, duration_s, "Cue", target, strategy, params)


def probe(duration_s: float) -> ProgramStep:
    """Return a block without a cue after one with a cue."""
    return ProgramStep(StepKind.PROBE, duration_s, "Without the beat")


def scenario_of(
    walker: WalkerParams,
    steps: tuple[ProgramStep, ...],
    faults: tuple[DeviceFault, ...] = (),
    placements: tuple[Placement, ...] = (Placement.LOWER_BACK,),
) -> Scenario:
    """Return the scenario in which a person walks these blocks."""
    policy = next((step.strategy for step in steps if step.strategy), "none")
    program = SessionProgram(
        name=f"trial_{policy}",
        version="1",
        title=f"Trial: {policy}",
        rationale="Made for one comparison of the test bench.",
        steps=steps,
    )
    return Scenario(
        name=f"{walker.name}_{policy}",
        title=f"{walker.name} with {policy}",
        duration_s=sum(step.duration_s for step in steps) + AFTER_S,
        program=program,
        walker=walker,
        placements=placements,
        rate_hz=100.0,
        imu=ImuParams(),
        audio=AudioSection(),
        faults=faults,
        checks=(),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """Runs a trial and keeps only what is measured; may travel to another process."""

    measure: Callable[[Outcome], object]

    def __call__(self, trial: Trial) -> object:
        return self.measure(trial.outcome())


class Bench:
    """Runs trials; a context manager when it has processes of its own.

    Parameters
    ----------
    processes
        1 runs everything here and now.
    """

    def __init__(self, processes: int = 1) -> None:
        self._pool: Pool | None = None
        if processes > 1:
            self._pool = multiprocessing.get_context("spawn").Pool(processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()

    def run(self, measure: Callable[[Outcome], T], trials: Iterable[Trial]) -> list[T]:
        """Return what is measured of each trial, in order.

        Parameters
        ----------
        measure
            A function of a module, so that another process finds it.
        """
        if self._pool is None:
            return [measure(trial.outcome()) for trial in trials]
        results = self._pool.imap(_Measured(measure), trials)
        return [result for result in results]  # type: ignore[misc]
