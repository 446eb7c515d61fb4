"""Step by step: the tempo rises only while this person is on the beat and walks evenly.

Source: "tempo is raised only while entrained, otherwise eased" is the published shape of InTandem
(FIELD 1.1); states and gates FIELD C6; variability may rise by 0.67 percentage points, the smallest
change that matters in Parkinson's disease (FIELD [72]); one step of up to 3 % goes unnoticed [21].

States, each with its way out:

1. MATCH: the tempo met, for ``match_s``, beats on steps; then the own tempo (the baseline, where
   it is known).
2. HOLD: after ``hold_s`` on one tempo, if locked for ``locked_s``, consistency is at least
   ``r_raise``, cadence and cue agree within ``agree_pct``, steps lag by no more than
   ``lag_max_deg`` (who is dragged along is at the limit) and variability rose by no more than
   ``cv_raise_pp``: one step of ``step_pct`` toward the target, which may be slower than preferred.
3. ASSIST: consistency below ``r_assist``, or cadence and cue apart, for ``assist_after_s``, or
   steps slipped by ``slip_max_deg`` against the beats of this tempo (who is a little too slow
   slips through a whole beat in a minute and looks locked on the way): one step back toward the
   own tempo, the phase yields to the steps, and the tempo that was too much is not tried again.
   Back to HOLD after ``assist_after_s`` locked.
4. RECOVER: variability up by more than ``cv_recover_pp``, near-stop, stumble, or no steps: back to
   the own tempo; to HOLD after ``hold_s`` locked, with the variability of that time as the new
   measure. After unsteady walking the tempo that was too much is not tried again; after the others
   it is.

Deviations: adding a click to music (FIELD C6 b) is a matter of sound and not done here.
Needs: detected steps; spread of output latency up to 20 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import Interval

from rascue.core.clock import seconds_between
from rascue.core.types import CadenceStatus, EngineNs, GaitSign, Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.circular import wrapped_deg
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.meeting import fastest_prescribed_spm, meeting_spm
from rascue.cue.phase_servo import PhaseServo
from rascue.cue.stride_variability import StrideVariability

ASSIST_COUPLING = 0.3
"""Share of a phase error that each beat answers in ASSIST. Default, not evidence."""

SETTLING_STEPS = 8
"""Steps in which a person finds the place on a new tempo. Default, not evidence."""

_TROUBLE = frozenset({GaitSign.NEAR_STOP, GaitSign.STUMBLE})
"""Source: FIELD C6."""

_WAITING = Reason("waiting_for_steps", "The cue waits until the person walks evenly.")


class Stage(StrEnum):
    """Where the progression is."""

    MATCH = "match"
    HOLD = "hold"
    ASSIST = "assist"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class ProgressionParams:
    """Parameters of ``progression``; default, not evidence, but where a source is named.

    Parameters
    ----------
    match_s
        Time at the own tempo, s (60-120: FIELD C6).
    hold_s
        Shortest time on each tempo, s (1-2 % in 60 s: FIELD C6; here half a step in half the time,
        which is noticed less).
    step_pct
        One step, % of the own tempo (at most 3: FIELD [21]).
    locked_s
        Shortest lock before a raise, s.
    r_raise, r_assist
        Consistency needed for a raise, and below which help begins.
    agree_pct
        Largest difference of cadence and cue for a raise, % (FIELD C6).
    lag_max_deg
        Largest mean phase of steps against beats for a raise, deg, either way.
    slip_max_deg
        How far the phase may move on one tempo before help begins, deg, either way.
    cv_raise_pp, cv_recover_pp
        Rise of stride-time variability that forbids a raise (0.67: FIELD [72]), and that sends
        back to the own tempo, percentage points.
    assist_after_s
        Time off the beat before help begins, and on it before help ends, s (20: FIELD C6).
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    match_s: Annotated[float, Interval(ge=5, le=300)] = 60.0
    hold_s: Annotated[float, Interval(ge=5, le=300)] = 30.0
    step_pct: Annotated[float, Interval(ge=0.2, le=3)] = 1.0
    locked_s: Annotated[float, Interval(ge=5, le=120)] = 20.0
    r_raise: Annotated[float, Interval(ge=0, le=1)] = 0.75
    r_assist: Annotated[float, Interval(ge=0, le=1)] = 0.5
    agree_pct: Annotated[float, Interval(ge=0.5, le=10)] = 2.0
    lag_max_deg: Annotated[float, Interval(ge=10, le=150)] = 60.0
    slip_max_deg: Annotated[float, Interval(ge=30, le=180)] = 120.0
    cv_raise_pp: Annotated[float, Interval(ge=0.1, le=5)] = 0.67
    cv_recover_pp: Annotated[float, Interval(ge=0.5, le=10)] = 2.0
    assist_after_s: Annotated[float, Interval(ge=5, le=120)] = 20.0
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class _Slip:
    """How far steps moved against the beats of one tempo, deg: smoothed, not wrapped."""

    def __init__(self) -> None:
        self._n_steps = 0
        self._last_deg = 0.0
        self._moved_deg = 0.0
        self.deg = 0.0

    def take(self, lag_deg: float | None) -> None:
        """Take the lag of the newest stride; the first ones find their place on a new tempo."""
        if lag_deg is None:
            return
        self._n_steps += 1
        if self._n_steps > SETTLING_STEPS:
            self._moved_deg += wrapped_deg(lag_deg - self._last_deg)
            self.deg += (self._moved_deg - self.deg) / SETTLING_STEPS
        self._last_deg = lag_deg


