"""Statistics of phases: mean direction, consistency, Rayleigh test, slope test. Pure.

Source: Mardia & Jupp, Directional Statistics; Zar, Biostatistical Analysis, ch. 27; the pair of
tests that tells locked from unlocked steps: Fayyad 2024 (FIELD [24]).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_HALF_TURN_DEG = 180.0


def wrapped_deg(angle_deg: float) -> float:
    """Return the angle in (-180, 180]."""
    return _HALF_TURN_DEG - (_HALF_TURN_DEG - angle_deg) % (2 * _HALF_TURN_DEG)


@dataclass(frozen=True, slots=True)
class MeanVector:
    """Mean of unit vectors: ``r`` 0..1, ``angle_deg`` in (-180, 180], ``n`` vectors."""

    r: float
    angle_deg: float
    n: int


def mean_vector(angles_deg: Sequence[float]) -> MeanVector:
    """Return the mean vector of at least one angle."""
    c = math.fsum(math.cos(math.radians(a)) for a in angles_deg) / len(angles_deg)
    s = math.fsum(math.sin(math.radians(a)) for a in angles_deg) / len(angles_deg)
    return MeanVector(min(1.0, math.hypot(c, s)), math.degrees(math.atan2(s, c)), len(angles_deg))


def rayleigh_p(r: float, n: int) -> float:
    """Return the probability of a mean vector at least as long if phases were uniform.

    Source: Zar, eq. 27.4 (after Greenwood & Durand); good to 0.001 for n >= 10.
    """
    resultant = n * r
    p = math.exp(math.sqrt(1 + 4 * n + 4 * (n * n - resultant * resultant)) - (1 + 2 * n))
    return min(1.0, p)


def unwrapped_deg(angles_deg: Sequence[float]) -> list[float]:
    """Return the angles without jumps of more than half a turn between neighbors."""
    unwrapped = [angles_deg[0]]
    for angle in angles_deg[1:]:
        unwrapped.append(unwrapped[-1] + wrapped_deg(angle - unwrapped[-1]))
    return unwrapped


@dataclass(frozen=True, slots=True)
class Slope:
    """Least-squares slope per step and its standard error, both in units of the values."""

    per_step: float
    standard_error: float
    degrees_of_freedom: int

    @property
    def significant(self) -> bool:
        """True when the slope differs from 0 at the 5 % level (two-sided t test)."""
        return abs(self.per_step) > t_critical(self.degrees_of_freedom) * self.standard_error


def slope(values: Sequence[float]) -> Slope:
    """Return the slope of at least three values over their position."""
    n = len(values)
    middle, mean = (n - 1) / 2, math.fsum(values) / n
    sxx = n * (n * n - 1) / 12
    sxy = math.fsum((i - middle) * (v - mean) for i, v in enumerate(values))
    syy = math.fsum((v - mean) ** 2 for v in values)
    per_step = sxy / sxx
    residual = max(0.0, syy - per_step * sxy)
    return Slope(per_step, math.sqrt(residual / (n - 2) / sxx), n - 2)


Z_95, Z_99 = 1.959964, 2.575829
"""Two-sided 5 % and 1 % points of the normal distribution."""


def t_critical(degrees_of_freedom: float, z: float = Z_95) -> float:
    """Return the two-sided point of Student's t that belongs to a normal one.

    Within 1 % from 3 degrees of freedom at 5 %, from 6 at 1 %.
    Source: Cornish-Fisher expansion, Abramowitz & Stegun 26.7.5.
    """
    v = degrees_of_freedom
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + g1 / v + g2 / v**2 + g3 / v**3
