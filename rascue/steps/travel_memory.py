"""The last seconds of a sensor's samples, which the kernels of travel look back into."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.core.types import ImuBlock
from rascue.steps._kernels import ffi, lib

STRIDE_MAX_S = 3.0
"""Contacts further apart than this make no stride. Source: Mobilise-D (FIELD [95])."""


class TravelMemory:
    """Keeps three of the longest strides, and the contacts the foot's kernel took.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate; bounds the memory.
    """

    def __init__(self, rate_hz: float) -> None:
        capacity = round(3.0 * STRIDE_MAX_S * rate_hz)
        self._ring = (
            ffi.new("int64_t[]", capacity),
            ffi.new("float[]", 3 * capacity),
            ffi.new("float[]", 3 * capacity),
        )
        self.state = ffi.new("travel_state *", (*self._ring, capacity))
        self.reset()

    def reset(self) -> None:
        """Forget the signal (after a gap)."""
        lib.travel_restart(self.state)

    def feed(self, block: ImuBlock) -> None:
        """Take a block of a sensor with a gyroscope."""
        t_ns = ffi.from_buffer("int64_t[]", np.ascontiguousarray(block.t_ns, np.int64))
        lib.travel_feed(self.state, block.n, t_ns, _floats(block.acc_mps2), _floats(block.gyr_dps))


def _floats(samples: NDArray[np.float32]) -> Any:
    """Return a pointer to samples (n, 3), row by row."""
    return ffi.from_buffer("float[]", np.ascontiguousarray(samples, np.float32))
