"""What a reader of recordings hands to the checks: the columns as they stood in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.core.errors import RecordingError
from rascue.core.types import Placement


@dataclass(frozen=True, slots=True, eq=False)
class SampleTable:
    """Columns of a recording before any check.

    Parameters
    ----------
    t_s
        float64 (n,), as in the file.
    acc_mps2, gyr_dps
        float64 (n, 3); ``gyr_dps`` is (0, 3) without a gyroscope.
    rate_hz
        Rate as the file states it; None when it does not.
    lines
        Line of each sample in a text file; None where samples are counted from 0 instead.
    gyr_unit
        Unit of the gyroscope in this kind of file, for messages.
    """

    path: Path
    t_s: NDArray[np.float64]
    acc_mps2: NDArray[np.float64]
    gyr_dps: NDArray[np.float64]
    placement: Placement
    rate_hz: float | None
    gyr_unit: str
    lines: Sequence[int] | None = None
    warnings: tuple[str, ...] = ()

    def where(self, index: int) -> str:
        """Return the place of a sample in words."""
        return f"sample {index}" if self.lines is None else f"line {self.lines[index]}"

    def refuse(self, text: str) -> RecordingError:
        """Return the error that names this file."""
        return RecordingError(f"{self.path}: {text}")
