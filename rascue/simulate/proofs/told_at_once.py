"""A cue on demand that cannot be had: it is told of each hurry with its first hurried step.

What it does is the bound for any cue that is silent until there is a reason. It knows the person's
walk as it is; it hears of a hurry ``ANNOUNCED_S`` after the contact of the first hurried step, as a
sensor would tell it, is never wrong, and otherwise keeps the rules of ``on_demand``.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from statistics import fmean

from rascue.core.clock import NS_PER_S, after
from rascue.core.types import EngineNs
from rascue.cue.on_demand import OnDemandParams
from rascue.simulate.figures.tempi import cadence_spm
from rascue.simulate.walker import TrueStep, Walker
from rascue.simulate.walker_params import WalkerParams
from rascue.simulate.world import START_NS

TICK_S = 0.05
ANNOUNCED_S = 0.1
"""From a contact to its announcement by the lumbar detector, about."""

RULES = OnDemandParams()


class ToldAtOnce:
    """One walk with the cue that cannot be had."""

    def __init__(self, person: WalkerParams, seed: int, own_s: float) -> None:
        self.walker = Walker(person, seed, START_NS)
        self.steps: list[TrueStep] = list(self.walker.advance(after(START_NS, own_s)))
        self.now_ns = after(START_NS, own_s)
        self._reference_s = 60.0 / (cadence_spm(self.steps, START_NS, self.now_ns) or 100.0)
        self._recent: deque[TrueStep] = deque(maxlen=2 * RULES.strides + 1)
        self._left = 0
        self._next_ns = EngineNs(0)
        self._silent_ns = START_NS

    def walk(self, cued_s: float) -> list[TrueStep]:
        """Let the person walk on; return all steps."""
        for _ in range(round(cued_s / TICK_S)):
            self.now_ns = after(self.now_ns, TICK_S)
            made = self.walker.advance(self.now_ns)
            self.steps += made
            self._recent.extend(made)
            if self._left == 0 and self._called():
                self._left = RULES.beats
                self._next_ns = after(self.steps[-1].ic_ns, self._reference_s + RULES.offset_s)
            self._sound()
        return self.steps

    def _called(self) -> bool:
        announced = self.now_ns >= after(self.steps[-1].ic_ns, ANNOUNCED_S)
        return announced and (self.walker.hurrying or self._out_of_band())

    def _out_of_band(self) -> bool:
        waited = self.now_ns >= after(self._silent_ns, RULES.refractory_s)
        if not waited or len(self._recent) < (self._recent.maxlen or 0):
            return False
        mean_s = fmean(b.ic_ns - a.ic_ns for a, b in pairwise(self._recent)) / NS_PER_S
        return abs(self._reference_s / mean_s - 1.0) > RULES.band_pct / 100.0

    def _sound(self) -> None:
        """Let the person hear the next beat as soon as it is due."""
        if self._left == 0 or self._next_ns > after(self.now_ns, TICK_S):
            return
        self.walker.hear(self._next_ns)
        self._left -= 1
        self._next_ns = after(self._next_ns, self._reference_s)
        if self._left == 0:
            self._silent_ns = self.now_ns
            self._recent.clear()
