"""Coefficient of variation of the last stride times. Pure.

Strides, not steps: unequal left and right steps are no unsteadiness. Changes of up to 0.67
percentage points lie within what matters to people with Parkinson's disease (FIELD [72]).
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Sequence

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, StepEvent

STRIDES_KEPT = 20
"""About twenty seconds. Default, not evidence."""

STRIDES_MIN = 10
"""Gait Up reports variability from ten cycles on (FIELD [101])."""

STRIDE_MAX_S = 3.0
"""Longest plausible stride (FIELD 2.7 [95])."""


class StrideVariability:
    """Follows contacts.

    Parameters
    ----------
    contacts_per_stride
        2 when each step is seen, 1 for a sensor on one leg.
    """

    def __init__(self, contacts_per_stride: int = 2) -> None:
        self._contacts: deque[EngineNs] = deque(maxlen=contacts_per_stride + 1)
        self._strides_s: deque[float] = deque(maxlen=STRIDES_KEPT)
        self._cv_pct: float | None = None

    def take(self, steps: Sequence[StepEvent]) -> None:
        """Take contacts, in order; a stride that takes too long begins a new series."""
        for step in steps:
            self._contacts.append(step.ic_ns)
            if len(self._contacts) == self._contacts.maxlen:
                stride_s = seconds_between(self._contacts[0], step.ic_ns)
                if stride_s <= STRIDE_MAX_S:
                    self._strides_s.append(stride_s)
                else:
                    self._contacts.clear()
                    self._strides_s.clear()
                self._cv_pct = self._variation_pct()

    @property
    def cv_pct(self) -> float | None:
        """Standard deviation over mean, %; None before ten strides."""
        return self._cv_pct

    def _variation_pct(self) -> float | None:
        if len(self._strides_s) < STRIDES_MIN:
            return None
        return 100.0 * statistics.stdev(self._strides_s) / statistics.fmean(self._strides_s)
