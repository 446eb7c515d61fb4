"""What became of the faults of a campaign."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from rascue.sensor.chip import TroubleKind
from rascue.testing.i2c.faults import DAMAGES, FaultKind

EXPECTED: dict[FaultKind, frozenset[TroubleKind]] = {
    FaultKind.NO_ACKNOWLEDGE: frozenset({TroubleKind.NO_ANSWER}),
    FaultKind.NO_ANSWER_AWHILE: frozenset({TroubleKind.NO_ANSWER}),
    FaultKind.STUCK_LINE: frozenset({TroubleKind.TIMED_OUT}),
    FaultKind.OVERFLOW: frozenset({TroubleKind.OVERFLOW}),
    FaultKind.BROWN_OUT: frozenset(
        {TroubleKind.STALLED, TroubleKind.RESTARTED, TroubleKind.DAMAGED}
    ),
    FaultKind.FROZEN: frozenset({TroubleKind.FROZEN}),
    FaultKind.STOPPED: frozenset({TroubleKind.STALLED}),
    FaultKind.SWAPPED: frozenset({TroubleKind.WRONG_CHIP}),
}
"""How each fault must stand in the log. Damage on the wire (``DAMAGES``) may change nothing."""


@dataclass(slots=True)
class Account:
    """What became of the faults; all counters by kind of fault.

    Parameters
    ----------
    injected
        Faults.
    noticed
        Faults that left a line in the log; of a kind in ``EXPECTED``, only under that kind.
    altered
        Samples given out as good that are not what the chip took.
    wrong
        Of those, samples that no body could have made, or dated wrongly by more than is allowed.
    recovery_s
        From the end of each fault to the next good sample.
    worst_mps2, worst_dps
        Largest difference in a sample given out as good.
    never_recovered
        Faults after which no sample came any more.
    lost
        How often the sensor was reported as lost.
    """

    injected: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    recovery_s: list[float] = field(default_factory=list)
    n_samples: int = 0
    worst_mps2: float = 0.0
    worst_dps: float = 0.0
    never_recovered: int = 0
    lost: int = 0

    @property
    def unlogged(self) -> Counter[str]:
        """Faults that must be noticed and were not."""
        return Counter(
            {
                kind.value: missing
                for kind in EXPECTED
                if (missing := self.injected[kind.value] - self.noticed[kind.value])
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what ``from_dict`` takes."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name, value in values.items()
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Account:
        """Return the account that ``to_dict`` told of."""
        account = cls()
        for name, value in values.items():
            setattr(account, name, Counter(value) if isinstance(value, dict) else value)
        return account

    def add(self, other: Account) -> None:
        """Take in the account of another part of the campaign."""
        for mine, others in (
            (self.injected, other.injected),
            (self.noticed, other.noticed),
            (self.altered, other.altered),
            (self.wrong, other.wrong),
        ):
            mine.update(others)
        self.recovery_s += other.recovery_s
        self.n_samples += other.n_samples
        self.worst_mps2 = max(self.worst_mps2, other.worst_mps2)
        self.worst_dps = max(self.worst_dps, other.worst_dps)
        self.never_recovered += other.never_recovered
        self.lost += other.lost

    def figures(self) -> dict[str, Any]:
        """Return the figures that are told."""
        p50_s, p99_s, worst_s = np.quantile(self.recovery_s, [0.5, 0.99, 1.0]).round(3).tolist()
        damage = {kind.value for kind in DAMAGES}
        return {
            "faults": self.injected.total(),
            "samples": self.n_samples,
            "wrong": self.wrong.total(),
            "unlogged": self.unlogged.total(),
            "never_recovered": self.never_recovered,
            "recovery_p50_s": p50_s,
            "recovery_p99_s": p99_s,
            "recovery_max_s": worst_s,
            "damage": sum(self.injected[kind] for kind in damage),
            "damage_noticed": sum(self.noticed[kind] for kind in damage),
            "altered": self.altered.total(),
            "worst_mps2": round(self.worst_mps2, 2),
            "worst_dps": round(self.worst_dps, 1),
            "lost": self.lost,
        }
