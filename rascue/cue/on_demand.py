"""Only when needed: some beats when the tempo leaves its band, then silence.

Source: CuPiD / IntCue (Ginis 2017, FIELD [20], C7): ten beats when the rhythm deviates kept the
cadence of people with Parkinson's disease as well as continuous cueing, with less fatigue.
Equation: with own tempo ``c`` (mean of the last ``strides`` strides) and reference ``r``: when
``|c - r| > band_pct / 100 * r``, ``beats`` beats at ``r`` from the next step on, then silence for
at least ``refractory_s``.
A hurry is over, or a freeze, before five strides show it; it calls at once when a one-sided
cumulative sum exceeds ``hurry_sd`` (Page 1954, see ``hurry``), and when the person hurried before,
``hurry_again_sd``.
All calls together have at most ``share_max`` of the steps (a credit that grows with each step).
Deviations: the threshold of the trial was not found in its text. 5 % as general knowledge has it
is what counts as a deviation; calling at 3 % keeps simulated people who tire from reaching it.
Needs: detected steps. Any output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.hurry import HurrySum
from rascue.cue.mean_cadence import MeanCadence

_UNKNOWN = Reason("waiting_for_steps", "The cue waits until tempo and reference are known.")


@dataclass(frozen=True, slots=True)
class OnDemandParams:
    """Parameters of ``on_demand``.

    Parameters
    ----------
    band_pct
        Deviation from the reference that calls for beats, %. Default, not evidence.
    strides
        Strides over which the deviation is averaged (5: FIELD C7).
    beats
        Beats of one call (10: FIELD [20]).
    refractory_s
        Shortest silence before a tempo out of its band calls again, s (10: FIELD C7).
    slower_only
        Whether only a tempo below the band calls for beats.
    hurry_sd, hurry_again_sd
        Cumulative sum at which a hurry calls, in SD of the person's strides: the first time, and
        once the person has hurried. Default, not evidence: even walking passes 8 about once in
        an hour, and 1 about every 35 steps.
    share_max
        Largest share of steps with a beat, 0..1.
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    band_pct: Annotated[float, Interval(ge=1, le=20)] = 3.0
    strides: Annotated[int, Interval(ge=1, le=20)] = 5
    beats: Annotated[int, Interval(ge=2, le=60)] = 10
    refractory_s: Annotated[float, Interval(ge=0, le=120)] = 10.0
    slower_only: bool = False
    hurry_sd: Annotated[float, Interval(ge=0.5, le=20)] = 8.0
    hurry_again_sd: Annotated[float, Interval(ge=0.5, le=20)] = 1.0
    share_max: Annotated[float, Interval(ge=0.05, le=1)] = 0.33
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class OnDemand:
    """Helps when the tempo deviates, and only then."""

    params_type = OnDemandParams

    def __init__(self, params: OnDemandParams) -> None:
        self.params = params
        self._mean = MeanCadence(params.strides)
        self._hurry = HurrySum()
        self._credit = float(params.beats)
        self._calling = False
        self._first_index: int | None = None
        self._silent_since_ns: EngineNs | None = None
        self._call = _UNKNOWN

    @property
    def name(self) -> str:
        """Registered name."""
        return "on_demand"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps and a reference."""
        return StrategyNeeds(steps=True, baseline=True)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the reference during a call, silence otherwise."""
        own_spm = self._mean.update(now)
        reference_spm = now.target_spm or now.baseline_spm
        if reference_spm is None:
            return WantedCue(None, None, (_UNKNOWN,))
        self._hurry.take(now.new_steps, 60.0 / (now.baseline_spm or reference_spm))
        self._earn(len(now.new_steps))
        if not self._calling and self._credit >= self.params.beats:
            self._consider(now, own_spm, reference_spm)
        if self._calling and self._done(now):
            self._end(now)
        if self._calling:
            align_to_ns = None if now.last_beat else beat_on_contact_ns(now, self.params.offset_s)
            return WantedCue(reference_spm, align_to_ns, (self._call,))
        if own_spm is None:
            return WantedCue(None, None, (_UNKNOWN,))
        text = f"No beat is needed at {own_spm:.0f} steps/min."
        return WantedCue(None, None, (Reason("not_needed", text, None, own_spm),))

    def _earn(self, n_steps: int) -> None:
        """Add what the new steps are worth; no more than two calls are saved up."""
        earned = self._credit + self.params.share_max * n_steps
        self._credit = min(earned, 2.0 * self.params.beats)

    def _consider(self, now: CueInput, own_spm: float | None, reference_spm: float) -> None:
        """Begin a call if there is cause."""
        again = self._hurry.happened
        limit_sd = self.params.hurry_again_sd if again else self.params.hurry_sd
        if self._hurry.sum_sd > limit_sd and not self.params.slower_only:
            self._begin("The steps hurry.", None, reference_spm)
        elif own_spm is not None and self._needed(now, own_spm, reference_spm):
            text = (
                f"The tempo left its band: {own_spm:.0f} instead of {reference_spm:.0f} steps/min."
            )
            self._begin(text, own_spm, reference_spm)

    def _needed(self, now: CueInput, own_spm: float, reference_spm: float) -> bool:
        if self._silent_since_ns is not None:
            silent_s = seconds_between(self._silent_since_ns, now.now_ns)
            if silent_s < self.params.refractory_s:
                return False
        deviation_pct = 100.0 * (own_spm / reference_spm - 1.0)
        if self.params.slower_only:
            return deviation_pct < -self.params.band_pct
        return abs(deviation_pct) > self.params.band_pct

    def _begin(self, why: str, own_spm: float | None, reference_spm: float) -> None:
        self._calling = True
        self._first_index = None
        self._call = Reason("called", why, own_spm, reference_spm)

    def _done(self, now: CueInput) -> bool:
        """Whether all beats of the call were placed."""
        if now.last_beat is None:
            return False
        if self._first_index is None:
            self._first_index = now.last_beat.index
        return now.last_beat.index - self._first_index + 1 >= self.params.beats

    def _end(self, now: CueInput) -> None:
        self._calling = False
        self._credit -= self.params.beats
        self._hurry.restart()
        self._silent_since_ns = now.now_ns
        self._mean.forget()
