"""Mirror: the cue takes the person's tempo, with hysteresis.

Source: D-Jogger strategy 1 (tempo matched continuously; FIELD C5 [17]) with the hysteresis that
users of tempo-matching apps ask for (FIELD E13).
Equation: own tempo ``c`` = mean of the cadence at the last ``2 * strides`` contacts (an even
number, so that unequal left and right steps do not alternate it). The cue stays while
``|c - cue| <= band_pct / 100 * cue``; beyond it, it moves to ``c`` and rests when within a
quarter of the band. It stays between ``slower_pct`` below and ``faster_pct`` above the reference
(target, else baseline), so that it does not accelerate with a person who hurries.
Needs: detected steps. Any output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.core.types import Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.mean_cadence import MeanCadence

_REST_SHARE = 0.25
"""Share of the band within which a moving cue comes to rest. Default, not evidence."""

_WAITING = Reason("waiting_for_steps", "The cue waits for the first steps.")


@dataclass(frozen=True, slots=True)
class FollowParams:
    """Parameters of ``follow``; all are defaults, not evidence.

    Parameters
    ----------
    strides
        Strides over which the person's tempo is averaged.
    band_pct
        Change of the person's tempo that moves the cue, %.
    slower_pct, faster_pct
        Farthest the cue goes below and above the programme's target (or the baseline), %.
    """

    strides: Annotated[int, Interval(ge=1, le=20)] = 4
    band_pct: Annotated[float, Interval(ge=0.5, le=10)] = 2.0
    slower_pct: Annotated[float, Interval(ge=0, le=25)] = 10.0
    faster_pct: Annotated[float, Interval(ge=0, le=25)] = 0.0


class Follow:
    """Follows slowly and rests often."""

    params_type = FollowParams

    def __init__(self, params: FollowParams) -> None:
        self.params = params
        self._mean = MeanCadence(params.strides)
        self._cue_spm: float | None = None
        self._moving = False

    @property
    def name(self) -> str:
        """Registered name."""
        return "follow"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps."""
        return StrategyNeeds(steps=True)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the person's tempo, or the one in force while the difference is small."""
        own_spm = self._mean.update(now)
        if own_spm is None:
            return WantedCue(None, None, (_WAITING,))
        wanted_spm, reasons = self._within_range(own_spm, now)
        if self._cue_spm is None:
            self._cue_spm = wanted_spm
            return WantedCue(wanted_spm, None, reasons)
        self._moving = self._is_moving(wanted_spm, now.cue_spm or self._cue_spm)
        if self._moving:
            self._cue_spm = wanted_spm
        return WantedCue(self._cue_spm, None, reasons)

    def _is_moving(self, own_spm: float, cue_spm: float) -> bool:
        """Return whether the cue must move, remembering whether it does."""
        band_spm = self.params.band_pct / 100.0 * cue_spm
        return abs(own_spm - cue_spm) > (band_spm * _REST_SHARE if self._moving else band_spm)

    def _within_range(self, own_spm: float, now: CueInput) -> tuple[float, tuple[Reason, ...]]:
        """Return the person's tempo, kept near the reference, and why."""
        told = Reason("mirrored", f"The person walks {own_spm:.0f} steps/min.", None, own_spm)
        reference = now.target_spm or now.baseline_spm
        if reference is None:
            return own_spm, (told,)
        slowest_spm = reference * (1.0 - self.params.slower_pct / 100.0)
        fastest_spm = reference * (1.0 + self.params.faster_pct / 100.0)
        kept_spm = min(max(own_spm, slowest_spm), fastest_spm)
        if kept_spm == own_spm:
            return own_spm, (told,)
        text = f"The cue stays between {slowest_spm:.0f} and {fastest_spm:.0f} steps/min."
        return kept_spm, (Reason("mirror_range", text, own_spm, kept_spm), told)
