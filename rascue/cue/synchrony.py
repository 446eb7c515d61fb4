"""How steps and beats go together: asynchrony, relative phase, consistency, lock. Pure.

A step belongs to the nearest beat, which may be the *next* one because people step ahead of a
beat; a step is therefore judged when the following beat is known.

Source: relative phase and consistency as in FIELD C2; lock by a circular test and a slope test
(Fayyad 2024, FIELD [24]).
Deviations: a slope counts as drift only if it is also larger than ``DRIFT_MIN_DEG_PER_STEP``,
because phases of a follower are correlated and a harmless slope is then significant; and steps
must fall on successive beats, so that following at half or double tempo is not called locked.
Accuracy: on simulated people, followers with a phase gain of 0.1 to 0.6 against non-followers up
to 10 % off in tempo, 0.96 of windows are classified correctly (FIELD [24] on people: 0.91).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, PlayedBeat, StepEvent
from rascue.cue.base import Synchrony
from rascue.cue.beat_track import BeatTrack, HeardBeat, StepOnBeat
from rascue.cue.circular import mean_vector, rayleigh_p, slope, unwrapped_deg
from rascue.cue.following_gain import FollowingGain, FollowingGainEstimator

STEPS_FOR_VERDICT = 8
"""Steps in the window below which nothing is said. Default, not evidence: FIELD C2 uses 15-20
for a full window, and fewer than this would flicker."""

RAYLEIGH_P_MAX = 0.05
"""Level of the circular test."""

DRIFT_MIN_DEG_PER_STEP = 2.5
"""What a tempo 0.7 % off makes of it: the value that told followers from others best, see
``test_lock_tells_followers_from_others``. Default, not evidence."""

PAUSE_S = 2.0
"""Steps further apart than this, or than 2.5 expected intervals, are not one run (FIELD C1)."""


class Following(StrEnum):
    """How steps are spaced on beats."""

    NOT = "not"
    ONE_TO_ONE = "one_to_one"
    HALF = "half"
    """One step on every second beat."""
    DOUBLE = "double"
    """Two steps on every beat."""


@dataclass(frozen=True, slots=True)
class SynchronySummary:
    """The whole session; None where no step fell on a beat.

    ``locked_pct`` is the share of steps made while locked. ``steps_to_lock`` counts the steps of
    the first run on beats that locked, up to that moment.
    """

    n_steps: int
    consistency_r: float | None
    mean_phase_deg: float | None
    asynchrony_mean_s: float | None
    asynchrony_sd_s: float | None
    locked_pct: float | None
    steps_to_lock: int | None
    unlocks: int


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the window says; ``slope_deg_per_step`` None: too few steps to say anything."""

    consistency_r: float | None = None
    asynchrony_mean_s: float | None = None
    asynchrony_sd_s: float | None = None
    slope_deg_per_step: float | None = None
    following: Following = Following.NOT
    locked: bool = False


