"""Toe-offs -> when a swing under way will end: a swing varies far less than a stride."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from rascue.core.clock import after, seconds_between
from rascue.core.types import EngineNs, FinalContactEvent, Side, StepEvent

SWING_MIN_S = 0.15
SWING_MAX_S = 1.0
"""A toe-off nearer to the contact or further from it belongs to another movement: a usual swing
takes 40 % of a stride (Perry, Gait Analysis, 1992), strides 0.7 to 2.4 s."""

SWINGS = 4
"""The median is taken over so many; fewer than two give no expectation. Default, not evidence."""


@dataclass(slots=True)
class _Foot:
    fc_ns: EngineNs | None = None
    swings_s: deque[float] = field(default_factory=lambda: deque(maxlen=SWINGS))


class SwingTimes:
    """Usual time from toe-off to contact of each foot, and which foot is in the air."""

    def __init__(self) -> None:
        self._feet: dict[Side, _Foot] = {}
        self._landed: Side | None = None

    def lift(self, event: FinalContactEvent) -> None:
        """Take a toe-off; a later one of the same swing replaces it."""
        self._feet.setdefault(event.side, _Foot()).fc_ns = event.fc_ns

    def contact(self, step: StepEvent) -> None:
        """Take a contact: it ends the swing of its foot."""
        self._landed = step.side
        foot = self._feet.get(step.side)
        if foot is None or foot.fc_ns is None:
            return
        swing_s = seconds_between(foot.fc_ns, step.ic_ns)
        foot.fc_ns = None
        if SWING_MIN_S < swing_s < SWING_MAX_S:
            foot.swings_s.append(swing_s)

    def expected_ns(self) -> EngineNs | None:
        """Return when the foot in the air should land; None when none is, or nothing is usual."""
        ends = [
            after(foot.fc_ns, median(foot.swings_s))
            for side, foot in self._feet.items()
            if (len(self._feet) == 1 or side is not self._landed)
            and foot.fc_ns is not None
            and len(foot.swings_s) > 1
        ]
        return min(ends, default=None)
