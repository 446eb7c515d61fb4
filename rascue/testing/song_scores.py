"""How well beats were found: the F measure, as found and at the levels that the player plays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Beats = NDArray[np.float64]

WITHIN_S = 0.07
WELL = 0.95
"""F from which beats count as found. Source: issue 5."""


def f_measure(found: Beats, true: Beats) -> tuple[float, float]:
    """Return the F measure within 70 ms, and the median of found less true, ms.

    Source: M. E. P. Davies, N. Degara and M. D. Plumbley, Queen Mary University C4DM-TR-09-06,
    2009, section 2.1.
    """
    if len(found) < 2:  # noqa: PLR2004 - one beat has no interval
        return 0.0, float("nan")
    nearest = np.abs(found[:, None] - true).argmin(axis=0)
    errors = found[nearest] - true
    used = np.zeros(len(found), bool)
    used[nearest[np.abs(errors) <= WITHIN_S]] = True
    kept = errors[np.abs(errors) <= WITHIN_S]
    bias_ms = float(1000.0 * np.median(kept)) if len(kept) else float("nan")
    return 2.0 * int(used.sum()) / (len(found) + len(true)), bias_ms


def levels_of(found: Beats) -> tuple[Beats, Beats, Beats]:
    """Return the beats, and the half and the double of them, as the player takes them."""
    doubled = np.sort(np.concatenate([found, (found[:-1] + found[1:]) / 2]))
    return found, found[::2], doubled


def level_f(found: Beats, true: Beats) -> tuple[float, float]:
    """Return the best F among the levels, and the bias there, ms."""
    return max((f_measure(level, true) for level in levels_of(found)), key=lambda one: one[0])