class SynchronyTracker:
    """Follows steps and beats through a session.

    Parameters
    ----------
    window_steps
        Steps in the sliding window, at least ``STEPS_FOR_VERDICT``.
    contacts_per_stride
        2 when each step is seen; 1 for a sensor on one leg, where a contact on every second
        beat is what following looks like.

    Notes
    -----
    Feed it in any interleaving: ``add_beat(played, beat.interval_s)`` when the output reports a
    sound, ``add_step(step)`` when a contact is announced; ask ``state(now)`` on each tick.
    """

    def __init__(self, window_steps: int = 20, contacts_per_stride: int = 2) -> None:
        if window_steps < STEPS_FOR_VERDICT:
            raise ValueError(f"window_steps {window_steps} must be at least {STEPS_FOR_VERDICT}")
        self._beats_per_contact = 2 // contacts_per_stride
        self._beats = BeatTrack()
        self._waiting: deque[EngineNs] = deque()
        self._window: deque[StepOnBeat] = deque(maxlen=window_steps)
        self._verdict = _Verdict()
        self._locked_since_ns: EngineNs | None = None
        self._gain = FollowingGainEstimator(self._beats_per_contact)
        self._totals = _Totals()

    def add_beat(self, played: PlayedBeat, interval_s: float) -> None:
        """Take a beat that was reported; those not heard are ignored.

        ``interval_s`` is its planned time since the beat before it, s.
        """
        if played.sound_ns is None:
            return
        if not self._beats.add(HeardBeat(played.index, played.sound_ns, interval_s)):
            return
        while self._waiting and self._next_beat_known(self._waiting[0]):
            self._judge(self._waiting.popleft())

    def add_step(self, step: StepEvent) -> None:
        """Take a contact, in order of announcement."""
        if self._next_beat_known(step.ic_ns):
            self._judge(step.ic_ns)
        else:
            self._waiting.append(step.ic_ns)

    def asynchrony_of(self, ic_ns: EngineNs) -> tuple[int, float, float] | None:
        """Return (beat index, asynchrony in s, relative phase in deg) of a contact.

        None while the next beat is not known, when no beat was near, and when the beats of that
        time are forgotten (after about two minutes).
        """
        step = self._beats.match(ic_ns)
        return (
            None if step is None else (step.beat_index, step.asynchrony_s, step.relative_phase_deg)
        )

    def state(self, now_ns: EngineNs) -> Synchrony:
        """Return the statistics of the window at ``now_ns``."""
        self._forget_pause(now_ns)
        verdict, since_ns = self._verdict, self._locked_since_ns
        return Synchrony(
            n_steps=len(self._window),
            consistency_r=verdict.consistency_r,
            asynchrony_mean_s=verdict.asynchrony_mean_s,
            asynchrony_sd_s=verdict.asynchrony_sd_s,
            slope_deg_per_step=verdict.slope_deg_per_step,
            locked=since_ns is not None,
            locked_s=0.0 if since_ns is None else max(0.0, seconds_between(since_ns, now_ns)),
        )

    @property
    def following(self) -> Following:
        """How the steps of the window are spaced on the beats."""
        return self._verdict.following

    @property
    def following_gain(self) -> FollowingGain | None:
        """How strongly the person corrects toward the beat, over the last hundred steps.

        None until enough steps were on beats. Computed when asked for, in about a millisecond.
        """
        return self._gain.estimate()

    def summary(self) -> SynchronySummary:
        """Return the figures of the whole session so far."""
        return self._totals.summary()

    def _next_beat_known(self, ic_ns: EngineNs) -> bool:
        last_ns = self._beats.last_ns
        return last_ns is not None and ic_ns < last_ns

    def _judge(self, ic_ns: EngineNs) -> None:
        """Put a contact into the window and renew the verdict."""
        step = self._beats.match(ic_ns)
        if step is None:
            self._begin_run()
            return
        self._forget_pause(ic_ns)
        self._window.append(step)
        self._gain.add(step)
        self._verdict = _judged(list(self._window), self._beats_per_contact)
        if not self._verdict.locked:
            self._locked_since_ns = None
        elif self._locked_since_ns is None:
            self._locked_since_ns = ic_ns
        self._totals.add(step, locked=self._verdict.locked)

    def _forget_pause(self, now_ns: EngineNs) -> None:
        """Begin a new run when the last step of the window is too long ago."""
        if not self._window:
            return
        last = self._window[-1]
        expected_s = last.interval_s * self._beats_per_contact
        # A judged step is up to one beat old.
        pause_s = max(PAUSE_S, 2.5 * expected_s) + last.interval_s
        if seconds_between(last.ic_ns, now_ns) > pause_s:
            self._begin_run()

    def _begin_run(self) -> None:
        self._window.clear()
        self._verdict = _Verdict()
        self._locked_since_ns = None
        self._totals.begin_run()