class Progression:
    """Raises, waits, helps, and goes back."""

    params_type = ProgressionParams

    def __init__(self, params: ProgressionParams) -> None:
        self.params = params
        self.stage = Stage.MATCH
        self._servo = PhaseServo()
        self._variability = StrideVariability()
        self._own_spm: float | None = None
        self._own_cv_pct: float | None = None
        self._tempo_spm = 0.0
        self._reach_spm: float | None = None
        self._slip = _Slip()
        self._since_ns = EngineNs(0)
        self._off_since_ns: EngineNs | None = None
        self._reason = _WAITING

    @property
    def name(self) -> str:
        """Registered name."""
        return "progression"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps, and an output that sounds about when it is told to."""
        return StrategyNeeds(steps=True, output_latency_sd_max_s=0.02)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the tempo of the present step."""
        self._variability.take(now.new_steps)
        if self._own_spm is None:
            return self._meet(now)
        if self._servo.update(now):
            self._slip.take(self._servo.lag_deg)
            if self.stage is Stage.ASSIST:
                self._servo.answer(ASSIST_COUPLING, 0.0)
        self._watch(now)
        self._change_stage(now, self._own_spm)
        fastest_spm = fastest_prescribed_spm(now, self._own_spm)
        align_to_ns = self._servo.next_beat_ns(now, self._tempo_spm, fastest_spm)
        return WantedCue(self._tempo_spm, align_to_ns, (self._reason,))

    def _meet(self, now: CueInput) -> WantedCue:
        """Begin at the person's tempo, with a beat on a step."""
        own_spm = meeting_spm(now)
        if own_spm is None:
            return WantedCue(None, None, (_WAITING,))
        self._own_spm = now.baseline_spm or own_spm
        self._enter(Stage.MATCH, now, own_spm, "met the person")
        return WantedCue(own_spm, beat_on_contact_ns(now, self.params.offset_s), (self._reason,))

    # --- what is seen ----------------------------------------------------------------------------

    def _watch(self, now: CueInput) -> None:
        """Keep the variability at the own tempo, and since when the person is off the beat."""
        if self.stage is Stage.MATCH:
            self._own_cv_pct = self._variability.cv_pct
        if not self._off_beat(now):
            self._off_since_ns = None
        elif self._off_since_ns is None:
            self._off_since_ns = now.now_ns

    def _off_beat(self, now: CueInput) -> bool:
        """Whether consistency or tempo says that the person does not follow."""
        consistency = now.synchrony.consistency_r
        return consistency is None or consistency < self.params.r_assist or not self._agrees(now)

    def _agrees(self, now: CueInput) -> bool:
        """Whether cadence and cue agree."""
        if now.cadence.cadence_spm is None or now.cue_spm is None:
            return False
        return abs(now.cadence.cadence_spm / now.cue_spm - 1.0) <= self.params.agree_pct / 100.0

    def _lag_deg(self, now: CueInput) -> float:
        """Return the mean phase of the window without its sign, deg."""
        if now.synchrony.asynchrony_mean_s is None or now.cue_spm is None:
            return 180.0
        return 360.0 * abs(now.synchrony.asynchrony_mean_s) * now.cue_spm / 60.0

    def _cv_rise_pp(self) -> float:
        """Return by how much variability rose, percentage points; 0 while not known."""
        now_pct = self._variability.cv_pct
        if now_pct is None or self._own_cv_pct is None:
            return 0.0
        return now_pct - self._own_cv_pct

    # --- what is done ----------------------------------------------------------------------------

    def _change_stage(self, now: CueInput, own_spm: float) -> None:
        """Take the way out of the present stage whose condition is met."""
        trouble = self._trouble(now)
        if trouble:
            self._enter(Stage.RECOVER, now, own_spm, f"back to the own tempo, {trouble}")
        elif self.stage is Stage.MATCH:
            if self._in_stage_s(now) >= self.params.match_s:
                self._enter(Stage.HOLD, now, own_spm, "holds the own tempo")
        elif self.stage is not Stage.RECOVER and self._lost_the_beat(now):
            self._shorten_reach(own_spm)
            tempo_spm = self._toward(own_spm, own_spm)
            self._enter(Stage.ASSIST, now, tempo_spm, "eased, the person is off the beat")
        elif self.stage is Stage.HOLD:
            self._consider_raise(now, own_spm)
        elif now.synchrony.locked_s >= self._back_after_s():
            if self.stage is Stage.RECOVER:
                self._own_cv_pct = self._variability.cv_pct
            self._enter(Stage.HOLD, now, self._tempo_spm, "the person is on the beat again")

    def _trouble(self, now: CueInput) -> str:
        """Return in words what calls for the own tempo; empty when nothing does."""
        if self.stage in (Stage.MATCH, Stage.RECOVER):
            return ""
        if now.cadence.status is CadenceStatus.STANDING:
            return "the steps stopped"
        if now.signs & _TROUBLE:
            return "a near-stop or a stumble"
        if self._cv_rise_pp() <= self.params.cv_recover_pp:
            return ""
        self._shorten_reach(self._own_spm or self._tempo_spm)
        return "walking is unsteady"

    def _lost_the_beat(self, now: CueInput) -> bool:
        """Whether the person was off the beat for long, or slipped away from it."""
        slipped = self.stage is Stage.HOLD and abs(self._slip.deg) > self.params.slip_max_deg
        return slipped or self._off_s(now) >= self.params.assist_after_s

    def _consider_raise(self, now: CueInput, own_spm: float) -> None:
        """Take one step toward the target if every gate is open."""
        tempo_spm = self._toward(own_spm if now.target_spm is None else now.target_spm, own_spm)
        consistency = now.synchrony.consistency_r or 0.0
        gates = (
            self._in_stage_s(now) >= self.params.hold_s,
            now.synchrony.locked_s >= self.params.locked_s,
            consistency >= self.params.r_raise,
            self._agrees(now),
            self._lag_deg(now) <= self.params.lag_max_deg,
            self._cv_rise_pp() <= self.params.cv_raise_pp,
            self._reach_spm is None or abs(tempo_spm - own_spm) <= self._reach_spm,
        )
        if all(gates) and tempo_spm != self._tempo_spm:
            locked_s = now.synchrony.locked_s
            why = f"locked for {locked_s:.0f} s, R {consistency:.2f}"
            self._enter(Stage.HOLD, now, tempo_spm, why)

    def _back_after_s(self) -> float:
        """Return how long the person must be locked before help or recovery ends, s."""
        recovering = self.stage is Stage.RECOVER
        return self.params.hold_s if recovering else self.params.assist_after_s

    def _toward(self, goal_spm: float, own_spm: float) -> float:
        """Return the tempo one step nearer to a goal."""
        step_spm = self.params.step_pct / 100.0 * own_spm
        return self._tempo_spm + max(-step_spm, min(step_spm, goal_spm - self._tempo_spm))

    def _shorten_reach(self, own_spm: float) -> None:
        """Never again ask for a tempo as far from the own one as this, unless it is the own."""
        if self._tempo_spm != own_spm:
            step_spm = self.params.step_pct / 100.0 * own_spm
            self._reach_spm = max(0.0, abs(self._tempo_spm - own_spm) - step_spm)

    def _enter(self, stage: Stage, now: CueInput, tempo_spm: float, why: str) -> None:
        """Begin a stage, or the next tempo of it."""
        before_spm, self._tempo_spm = self._tempo_spm, tempo_spm
        self.stage = stage
        self._since_ns = now.now_ns
        self._off_since_ns = None
        self._slip = _Slip()
        text = f"{stage.value.capitalize()} at {tempo_spm:.0f} steps/min: {why}."
        self._reason = Reason(f"progression_{stage.value}", text, before_spm, tempo_spm)

    def _in_stage_s(self, now: CueInput) -> float:
        return seconds_between(self._since_ns, now.now_ns)

    def _off_s(self, now: CueInput) -> float:
        off_since_ns = self._off_since_ns
        return 0.0 if off_since_ns is None else seconds_between(off_since_ns, now.now_ns)
