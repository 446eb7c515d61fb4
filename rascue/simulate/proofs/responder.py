"""The responder screen tells people who can follow a beat from people who cannot.

People are drawn: gains of followers from the published range (FIELD C3: 0.2-0.6 and lower in
walking; period correction 0-0.2), those of the others up to 0.05 without period correction, which
no fixed beat holds (FIELD C4 table). Tempo and scatter are drawn alike for both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rascue.config.program import find_program
from rascue.core.types import CueDecision, Note, StrideRecord
from rascue.export.block_spans import block_spans
from rascue.export.responder import PROGRAM, responder_screen
from rascue.simulate.figures.report import of_kind
from rascue.simulate.proofs.claim import Claim
from rascue.simulate.trials import Bench, Trial, scenario_of
from rascue.simulate.walker_params import WalkerParams, walker_from_dict
from rascue.simulate.world import Outcome

SORTED_PCT = 95.0
"""Bar of issue 4."""

FOLLOWER = {"phase_gain": (0.15, 0.6), "period_gain": (0.02, 0.12)}
OTHER = {"phase_gain": (0.0, 0.05), "period_gain": (0.0, 0.0)}
BOTH = {
    "preferred_spm": (75.0, 115.0),
    "timekeeper_sd_ratio": (0.012, 0.03),
    "motor_sd_s": (0.004, 0.01),
}
"""Ranges from which people are drawn; those of tempo and scatter are defaults, not evidence."""

PEOPLE_PER_SEED = 2
POPULATION_SEED = 2024
"""Another one than those on which the thresholds were chosen."""


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Screen as many people of either kind."""
    n_people = PEOPLE_PER_SEED * n_seeds
    people = [
        person
        for able, ranges in enumerate((OTHER, FOLLOWER))
        for person in _drawn(ranges, n_people, POPULATION_SEED + able)
    ]
    steps = find_program(PROGRAM).steps
    trials = [Trial(scenario_of(person, steps), seed) for seed, person in enumerate(people)]
    said = bench.run(_responds, trials)
    right = [answer is (number >= n_people) for number, answer in enumerate(said)]
    share_pct = 100.0 * sum(right) / len(right)
    others, followers = sum(right[:n_people]), sum(right[n_people:])
    return [
        Claim(
            "responder screen: people sorted rightly, %",
            f">= {SORTED_PCT:.0f}",
            f"{share_pct:.0f}: {followers} of {n_people} who follow, {others} of {n_people} others",
            share_pct >= SORTED_PCT,
        )
    ]


def _drawn(ranges: dict[str, tuple[float, float]], n_people: int, seed: int) -> list[WalkerParams]:
    rng = np.random.default_rng(seed)
    return [
        walker_from_dict(_table(f"drawn_{number}", BOTH | ranges, rng), "a drawn person")
        for number in range(n_people)
    ]


def _table(
    name: str, ranges: dict[str, tuple[float, float]], rng: np.random.Generator
) -> dict[str, Any]:
    drawn = {key: float(rng.uniform(*span)) for key, span in ranges.items()}
    return {"name": name, "description": "drawn for the responder screen", **drawn}


def _responds(outcome: Outcome) -> bool | None:
    """Return the screen's answer; None when it had too little to judge."""
    spans = block_spans(outcome.scenario.program, of_kind(outcome, Note), outcome.steps[-1].ic_ns)
    decisions = of_kind(outcome, CueDecision)
    screen = responder_screen(spans, of_kind(outcome, StrideRecord), decisions)
    return None if isinstance(screen, str) else screen.responds
