"""Contacts -> signs of trouble: a step that is overdue (near-stop), one much too early (stumble).

Runs in the engine's main thread; "now" is an argument, no clock is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rascue.core.clock import after, seconds_between
from rascue.core.types import (
    Activity,
    ActivityChange,
    DetectorEvent,
    EngineNs,
    GaitFlag,
    GaitSign,
    StepEvent,
)

STEPS_PER_STRIDE = 2


@dataclass(frozen=True, slots=True)
class SteadinessParams:
    """When a step is overdue or much too early; chosen on recordings, see docs/detectors.md.

    Parameters
    ----------
    intervals
        Number of intervals before a contact that say what is usual.
    even_ratio
        They must lie so close to the median of their foot's; otherwise nothing is said.
    late_steps
        A contact is overdue so many usual steps after it was due...
    announced_within_s
        ...and this, which nearly all contacts are announced within (docs/detectors.md, p95).
    early_ratio
        A stumbling step is shorter than this part of the shortest usual one.
    sure
        A contact less certain than this says nothing about a stumble: feet that pivot in a turn
        make such contacts.
    calm_contacts
        Contacts after which a sign is taken back.
    """

    intervals: int = 4
    even_ratio: float = 0.15
    late_steps: float = 0.6
    announced_within_s: float = 0.15
    early_ratio: float = 0.65
    sure: float = 0.9
    calm_contacts: int = 3


DEFAULT_PARAMS = SteadinessParams()


class SteadinessWatch:
    """Raises and clears near-stop and stumble from the times of contacts.

    Parameters
    ----------
    contacts_per_stride
        1 when the contacts are those of one foot; 2 when they are those of both.

    Notes
    -----
    1. Only an even walk is judged: each of the last intervals lies near the median of those of
       its foot. Legs may differ from each other.
    2. Near-stop: no contact for the longest of these intervals and 0.6 steps more. Raised while
       the step is still missing; cleared by regular steps, or by standing, which is told apart.
    3. Stumble: an interval below 0.65 of the shortest of them. Only where both feet are seen, since
       one foot's contacts do not show the hurried step of the other.

    Source: none with thresholds; FIELD C6 asks for both signs. Deviations: none.
    Accuracy: docs/detectors.md; no recording with stumbles was at hand.
    """

    def __init__(self, contacts_per_stride: int, params: SteadinessParams = DEFAULT_PARAMS) -> None:
        self._per_stride = contacts_per_stride
        self._params = params
        self._usual: deque[float] = deque(maxlen=params.intervals)
        self._is_even = False
        """Whether enough intervals are known, and each is like the others of its foot."""
        self._last_ns: EngineNs | None = None
        self._raised: dict[GaitSign, int] = {}

    def reset(self) -> None:
        """Forget the walk (after a gap); what is raised is cleared by the next contacts."""
        self._usual.clear()
        self._is_even = False
        self._last_ns = None

    def process(self, events: Sequence[DetectorEvent], now_ns: EngineNs) -> list[GaitFlag]:
        """Take events in order of detection, up to the sample at ``now_ns``."""
        flags: list[GaitFlag] = []
        for event in events:
            if isinstance(event, StepEvent):
                flags += [*self._overdue(event.detected_ns), *self._contact(event)]
            elif isinstance(event, ActivityChange) and event.activity is Activity.STANDING:
                flags += [*self._overdue(event.detected_ns), *self._stand(event)]
        return [*flags, *self._overdue(now_ns)]

    def _overdue(self, now_ns: EngineNs) -> list[GaitFlag]:
        """Raise near-stop when the instant at which the contact is overdue has passed."""
        if self._last_ns is None or GaitSign.NEAR_STOP in self._raised or not self._is_even:
            return []
        usual_s = max(self._usual)
        late_s = self._params.late_steps * usual_s * self._per_stride / STEPS_PER_STRIDE
        overdue_ns = after(self._last_ns, usual_s + late_s)
        told_ns = after(overdue_ns, self._params.announced_within_s)
        if now_ns < told_ns:
            return []
        self._raised[GaitSign.NEAR_STOP] = 0
        measure = (usual_s + late_s) / usual_s
        return [GaitFlag(overdue_ns, told_ns, GaitSign.NEAR_STOP, True, measure, "")]

    def _contact(self, step: StepEvent) -> list[GaitFlag]:
        last_ns, self._last_ns = self._last_ns, step.ic_ns
        if last_ns is None:
            return []
        interval_s = seconds_between(last_ns, step.ic_ns)
        if interval_s <= 0.0:
            return []  # told by the other sensor, and later than the one that followed it
        flags = self._calm(step)
        if step.confidence >= self._params.sure and self._is_early(interval_s):
            self._raised[GaitSign.STUMBLE] = 0
            measure = interval_s / min(self._usual)
            flags.append(
                GaitFlag(step.ic_ns, step.detected_ns, GaitSign.STUMBLE, True, measure, "")
            )
        self._usual.append(interval_s)
        self._is_even = self._looks_even()
        return flags

    def _is_early(self, interval_s: float) -> bool:
        both_feet = self._per_stride == STEPS_PER_STRIDE
        if not both_feet or GaitSign.STUMBLE in self._raised or not self._is_even:
            return False
        return interval_s < self._params.early_ratio * min(self._usual)

    def _calm(self, step: StepEvent) -> list[GaitFlag]:
        """Count contacts since each sign; clear those that are long enough ago."""
        self._raised = {sign: count + 1 for sign, count in self._raised.items()}
        over = [sign for sign, n in self._raised.items() if n >= self._params.calm_contacts]
        return [self._cleared(sign, step.ic_ns, step.detected_ns) for sign in over]

    def _stand(self, change: ActivityChange) -> list[GaitFlag]:
        """Clear all: standing is no sign of trouble."""
        self.reset()
        over = list(self._raised)
        return [self._cleared(sign, change.detected_ns, change.detected_ns) for sign in over]

    def _cleared(self, sign: GaitSign, at_ns: EngineNs, detected_ns: EngineNs) -> GaitFlag:
        del self._raised[sign]
        return GaitFlag(at_ns, detected_ns, sign, False, 0.0, "")

    def _looks_even(self) -> bool:
        if len(self._usual) < self._params.intervals:
            return False
        known = list(self._usual)
        feet = [known[k :: self._per_stride] for k in range(self._per_stride)]
        return all(
            abs(one - median(foot)) <= self._params.even_ratio * median(foot)
            for foot in feet
            for one in foot
        )
