"""Hold: the tempo in force goes on (fermata), whatever it is.

Source: a fermata; the "hold" of the clinical protocol (FIELD 2.1), and the tempo under a fade,
which should end a session where it has arrived and not where it was meant to arrive.
Equation: ``T = T`` in force; from silence ``T = 60 / target``.
Needs: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from rascue.core.types import Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.fixed import Fixed, FixedParams


@dataclass(frozen=True, slots=True)
class HoldParams:
    """Nothing to set."""


class Hold:
    """Keeps the tempo that was in force when the block began."""

    params_type = HoldParams

    def __init__(self, params: HoldParams) -> None:
        self.params = params
        self._start = Fixed(FixedParams())
        self._held_spm: float | None = None

    @property
    def name(self) -> str:
        """Registered name."""
        return "hold"

    @property
    def needs(self) -> StrategyNeeds:
        """Nothing."""
        return StrategyNeeds()

    def decide(self, now: CueInput) -> WantedCue:
        """Return the tempo held; the target when nothing sounded before."""
        if self._held_spm is None:
            self._held_spm = now.cue_spm
        if self._held_spm is None:
            return self._start.decide(now)
        text = f"The tempo stays at {self._held_spm:.0f} steps/min."
        return WantedCue(self._held_spm, None, (Reason("held", text, None, self._held_spm),))
