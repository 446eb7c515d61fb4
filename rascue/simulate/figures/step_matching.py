"""Pairs detected contacts with true ones: what was missed, what was never there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOLERANCE_NS = 250_000_000
"""A detection counts for a contact within 0.25 s, as in the scoring of the recordings."""


def match_contacts(
    true_ns: Sequence[int], detected_ns: Sequence[int]
) -> tuple[list[tuple[int, int]], int, int]:
    """Pair one to one, without crossing, in order of time.

    Parameters
    ----------
    true_ns, detected_ns
        Instants in increasing order.

    Returns
    -------
    (pairs, false, missed)
        Pairs of indices (true, detected), and how many of either side are left over.
    """
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(true_ns) and j < len(detected_ns):
        error = detected_ns[j] - true_ns[i]
        if abs(error) <= TOLERANCE_NS:
            if _better_next(true_ns, detected_ns, i, j):
                i += 1
                continue
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif error > 0:
            i += 1
        else:
            j += 1
    return pairs, len(detected_ns) - len(pairs), len(true_ns) - len(pairs)


def _better_next(true_ns: Sequence[int], detected_ns: Sequence[int], i: int, j: int) -> bool:
    """Return whether the detection clearly belongs to the contact after this one."""
    if i + 1 >= len(true_ns):
        return False
    here, there = abs(detected_ns[j] - true_ns[i]), abs(detected_ns[j] - true_ns[i + 1])
    following = j + 1 < len(detected_ns) and (
        abs(detected_ns[j + 1] - true_ns[i + 1]) <= TOLERANCE_NS
    )
    return there < here and not following


def nearest_ns(sorted_ns: NDArray[np.int64], at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of the nearest of ``sorted_ns`` (at least one) for each instant."""
    right = np.clip(np.searchsorted(sorted_ns, at_ns), 0, len(sorted_ns) - 1)
    left = np.maximum(right - 1, 0)
    nearer_left = np.abs(at_ns - sorted_ns[left]) <= np.abs(at_ns - sorted_ns[right])
    return np.where(nearer_left, left, right)
