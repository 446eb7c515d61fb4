"""Holds back samples that cannot be true until it is certain; drops them if they are not. Pure.

The bus has no checksum, so damaged bytes are noticed by what they do to the signal:

1. *Spike*: one value stands out from both neighbors by more than a body moves. The newest sample
   is held back while it might turn out to be one.
2. *Frozen*: all six values repeat, sample for sample. Noise makes that impossible in a living
   chip: at rest about one sample in 200 repeats its predecessor, five in a row never do.

Everything else passes at once and unchanged. Dropped samples show as a gap in the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.chip import NO_COUNTS, NO_RAW, Trouble, TroubleKind

FROZEN_AFTER = 5
"""So many repeats in a row are no chance: 0.4 % for one at the noise of the quietest of these chips
(70 ug/rtHz, 3.8 mdps/rtHz at 104 Hz, widest ranges), 1e-12 for five."""

Counts = NDArray[np.int64]
Raw = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """Samples found good, int64 (n,) and int16 (n, 6), and what was found wrong with others."""

    counts: Counts
    raw: Raw
    troubles: tuple[Trouble, ...] = ()


class SampleGuard:
    """Guards the samples of one chip.

    Parameters
    ----------
    limits
        (6,), by how much a single value may stand out from both its neighbors, in LSB.
    """

    def __init__(self, limits: NDArray[np.float64]) -> None:
        self._limits = limits
        self._before: Raw | None = None
        """The last sample passed on, (1, 6)."""
        self.restart()

    def restart(self) -> None:
        """Forget what is held back, because the chip begins anew.

        The last sample passed on is kept: a chip that is still frozen begins with it.
        """
        self._held = Passed(NO_COUNTS, NO_RAW)
        self._frozen = False

    def take(self, counts: Counts, raw: Raw) -> Passed:
        """Take new samples; return those, also of earlier calls, that are good."""
        if not len(counts):
            return Passed(NO_COUNTS, NO_RAW)
        if len(self._held.counts):
            counts = np.concatenate((self._held.counts, counts))
            raw = np.concatenate((self._held.raw, raw))
        if self._are_usual(raw):
            self._held, self._before, self._frozen = Passed(NO_COUNTS, NO_RAW), raw[-1:], False
            return Passed(counts, raw)
        troubles: list[Trouble] = []
        counts, raw = self._without_spikes(counts, raw, troubles)
        counts, raw = self._without_repeats(counts, raw, troubles)
        until = self._first_doubtful(raw)
        self._held = Passed(counts[until:], raw[until:])
        if until:
            self._before = raw[until - 1 : until]
        return Passed(counts[:until], raw[:until], tuple(troubles))

    def _are_usual(self, raw: Raw) -> bool:
        """Return whether no sample repeats its predecessor or differs much from it."""
        steps = np.abs(np.diff(self._with_before(raw).astype(np.int32), axis=0))
        return bool((steps <= self._limits).all() and steps.any(axis=1).all())

    def _without_spikes(
        self, counts: Counts, raw: Raw, troubles: list[Trouble]
    ) -> tuple[Counts, Raw]:
        spikes = _stands_out(self._with_before(raw).astype(np.int32)) > self._limits
        bad = np.zeros(len(raw), np.bool_)
        inner = np.logical_or.reduce(spikes, axis=1)
        bad[len(raw) - 1 - len(inner) : len(raw) - 1] = inner
        if not bad.any():
            return counts, raw
        troubles.append(Trouble(TroubleKind.DAMAGED, f"{bad.sum()} samples stand out"))
        return counts[~bad], raw[~bad]

    def _without_repeats(
        self, counts: Counts, raw: Raw, troubles: list[Trouble]
    ) -> tuple[Counts, Raw]:
        run = _run_of_repeats(self._with_before(raw))[-len(raw) :]
        if self._frozen and run[0] == 1:
            run = np.where(np.cumprod(run > 0) == 1, FROZEN_AFTER, run)
        frozen = _runs_reaching(run, FROZEN_AFTER)
        if frozen.any() and not self._frozen:
            troubles.append(Trouble(TroubleKind.FROZEN, "one sample is repeated"))
        self._frozen = bool(frozen[-1])
        return counts[~frozen], raw[~frozen]

    def _first_doubtful(self, raw: Raw) -> int:
        """Return from where on samples are to be held back."""
        if not len(raw):
            return 0
        joined = self._with_before(raw)
        repeats = int(_run_of_repeats(joined)[-1])
        if repeats:
            return max(0, len(raw) - repeats)
        if len(joined) > 1:
            step = np.abs(joined[-1].astype(np.int32) - joined[-2])
            if (step > self._limits).any():
                return len(raw) - 1
        return len(raw)

    def _with_before(self, raw: Raw) -> Raw:
        return raw if self._before is None else np.concatenate((self._before, raw))


def _stands_out(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how far each inner row lies outside of what its neighbors span, (n - 2, 6)."""
    if len(values) < 3:  # noqa: PLR2004 - a neighbor on each side
        return np.empty((0, values.shape[1]), np.int32)
    before, at, after = values[:-2], values[1:-1], values[2:]
    return np.maximum(at - np.maximum(before, after), np.minimum(before, after) - at)


def _run_of_repeats(raw: Raw) -> NDArray[np.int64]:
    """Return (n,): for each row how many rows up to it repeat their predecessor, in a row."""
    run = np.zeros(len(raw), np.int64)
    same = (raw[1:] == raw[:-1]).all(axis=1)
    for index in np.flatnonzero(same) + 1:
        run[index] = run[index - 1] + 1
    return run


def _runs_reaching(run: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    """Return (n,): the rows of those runs of repeats that reach a length."""
    reaching = np.zeros(len(run), np.bool_)
    for end in np.flatnonzero(run >= length):
        reaching[max(0, end - int(run[end]) + 1) : end + 1] = True
    return reaching
