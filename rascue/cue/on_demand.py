"""Only when needed: some beats when the tempo leaves its band, then silence.

Source: CuPiD / IntCue (Ginis 2017, FIELD [20], C7): ten beats when the rhythm deviates kept the
cadence of people with Parkinson's disease as well as continuous cueing, with less fatigue.
Equation: with own tempo ``c`` (that of five strides, averaged over ``strides``) and reference
``r``: when ``|c - r| > band_pct / 100 * r``, ``beats`` beats at ``r`` from the next step on, then
silence for at least ``refractory_s``.
A hurry is over, or a freeze, before five strides show it; it calls at once when the probability of
one exceeds ``hurry_p`` (see ``hurry``), and when the person hurried before, ``hurry_again_p``. Such
a call has ``hurry_beats`` beats, and goes on for as long as the probability stays above.
All calls together have at most ``share_max`` of the steps (a credit that grows with each step).
Deviations: the threshold of the trial was not found in its text. 5 % as general knowledge has it
is what counts as a deviation; calling at 2 % keeps simulated people who tire from reaching it.
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
from rascue.cue.hurry import HurryBelief
from rascue.cue.mean_cadence import MeanCadence

CALLS_SAVED = 6
"""Calls that may be saved up: who tires needs more at the end. Default, not evidence."""

_UNKNOWN = Reason("waiting_for_steps", "The cue waits until tempo and reference are known.")


@dataclass(frozen=True, slots=True)
class OnDemandParams:
    """Parameters of ``on_demand``.

    Parameters
    ----------
    band_pct
        Deviation from the reference that calls for beats, %. Default, not evidence.
    strides
        Strides over which the cadence, itself that of five strides (FIELD C7), is averaged.
    beats
        Beats of one call (10: FIELD [20]).
    refractory_s
        Shortest silence before a tempo out of its band calls again, s (10: FIELD C7).
    slower_only
        Whether only a tempo below the band calls for beats.
    hurry_p, hurry_again_p
        Probability at which a hurry calls: the first time, and once the person has hurried beyond
        doubt. Default, not evidence; 0.03 is four times what is to be expected at any step.
    hurry_beats
        Least beats of a call for a hurry. Default, not evidence.
    share_max
        Largest share of steps with a beat, 0..1.
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    band_pct: Annotated[float, Interval(ge=1, le=20)] = 2.0
    strides: Annotated[int, Interval(ge=1, le=20)] = 2
    beats: Annotated[int, Interval(ge=2, le=60)] = 10
    refractory_s: Annotated[float, Interval(ge=0, le=120)] = 10.0
    slower_only: bool = False
    hurry_p: Annotated[float, Interval(ge=0.005, le=1)] = 0.95
    hurry_again_p: Annotated[float, Interval(ge=0.005, le=1)] = 0.03
    hurry_beats: Annotated[int, Interval(ge=1, le=60)] = 4
    share_max: Annotated[float, Interval(ge=0.05, le=1)] = 0.33
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class OnDemand:
    """Helps when the tempo deviates, and only then."""

    params_type = OnDemandParams

    def __init__(self, params: OnDemandParams) -> None:
        self.params = params
        self._mean = MeanCadence(params.strides)
        self._hurry = HurryBelief()
        self._credit = float(params.beats)
        self._beats_left = 0
        self._last_index: int | None = None
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
        self._pay(now)
        step_s = 60.0 / (now.baseline_spm or reference_spm)
        self._hurry.take(now.new_steps, step_s, cued=now.last_beat is not None)
        self._earn(len(now.new_steps))
        if self._beats_left == 0:
            self._consider(now, own_spm, reference_spm)
        if self._beats_left > 0:
            align_to_ns = None if now.last_beat else beat_on_contact_ns(now, self.params.offset_s)
            return WantedCue(reference_spm, align_to_ns, (self._call,))
        if own_spm is None:
            return WantedCue(None, None, (_UNKNOWN,))
        text = f"No beat is needed at {own_spm:.0f} steps/min."
        return WantedCue(None, None, (Reason("not_needed", text, None, own_spm),))

    def _earn(self, n_steps: int) -> None:
        """Add what the new steps are worth; no more than ``CALLS_SAVED`` calls are saved up."""
        earned = self._credit + self.params.share_max * n_steps
        self._credit = min(earned, CALLS_SAVED * self.params.beats)

    def _pay(self, now: CueInput) -> None:
        """Take a beat that was placed off the call and the credit."""
        if now.last_beat is None or now.last_beat.index == self._last_index:
            return
        self._last_index = now.last_beat.index
        self._credit -= 1.0
        self._beats_left = max(0, self._beats_left - 1)
        if self._beats_left == 0 and self._hurries() and self._credit >= 1.0:
            self._beats_left = 1
        if self._beats_left == 0:
            self._silent_since_ns = now.now_ns
            self._mean.forget()

    def _consider(self, now: CueInput, own_spm: float | None, reference_spm: float) -> None:
        """Begin a call if there is cause."""
        if self._hurries() and self._credit >= self.params.hurry_beats:
            self._call = Reason("called", "The steps hurry.", None, reference_spm)
            self._beats_left = self.params.hurry_beats
        elif own_spm is not None and self._needed(now, own_spm, reference_spm):
            text = (
                f"The tempo left its band: {own_spm:.0f} instead of {reference_spm:.0f} steps/min."
            )
            self._call = Reason("called", text, own_spm, reference_spm)
            self._beats_left = self.params.beats

    def _hurries(self) -> bool:
        """Whether the steps hurry, as likely as it takes to call."""
        again = self._hurry.happened
        limit = self.params.hurry_again_p if again else self.params.hurry_p
        return self._hurry.probability > limit and not self.params.slower_only

    def _needed(self, now: CueInput, own_spm: float, reference_spm: float) -> bool:
        if self._credit < self.params.beats:
            return False
        if self._silent_since_ns is not None:
            silent_s = seconds_between(self._silent_since_ns, now.now_ns)
            if silent_s < self.params.refractory_s:
                return False
        deviation_pct = 100.0 * (own_spm / reference_spm - 1.0)
        if self.params.slower_only:
            return deviation_pct < -self.params.band_pct
        return abs(deviation_pct) > self.params.band_pct
