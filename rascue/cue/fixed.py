"""Steady: the programme's tempo, whatever the person does.

Source: rhythmic auditory stimulation with a fixed metronome (Thaut; FIELD 2.1). Also the
baseline against which every adaptive method must show its worth.
Equation: ``T = 60 / target``.
Needs: nothing; no detected step, any output.
"""

from __future__ import annotations

from dataclasses import dataclass

from rascue.core.types import Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue

_UNKNOWN = Reason("no_target", "No tempo is known yet: the cue waits.")


@dataclass(frozen=True, slots=True)
class FixedParams:
    """A fixed cue has no parameters; tempo and level come from the programme."""


class Fixed:
    """Wants the target tempo at each instant."""

    params_type = FixedParams

    def __init__(self, params: FixedParams) -> None:
        self.params = params

    @property
    def name(self) -> str:
        """Registered name."""
        return "fixed"

    @property
    def needs(self) -> StrategyNeeds:
        """Nothing."""
        return StrategyNeeds()

    def decide(self, now: CueInput) -> WantedCue:
        """Return the target tempo, silence while there is none."""
        if now.target_spm is None:
            return WantedCue(None, None, (_UNKNOWN,))
        text = f"The programme asks for {now.target_spm:.0f} steps/min."
        return WantedCue(now.target_spm, None, (Reason("target", text, None, now.target_spm),))
