"""Partner: a cue that is a little ahead and yields, as far as this person needs it.

Source: mutual adaptation of cue and walker (Kuramoto coupling: Dotov 2019, FIELD [12]; two layers
of Walk-Mate: fast coupling of phase, slow adaptation of tempo toward a small lead of the cue:
Uchitomi 2013, FIELD [16]; equations FIELD C4). Adapting the coupling to the person is ours
(FIELD D1).

Equations, once per step, with lag ``phi`` (mean phase of the last stride against its beats, deg;
positive: the step comes after the beat), period ``T`` and wanted tempo ``c``:

* fast: the next beat moves by ``K * T * T * wrap(phi - phi0) / 360``, at most 3 % of ``T``;
  ``phi0`` is the slow mean of ``phi``, at most ``lead_deg``. (Kuramoto's ``K sin`` for small
  angles, per beat.)
* slow: ``dc/dt = raise_pct_per_s / 100 * c0 * clip(1 - phi / lead_deg, -2, 1)``: toward the target
  while the person lags less than ``lead_deg``, back when more. Only while locked; when not, the
  tempo goes to the person's at twice that rate, down to ``slower_pct`` below the own tempo.
* never faster than the own tempo and the target, and with a slower target never slower than that;
  also shifts of beats do not add up to more (``phase_servo``).
* coupling: ``K = max(0, gain_sum - alpha) / T`` with the person's own gain ``alpha`` as estimated,
  so that cue and person together correct a share ``gain_sum`` per beat; ``k_max`` until the
  estimate exists and while the lock is lost.

Deviations: the coupling is the angle itself, not its sine, because beyond 90 degrees the sine
weakens and a weak synchroniser must lag far behind before being drawn along; and it acts on the
deviation from the mean lag, so that the tempo is what it says.
What is traded: a person with gain ``alpha`` can be drawn along by at most ``alpha * lead / 360``
of the tempo by phase alone; the cue stops raising there and says so.
Needs: detected steps; spread of output latency up to 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.circular import wrapped_deg
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.following_gain import FollowingGain, FollowingGainEstimator
from rascue.cue.meeting import fastest_prescribed_spm, meeting_spm
from rascue.cue.phase_servo import PhaseServo

SLOW_STEPS = 16.0
"""Memory of the mean lag, steps. Default, not evidence."""

_LEADING = ("partner_leads", "the person is with the beat")

_WAITING = Reason("waiting_for_steps", "The cue waits until the person walks evenly.")


@dataclass(frozen=True, slots=True)
class MutualParams:
    """Parameters of ``mutual``; all are defaults, not evidence.

    Parameters
    ----------
    lead_deg
        Lag of the person behind the cue at which the tempo is raised no further, deg.
    raise_pct_per_s
        Fastest rise of the tempo, % of the own tempo per s.
    gain_sum
        Share of a phase error that cue and person shall correct together at each beat.
    k_max
        Strongest coupling, rad/s (FIELD C4 works through 0.5 to 2).
    k_min
        Weakest coupling, rad/s; equal to ``k_max`` the coupling is fixed, as in Walk-Mate.
    settle_s
        Time at the person's own tempo before anything is raised, s.
    slower_pct
        How far the cue goes below the own tempo to a person who lost it, %.
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    lead_deg: Annotated[float, Interval(ge=5, le=150)] = 95.0
    raise_pct_per_s: Annotated[float, Interval(ge=0.01, le=0.5)] = 0.3
    gain_sum: Annotated[float, Interval(ge=0, le=1)] = 0.3
    k_max: Annotated[float, Interval(ge=0, le=2)] = 1.0
    k_min: Annotated[float, Interval(ge=0, le=2)] = 0.0
    settle_s: Annotated[float, Interval(ge=0, le=120)] = 5.0
    slower_pct: Annotated[float, Interval(ge=0, le=25)] = 2.0
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class Mutual:
    """Leads and yields."""

    params_type = MutualParams

    def __init__(self, params: MutualParams) -> None:
        self.params = params
        self._servo = PhaseServo()
        self._gain = FollowingGainEstimator()
        self._mean_lag_deg = 0.0
        self._own_spm: float | None = None
        self._tempo_spm = 0.0
        self._met_ns = EngineNs(0)
        self._decided_ns = EngineNs(0)
        self._reason = _WAITING

    @property
    def name(self) -> str:
        """Registered name."""
        return "mutual"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps, and an output that sounds when it is told to."""
        return StrategyNeeds(steps=True, output_latency_sd_max_s=0.01)

    @property
    def following_gain(self) -> FollowingGain | None:
        """How strongly the person follows; None until enough steps were on beats."""
        return self._gain.estimate()

    def decide(self, now: CueInput) -> WantedCue:
        """Return tempo and, when a step was judged, where the next beat should fall."""
        if self._own_spm is None:
            return self._meet(now)
        for on_beat in self._servo.update(now):
            self._gain.add(on_beat)
            self._yield(now, on_beat.interval_s)
        self._adapt_tempo(now, self._own_spm)
        fastest_spm = fastest_prescribed_spm(now, self._own_spm)
        align_to_ns = self._servo.next_beat_ns(now, self._tempo_spm, fastest_spm)
        return WantedCue(self._tempo_spm, align_to_ns, (self._reason,))

    def _meet(self, now: CueInput) -> WantedCue:
        """Begin at the person's tempo, with a beat on a step."""
        met_spm = meeting_spm(now)
        if met_spm is None:
            return WantedCue(None, None, (_WAITING,))
        self._own_spm = now.baseline_spm or met_spm
        self._tempo_spm = met_spm
        self._met_ns = self._decided_ns = now.now_ns
        self._reason = Reason("met", f"Met the person at {met_spm:.0f} steps/min.", None, met_spm)
        return WantedCue(met_spm, beat_on_contact_ns(now, self.params.offset_s), (self._reason,))

    # --- fast layer: phase -----------------------------------------------------------------------

    def _yield(self, now: CueInput, period_s: float) -> None:
        """Let the next beat answer the lag of the last stride."""
        lag_deg = self._servo.lag_deg or 0.0
        self._mean_lag_deg += wrapped_deg(lag_deg - self._mean_lag_deg) / SLOW_STEPS
        anchor_deg = min(self._mean_lag_deg, self.params.lead_deg)
        self._servo.answer(self._coupling_rad_s(now, period_s) * period_s, anchor_deg)

    def _coupling_rad_s(self, now: CueInput, period_s: float) -> float:
        """Return the coupling for this person at this moment."""
        gain = self._gain.estimate()
        if gain is None or not now.synchrony.locked:
            return self.params.k_max
        missing = max(0.0, self.params.gain_sum - gain.gain)
        return min(self.params.k_max, max(self.params.k_min, missing / period_s))

    # --- slow layer: tempo -----------------------------------------------------------------------

    def _adapt_tempo(self, now: CueInput, own_spm: float) -> None:
        """Move the tempo a little toward the target, or toward the person."""
        elapsed_s = seconds_between(self._decided_ns, now.now_ns)
        self._decided_ns = now.now_ns
        target_spm = own_spm if now.target_spm is None else now.target_spm
        step_spm = self.params.raise_pct_per_s / 100.0 * own_spm * elapsed_s
        if not now.synchrony.locked:
            goal_spm = self._prescribed(now, now.cadence.cadence_spm or self._tempo_spm, own_spm)
            self._reason = _told("partner_eases", "waits for the person", self._tempo_spm)
            self._step_toward(goal_spm, 2.0 * step_spm)
        elif seconds_between(self._met_ns, now.now_ns) >= self.params.settle_s:
            self._lead(target_spm, 1.0 if target_spm >= own_spm else -1.0, step_spm)

    def _prescribed(self, now: CueInput, spm: float, own_spm: float) -> float:
        """Return a tempo brought between the slowest and the fastest one that may be asked for."""
        slowest_spm = own_spm * (1.0 - self.params.slower_pct / 100.0)
        if now.target_spm is not None and now.target_spm < own_spm:
            slowest_spm = now.target_spm
        return min(max(spm, slowest_spm), fastest_prescribed_spm(now, own_spm))

    def _lead(self, target_spm: float, sign: float, step_spm: float) -> None:
        """Raise (or lower) the tempo as long as the person does not lag too far."""
        room = 1.0 - sign * self._mean_lag_deg / self.params.lead_deg
        if room < 0.0:
            self._reason = _told("partner_limit", "more would cost the lock", self._tempo_spm)
            self._tempo_spm += sign * step_spm * max(room, -2.0)
        else:
            self._step_toward(target_spm, step_spm * min(room, 1.0))
            there = self._tempo_spm == target_spm
            code, why = ("partner_target", "target reached") if there else _LEADING
            self._reason = _told(code, why, self._tempo_spm)

    def _step_toward(self, goal_spm: float, step_spm: float) -> None:
        self._tempo_spm += max(-step_spm, min(step_spm, goal_spm - self._tempo_spm))


def _told(code: str, why: str, tempo_spm: float) -> Reason:
    return Reason(code, f"Partner at {tempo_spm:.0f} steps/min: {why}.", None, tempo_spm)
