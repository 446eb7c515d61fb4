"""What every step detector must do; a third party runs the suite on its own class.

Subclass ``StepDetectorContract`` in a test module whose name begins with ``Test``, return a new
detector from ``make`` and samples of a walk that it can follow from ``walk``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rascue.core.clock import after, seconds_between
from rascue.core.types import (
    ActivityChange,
    DetectorEvent,
    EngineNs,
    FinalContactEvent,
    ImuBlock,
    StepEvent,
    StepRefined,
)
from rascue.steps.base import StepDetector

STEPS_MIN = 5
SHIFT_S = 1234.567
LATER_S = 60.0
BLOCK_SAMPLES = (1, 7, 50, 200)


class StepDetectorContract:
    """Checks of the rules in ``rascue.steps.base``."""

    @abstractmethod
    def make(self) -> StepDetector:
        """Return a new detector."""

    @abstractmethod
    def walk(self) -> ImuBlock:
        """Return a walk of at least ten seconds as one block."""

    def test_it_finds_steps_in_the_walk_it_is_made_for(self) -> None:
        """A detector that finds nothing would keep all other rules."""
        _require(len(_steps(self._events(200))) >= STEPS_MIN, "fewer than five steps were found")

    def test_any_division_into_blocks_gives_the_same_events(self) -> None:
        """To the ns, and in the same order."""
        expected = self._events(len(self.walk().t_ns))
        for size in BLOCK_SAMPLES:
            _require(self._events(size) == expected, f"blocks of {size} samples change the events")

    def test_a_shift_of_time_shifts_the_events_and_nothing_else(self) -> None:
        """The detector must not know what time it is."""
        walk = self.walk()
        late = replace(walk, t_ns=walk.t_ns + round(SHIFT_S * 1e9))
        shifted = [_moved(event, SHIFT_S) for event in self.make().process(walk)]
        _require(list(self.make().process(late)) == shifted, "a shift of time changes the events")

    def test_contacts_increase_and_are_told_in_time(self) -> None:
        """Indices count from 0, and no contact is told later than the detector states."""
        detector = self.make()
        steps = _steps(detector.process(self.walk()))
        _require([s.index for s in steps] == list(range(len(steps))), "indices do not count from 0")
        times = [s.ic_ns for s in steps]
        _require(times == sorted(set(times)), "contacts do not strictly increase")
        given = set(self.walk().t_ns.tolist())
        _require(all(s.detected_ns in given for s in steps), "detected_ns is no time of a sample")
        delays = [seconds_between(s.ic_ns, s.detected_ns) for s in steps]
        _require(min(delays) >= 0.0, "a contact lies in the future of its announcement")
        _require(max(delays) <= detector.delay_max_s, "a contact was told later than stated")
        _require(all(0.0 <= s.confidence <= 1.0 for s in steps), "a confidence is not in 0..1")

    def test_after_reset_only_the_counts_go_on(self) -> None:
        """The same walk, later, gives the same contacts with higher indices."""
        walk, detector = self.walk(), self.make()
        first = _steps(detector.process(walk))
        detector.reset()
        later = replace(walk, t_ns=walk.t_ns + round(LATER_S * 1e9))
        again = _steps(detector.process(later))
        _require(len(again) >= STEPS_MIN, "after a reset fewer than five steps are found")
        _require(
            [s.index for s in again] == list(range(len(first), len(first) + len(again))),
            "indices do not go on after a reset",
        )

    def _events(self, size: int) -> list[DetectorEvent]:
        detector, walk = self.make(), self.walk()
        events: list[DetectorEvent] = []
        for start in range(0, walk.n, size):
            part = slice(start, start + size)
            events += detector.process(
                replace(
                    walk,
                    t_ns=walk.t_ns[part],
                    acc_mps2=walk.acc_mps2[part],
                    gyr_dps=walk.gyr_dps[part],
                )
            )
        return events


def turned(walk: ImuBlock, rotation: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> ImuBlock:
    """Return the walk as a sensor mounted another way would have measured it.

    Parameters
    ----------
    rotation
        Proper rotation (3, 3) from the old into the new axes of the sensor.
    """
    return replace(
        walk,
        acc_mps2=(walk.acc_mps2 @ rotation.T).astype(np.float32),
        gyr_dps=(walk.gyr_dps @ rotation.T).astype(np.float32),
    )


def _steps(events: Sequence[DetectorEvent]) -> list[StepEvent]:
    return [event for event in events if isinstance(event, StepEvent)]


def _moved(event: DetectorEvent, seconds: float) -> DetectorEvent:
    def later(instant: EngineNs) -> EngineNs:
        return after(instant, seconds)

    if isinstance(event, StepEvent | StepRefined):
        return replace(event, ic_ns=later(event.ic_ns), detected_ns=later(event.detected_ns))
    if isinstance(event, FinalContactEvent):
        return replace(event, fc_ns=later(event.fc_ns), detected_ns=later(event.detected_ns))
    if isinstance(event, ActivityChange):
        return replace(event, at_ns=later(event.at_ns), detected_ns=later(event.detected_ns))
    return replace(event, at_ns=later(event.at_ns))


def _require(fulfilled: bool, otherwise: str) -> None:  # noqa: FBT001 - the question is the call
    if not fulfilled:
        raise AssertionError(otherwise)