def _judged(steps: list[StepOnBeat], beats_per_contact: int) -> _Verdict:
    """Return what a window of steps says."""
    if len(steps) < STEPS_FOR_VERDICT:
        return _Verdict()
    phases = [step.relative_phase_deg for step in steps]
    following = _following(steps, phases, beats_per_contact)
    mean_s, sd_s = _mean_and_sd([step.asynchrony_s for step in steps])
    return _Verdict(
        consistency_r=mean_vector(phases).r,
        asynchrony_mean_s=mean_s,
        asynchrony_sd_s=sd_s,
        slope_deg_per_step=slope(unwrapped_deg(phases)).per_step,
        following=following,
        locked=following is Following.ONE_TO_ONE,
    )


_SPACINGS = ((Following.ONE_TO_ONE, 1.0), (Following.HALF, 2.0), (Following.DOUBLE, 0.5))
_SPACING_TOLERANCE = 0.15
"""Share by which beats per contact may differ: two missed contacts in sixteen make 0.13."""


def _following(
    steps: list[StepOnBeat], phases_deg: list[float], beats_per_contact: int
) -> Following:
    """Return the spacing that fits and whose phases are concentrated and do not drift."""
    beats = steps[-1].beat_index - steps[0].beat_index
    ratio = beats / (len(steps) - 1) / beats_per_contact
    for following, expected in _SPACINGS:
        # With two steps on a beat, phases are alike only when doubled.
        multiple = 2.0 if following is Following.DOUBLE else 1.0
        if abs(ratio / expected - 1.0) <= _SPACING_TOLERANCE and _steady(
            [multiple * phase for phase in phases_deg]
        ):
            return following
    return Following.NOT


def _steady(phases_deg: list[float]) -> bool:
    """Whether phases pass the circular test and the slope test."""
    vector = mean_vector(phases_deg)
    drift = slope(unwrapped_deg(phases_deg))
    drifting = drift.significant and abs(drift.per_step) > DRIFT_MIN_DEG_PER_STEP
    return rayleigh_p(vector.r, vector.n) < RAYLEIGH_P_MAX and not drifting


def _mean_and_sd(values: list[float]) -> tuple[float, float]:
    """Return mean and sample standard deviation of at least two values."""
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


class _Totals:
    """Sums over the session."""

    def __init__(self) -> None:
        self._n = self._locked = self._run_steps = self._unlocks = 0
        self._steps_to_lock: int | None = None
        self._was_locked = False
        self._cos = self._sin = self._sum_s = self._squares_s2 = 0.0

    def begin_run(self) -> None:
        """Begin to count anew after a pause, which ends a lock but is no unlock."""
        self._run_steps = 0
        self._was_locked = False

    def add(self, step: StepOnBeat, *, locked: bool) -> None:
        """Take one step on a beat."""
        self._n += 1
        self._run_steps += 1
        self._cos += math.cos(math.radians(step.relative_phase_deg))
        self._sin += math.sin(math.radians(step.relative_phase_deg))
        self._sum_s += step.asynchrony_s
        self._squares_s2 += step.asynchrony_s**2
        self._locked += locked
        self._unlocks += self._was_locked and not locked
        if locked and self._steps_to_lock is None:
            self._steps_to_lock = self._run_steps
        self._was_locked = locked

    def summary(self) -> SynchronySummary:
        """Return the figures."""
        n = self._n
        if n == 0:
            return SynchronySummary(0, None, None, None, None, None, None, 0)
        mean_s = self._sum_s / n
        spread_s2 = max(0.0, self._squares_s2 - n * mean_s**2)
        return SynchronySummary(
            n_steps=n,
            consistency_r=math.hypot(self._cos, self._sin) / n,
            mean_phase_deg=math.degrees(math.atan2(self._sin, self._cos)),
            asynchrony_mean_s=mean_s,
            asynchrony_sd_s=math.sqrt(spread_s2 / (n - 1)) if n > 1 else None,
            locked_pct=100.0 * self._locked / n,
            steps_to_lock=self._steps_to_lock,
            unlocks=self._unlocks,
        )
