"""Mirror from a step: the first beat falls on a step, then the cue follows the person's tempo.

Source: D-Jogger strategy 3 (Moens 2014, FIELD [17], C5): starting in phase raised the share of
in-phase steps strongly, tempo alone did not; finding the beat is hard, keeping it is easy.
Equation: tempo as ``follow``; first beat at the expected contact plus ``offset_s``.
Needs: detected steps. Any output; an unknown latency moves the phase of the start by as much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import Interval

from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.follow import Follow, FollowParams


@dataclass(frozen=True, slots=True)
class PhaseStartParams:
    """Parameters of ``phase_start``; all are defaults, not evidence.

    Parameters
    ----------
    strides, band_pct, slower_pct, faster_pct
        As in ``follow``.
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    strides: Annotated[int, Interval(ge=1, le=20)] = 4
    band_pct: Annotated[float, Interval(ge=0.5, le=10)] = 2.0
    slower_pct: Annotated[float, Interval(ge=0, le=25)] = 10.0
    faster_pct: Annotated[float, Interval(ge=0, le=25)] = 0.0
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class PhaseStart:
    """Follows, and begins on a step each time the cue begins."""

    params_type = PhaseStartParams

    def __init__(self, params: PhaseStartParams) -> None:
        self.params = params
        self._follow = Follow(
            FollowParams(params.strides, params.band_pct, params.slower_pct, params.faster_pct)
        )

    @property
    def name(self) -> str:
        """Registered name."""
        return "phase_start"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps."""
        return StrategyNeeds(steps=True)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the wish of ``follow``, on a step while nothing sounds yet."""
        wish = self._follow.decide(now)
        if now.last_beat is not None:
            return wish
        return replace(wish, align_to_ns=beat_on_contact_ns(now, self.params.offset_s))
