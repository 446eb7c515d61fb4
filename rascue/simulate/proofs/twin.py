"""The same person on the same day without a beat: what a cue did, free of the day's own scatter.

Steps draw their scatter from their own random numbers, so both walks have the same, step by step.
"""

from __future__ import annotations

from rascue.core.clock import after
from rascue.simulate.walker import TrueStep, Walker
from rascue.simulate.world import Outcome


def uncued_steps(outcome: Outcome) -> list[TrueStep]:
    """Return the steps that the person of a run makes in the same time without hearing anything."""
    scenario = outcome.scenario
    walker = Walker(scenario.walker, outcome.seed, outcome.start_ns)
    return list(walker.advance(after(outcome.start_ns, scenario.duration_s)))
