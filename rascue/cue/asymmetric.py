"""Uneven steps made even: each leg gets its own interval, and the difference fades.

Source: per-leg cue intervals from per-leg baselines (US 2022/0125336, FIELD [60], C13); temporal
asymmetry after stroke kept or improved with rhythm ability (FIELD [81]).
Equation: with left and right step time ``T_L``, ``T_R`` measured without cues,
``d = (T_L - T_R) / 2`` and the tempo's interval ``T``: the interval that ends on a left beat is
``T + g * d``, on a right one ``T - g * d``; ``g`` falls evenly from ``share`` to 0 over ``fade_s``.
Deviations: ``|g * d|`` is at most ``cap_pct`` of ``T``: successive intervals then differ by twice
as much, and about 4 % is where a change is noticed (FIELD [21]). A difference below
``DIFFERENCE_MIN_RATIO``, or one that may be chance (Welch's t test at 1 %), is not cued: who walks
evenly gets an even cue. ``share`` above 1 would exaggerate; not offered.
Needs: contacts of both feet with their side; spread of output latency up to 10 ms.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.core.clock import after, seconds_between
from rascue.core.types import CadenceStatus, EngineNs, Reason, Side, StepEvent
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.circular import Z_99, t_critical
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.own_beats import OwnBeats

_MEASURING = Reason("measuring_steps", "Left and right steps are measured before the cue begins.")
_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}

STEP_MAX_S = 2.12
"""Longest plausible step (FIELD 2.7 [95])."""

DIFFERENCE_MIN_RATIO = 0.02
"""Half the difference of left and right, as share of their mean, that may as well come from the
sensor. Default, not evidence."""

STEPS_TO_KNOW = 5
"""Steps on beats after which it is said which beats are left ones. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class AsymmetricParams:
    """Parameters of ``asymmetric``; all are defaults, not evidence.

    Parameters
    ----------
    share
        Share of the person's own difference with which the cue begins, 0..1.
    fade_s
        Time in which it falls to 0, s.
    strides
        Uncued strides from which the difference is measured.
    cap_pct
        Largest difference of one interval from the mean, %.
    offset_s
        Where the first beat falls against a contact, s; positive is later.
    """

    share: Annotated[float, Interval(ge=0, le=1)] = 1.0
    fade_s: Annotated[float, Interval(ge=0, le=1800)] = 90.0
    strides: Annotated[int, Interval(ge=3, le=50)] = 8
    cap_pct: Annotated[float, Interval(ge=0, le=4.5)] = 2.0
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class _StepTimes:
    """Step times of each leg as they come."""

    def __init__(self) -> None:
        self._last: StepEvent | None = None
        self._times_s: dict[Side, list[float]] = {Side.LEFT: [], Side.RIGHT: []}

    def take(self, steps: tuple[StepEvent, ...]) -> None:
        """Take contacts; a step time counts for the leg that ends it."""
        for step in steps:
            if self._last is not None and _OTHER.get(step.side) is self._last.side:
                step_s = seconds_between(self._last.ic_ns, step.ic_ns)
                if step_s < STEP_MAX_S:
                    self._times_s[step.side].append(step_s)
            self._last = step

    def left_excess_s(self, strides: int) -> float | None:
        """Return ``(T_L - T_R) / 2``, s; None until so many steps of each leg were measured."""
        left_s, right_s = self._times_s[Side.LEFT], self._times_s[Side.RIGHT]
        if min(len(left_s), len(right_s)) < strides:
            return None
        left, right = statistics.median(left_s), statistics.median(right_s)
        excess_s = (left - right) / 2.0
        large = abs(excess_s) > DIFFERENCE_MIN_RATIO * (left + right) / 2.0
        return excess_s if large and _differ(left_s, right_s) else 0.0


def _differ(a: Sequence[float], b: Sequence[float]) -> bool:
    """Return whether two means differ at the 1 % level (Welch 1947), from three values each on."""
    va, vb = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
    if va + vb == 0.0:
        return statistics.fmean(a) != statistics.fmean(b)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    difference = abs(statistics.fmean(a) - statistics.fmean(b))
    return difference > t_critical(freedom, Z_99) * math.sqrt(va + vb)


class _BeatSides:
    """Which beats belong to the left leg, told by the steps that fell on them."""

    def __init__(self) -> None:
        self._own_beats = OwnBeats()
        self._left_parity: deque[int] = deque(maxlen=STEPS_TO_KNOW)

    def update(self, now: CueInput) -> None:
        """Take what is new."""
        for step, on_beat in self._own_beats.update(now):
            if step.side in _OTHER:
                other = int(step.side is not Side.LEFT)
                self._left_parity.append((on_beat.beat_index + other) % 2)

    def sign_of(self, beat_index: int) -> float:
        """Return 1 for a left beat, -1 for a right one, 0 while nobody knows."""
        votes = sum(1 if parity == beat_index % 2 else -1 for parity in self._left_parity)
        if len(self._left_parity) < STEPS_TO_KNOW or votes == 0:
            return 0.0
        return 1.0 if votes > 0 else -1.0


class Asymmetric:
    """Cues each leg where it is and brings both together."""

    params_type = AsymmetricParams

    def __init__(self, params: AsymmetricParams) -> None:
        self.params = params
        self._steps = _StepTimes()
        self._sides = _BeatSides()
        self._left_excess_s: float | None = None
        self._began_ns = EngineNs(0)

    @property
    def name(self) -> str:
        """Registered name."""
        return "asymmetric"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps with their side, and an output that sounds when it is told to."""
        return StrategyNeeds(steps=True, output_latency_sd_max_s=0.01)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the target tempo with the next beat moved for its leg."""
        tempo_spm = now.target_spm or now.baseline_spm or now.cadence.cadence_spm or now.cue_spm
        if self._left_excess_s is None:
            self._measure(now)
        if self._left_excess_s is None or tempo_spm is None:
            return WantedCue(None, None, (_MEASURING,))
        self._sides.update(now)
        if now.last_beat is None:
            align_to_ns = beat_on_contact_ns(now, self.params.offset_s)
            return WantedCue(tempo_spm, align_to_ns, (_told(self._left_excess_s),))
        period_s = 60.0 / (now.cue_spm or tempo_spm)
        excess_s = self._excess_now_s(now, self._left_excess_s, period_s)
        sign = self._sides.sign_of(now.last_beat.index + 1)
        align_to_ns = after(now.last_beat.due_ns, period_s + sign * excess_s)
        return WantedCue(tempo_spm, align_to_ns, (_told(excess_s),))

    def _measure(self, now: CueInput) -> None:
        """Take uncued steps until there are enough and the person walks evenly."""
        self._steps.take(now.new_steps)
        if now.cadence.status is CadenceStatus.STEADY:
            self._left_excess_s = self._steps.left_excess_s(self.params.strides)
            self._began_ns = now.now_ns

    def _excess_now_s(self, now: CueInput, left_excess_s: float, period_s: float) -> float:
        """Return ``g * d``, capped."""
        elapsed_s = seconds_between(self._began_ns, now.now_ns)
        left = 1.0 - elapsed_s / self.params.fade_s if elapsed_s < self.params.fade_s else 0.0
        cap_s = self.params.cap_pct / 100.0 * period_s
        return max(-cap_s, min(cap_s, self.params.share * left * left_excess_s))


def _told(excess_s: float) -> Reason:
    milliseconds = 1000.0 * excess_s
    text = f"Left beats come {milliseconds:+.0f} ms, right ones {-milliseconds:+.0f} ms off even."
    return Reason("uneven", text, None, milliseconds)
