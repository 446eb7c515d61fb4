"""The rule of minimum data: below it a measure says what is missing, never a number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotEnoughStrides:
    """Stands in for a measure that needs more strides than there are."""

    n: int
    needed: int

    def __str__(self) -> str:
        """Return the line shown in place of the number."""
        return f"not enough strides ({self.n} of {self.needed})"


Measure = float | NotEnoughStrides
