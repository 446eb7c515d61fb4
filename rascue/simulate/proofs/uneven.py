"""Uneven steps: no cue alternates with them, and a cue per leg makes them more even.

Alternation of a cue: mean of the differences between beats of even and odd number, against the
interval; a cue that took each step for the tempo would show the person's own asymmetry, 16 %.
Asymmetry of steps: (left - right step time) / their mean, of straight walking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rascue.core.clock import NS_PER_S, after
from rascue.core.types import Side
from rascue.simulate.figures.report import played_beats, report_of
from rascue.simulate.proofs.claim import Claim, against_uncued, at_least, at_most
from rascue.simulate.proofs.twin import uncued_steps
from rascue.simulate.trials import Bench, Trial, cue, own_tempo, probe, scenario_of
from rascue.simulate.walker import StepCharacter, TrueStep
from rascue.simulate.walker_params import load_walker
from rascue.simulate.world import Outcome

LEARNS, LEARNS_NOT = "asymmetric", "asymmetric_unlearning"
EVEN_POLICIES = ("match", "follow", "mutual", "progression")
CUED_S = 240.0
BESIDE_S = 60.0
"""Length of the walks without a beat, before and after."""

BESIDE_NO_HARM_S = 600.0
"""The same where a rise of one point must show: one minute of one person scatters by as much."""

ALTERNATION_PCT = 0.5
"""Largest alternation that counts as none; a cue that alternates shows 16. Default."""

FALLS_PCT = 30.0
"""Bar of issue 4."""

NO_HARM_PP = 1.0
"""Largest rise of asymmetry that does no harm: a sixteenth of the person's own. Default, not
evidence."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Evenness of the cue and of the steps, percent.

    The steps before the cue, after it, and at that time in the same walk without a cue.
    """

    alternation_pct: float
    before_pct: float
    after_pct: float
    uncued_pct: float
    stumbles: int

    @property
    def fall_pct(self) -> float:
        """By how much the asymmetry fell, percent of its start."""
        return 100.0 * (1.0 - self.after_pct / self.before_pct)

    @property
    def rise_pp(self) -> float:
        """By how much the asymmetry rose, percentage points."""
        return self.after_pct - self.before_pct


def prove(bench: Bench, n_seeds: int) -> list[Claim]:
    """Walk both kinds of people to even cues, and to the cue per leg."""
    learned = runs(bench, LEARNS, "asymmetric", n_seeds)
    unlearned = runs(bench, LEARNS_NOT, "asymmetric", n_seeds, BESIDE_NO_HARM_S)
    stumbles = sum(run.stumbles for run in (*learned, *unlearned))
    return [
        *(_even_claim(bench, policy, n_seeds) for policy in EVEN_POLICIES),
        at_least(
            "uneven steps, who can learn: asymmetry falls, % of its start, in the walk after",
            FALLS_PCT,
            [run.fall_pct for run in learned],
            "{:.0f}",
        ),
        at_most(
            "uneven steps, who cannot learn: asymmetry rises, pp",
            NO_HARM_PP,
            [run.rise_pp for run in unlearned],
            also=against_uncued([run.after_pct - run.uncued_pct for run in unlearned]),
        ),
        at_most("uneven steps: stumbles provoked by the cue per leg", 0, [stumbles], "{:.0f}"),
    ]


def _even_claim(bench: Bench, policy: str, n_seeds: int) -> Claim:
    walked = runs(bench, LEARNS, policy, n_seeds)
    return at_most(
        f"uneven steps: alternation of the cue with {policy}, %",
        ALTERNATION_PCT,
        [run.alternation_pct for run in walked],
    )


def runs(
    bench: Bench, walker: str, policy: str, n_seeds: int, beside_s: float = BESIDE_S
) -> list[Walked]:
    """Walk one kind of person to a policy, once for each seed."""
    steps = (own_tempo(beside_s), cue(policy, 100.0, CUED_S), probe(beside_s))
    scenario = scenario_of(load_walker(walker), steps)
    return bench.run(_walked, [Trial(scenario, seed) for seed in range(n_seeds)])


def _walked(outcome: Outcome) -> Walked:
    own, cued, _ = outcome.scenario.program.steps
    own_ns = after(outcome.start_ns, own.duration_s)
    probe_ns = after(own_ns, cued.duration_s)
    end_ns = outcome.steps[-1].ic_ns
    return Walked(
        alternation_pct=_alternation_pct(outcome),
        before_pct=abs(_asymmetry_pct(outcome.steps, outcome.start_ns, own_ns)),
        after_pct=abs(_asymmetry_pct(outcome.steps, probe_ns, end_ns)),
        uncued_pct=abs(_asymmetry_pct(uncued_steps(outcome), probe_ns, end_ns)),
        stumbles=report_of(outcome).stumbles_provoked,
    )


def _alternation_pct(outcome: Outcome) -> float:
    """Return how much longer every second interval between beats is, percent of the mean."""
    due_s = np.array([beat.due_ns for beat in played_beats(outcome)], np.int64) / NS_PER_S
    intervals_s = np.diff(due_s)
    unequal_s = intervals_s[::2].mean() - intervals_s[1::2].mean()
    return 100.0 * abs(float(unequal_s / intervals_s.mean()))


def _asymmetry_pct(steps: Sequence[TrueStep], from_ns: int, to_ns: int) -> float:
    """Return the mean asymmetry of the steps in ``[from_ns, to_ns]``, percent."""
    times_s: dict[Side, list[float]] = {Side.LEFT: [], Side.RIGHT: []}
    for before, step in pairwise(steps):
        if step.kind is StepCharacter.STEP and from_ns <= before.ic_ns and step.ic_ns <= to_ns:
            times_s[step.side].append((step.ic_ns - before.ic_ns) / NS_PER_S)
    left, right = (float(np.mean(times_s[side])) for side in (Side.LEFT, Side.RIGHT))
    return 200.0 * (left - right) / (left + right)
