"""The seam every step detector fits, and the rules for streaming stages.

Rules, checked by ``rascue.testing.contracts.StepDetectorContract``:

1. The constructor has no side effects; parameters are one frozen dataclass with units in names.
2. Any division of the samples into blocks gives the same events (same instants to the ns).
3. Shifting all sample times shifts all events and changes nothing else.
4. ``detected_ns`` is the time of a sample already given; ``detected_ns - ic_ns`` never exceeds
   ``delay_max_s``.
5. Contacts of one source strictly increase in ``ic_ns`` and in ``index``.
6. After ``reset`` a detector behaves like a new one, but for ``index`` and ``bout_id``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rascue.core.types import DetectorEvent, ImuBlock, Placement


class StepDetector(Protocol):
    """Turns the samples of one sensor into step events."""

    @property
    def name(self) -> str:
        """Registered name of the method."""
        ...

    @property
    def delay_max_s(self) -> float:
        """Longest time from a contact to its announcement, s."""
        ...

    @property
    def contacts_per_stride(self) -> int:
        """1 for a sensor on one leg, 2 for one that sees both feet."""
        ...

    @property
    def oriented(self) -> bool:
        """True as soon as the method knows how the sensor is worn, as far as it needs to."""
        ...

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        ...

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        ...


FOOT_PLACEMENTS = frozenset({Placement.LEFT_FOOT, Placement.RIGHT_FOOT})
SHANK_PLACEMENTS = frozenset({Placement.LEFT_SHANK, Placement.RIGHT_SHANK})
ONE_LEG_PLACEMENTS = FOOT_PLACEMENTS | SHANK_PLACEMENTS | {Placement.THIGH}
"""Placements that see one contact per stride."""
