"""The seam of the cadence stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rascue.core.types import CadenceEstimate, EngineNs, FinalContactEvent, StepEvent


class CadenceEstimator(Protocol):
    """Turns contacts into steps per minute.

    An estimator is told of each contact and toe-off once, in order of announcement, and may be
    asked for the estimate at any instant not before the last contact: without a next step the
    estimate may only fall, and after a while it says STANDING.
    """

    def process(self, events: Sequence[StepEvent | FinalContactEvent]) -> None:
        """Take newly announced contacts, and toe-offs where the detector tells them."""
        ...

    def estimate(self, now_ns: EngineNs) -> CadenceEstimate:
        """Return what is known at ``now_ns``."""
        ...

    def display_spm(self) -> float | None:
        """Return the mean cadence of the last seconds, steps/min; None with too few steps."""
        ...

    def reset(self) -> None:
        """Forget all steps."""
        ...
