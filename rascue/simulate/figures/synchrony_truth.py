"""Synchrony of true steps with heard beats, independent of what the engine believes.

Sources: relative phase, consistency R and the windowed lock test in the form of FIELD C2; the
window and thresholds of the lock here are defaults, not evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.simulate.figures.step_matching import nearest_ns

LOCK_STEPS = 16
"""Length of the sliding window in steps."""

LOCK_R = 0.75
"""Locked: at least this consistent ..."""

LOCK_SLOPE_DEG = 4.0
"""... and the phase moves by less than this per step."""

GAP_S = 2.5
"""A longer pause between beats ends a cued stretch, s."""


@dataclass(frozen=True, slots=True, eq=False)
class CuedSteps:
    """True steps that had beats around them; every array is (n,) in order of time.

    Parameters
    ----------
    ic_ns
        Contacts.
    asynchrony_s
        Contact minus nearest beat heard, s; negative when the step came first.
    phase_rad
        The same as an angle of the present beat interval, in (-pi, pi].
    """

    ic_ns: NDArray[np.int64]
    asynchrony_s: NDArray[np.float64]
    phase_rad: NDArray[np.float64]

    def within(self, from_ns: int, to_ns: int) -> CuedSteps:
        """Return those from one instant to another."""
        kept = (self.ic_ns >= from_ns) & (self.ic_ns < to_ns)
        return CuedSteps(self.ic_ns[kept], self.asynchrony_s[kept], self.phase_rad[kept])

    @property
    def consistency_r(self) -> float | None:
        """Length of the mean phase vector, 0..1; None without steps."""
        return float(abs(np.exp(1j * self.phase_rad).mean())) if len(self.phase_rad) else None


def cued_steps(ic_ns: NDArray[np.int64], heard_ns: NDArray[np.int64]) -> CuedSteps:
    """Return the steps that lie between two beats of one stretch, with their phase.

    Parameters
    ----------
    ic_ns, heard_ns
        Contacts and onsets in order.
    """
    empty = np.zeros(0)
    if len(heard_ns) < 2 or not len(ic_ns):  # noqa: PLR2004 - an interval needs two beats
        return CuedSteps(np.zeros(0, np.int64), empty, empty)
    after = np.searchsorted(heard_ns, ic_ns, side="right")
    between = (after > 0) & (after < len(heard_ns))
    ic_ns, after = ic_ns[between], after[between]
    interval_ns = heard_ns[after] - heard_ns[after - 1]
    close = interval_ns < GAP_S * NS_PER_S
    ic_ns, interval_ns = ic_ns[close], interval_ns[close]
    offset_ns = ic_ns - heard_ns[nearest_ns(heard_ns, ic_ns)] if len(ic_ns) else ic_ns
    return CuedSteps(ic_ns, offset_ns / NS_PER_S, 2.0 * np.pi * offset_ns / interval_ns)


def locked_windows(phase_rad: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for each sliding window of ``LOCK_STEPS`` steps whether it is locked.

    Returns
    -------
    bool (max(0, n - LOCK_STEPS + 1),)
        By the first step of the window.
    """
    n_windows = len(phase_rad) - LOCK_STEPS + 1
    if n_windows <= 0:
        return np.zeros(0, np.bool_)
    windows = np.lib.stride_tricks.sliding_window_view(phase_rad, LOCK_STEPS)
    consistent = np.abs(np.exp(1j * windows).mean(axis=1)) >= LOCK_R
    turned = np.unwrap(windows, axis=1)
    centered = np.arange(LOCK_STEPS) - (LOCK_STEPS - 1) / 2.0
    slope_deg = np.degrees(turned @ centered / (centered @ centered))
    return np.asarray(consistent & (np.abs(slope_deg) < LOCK_SLOPE_DEG))
