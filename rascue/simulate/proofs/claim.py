"""One claim with its bar, the figure that was measured, and whether it is met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev

from rascue.cue.circular import t_critical

Z_ONE_SIDED_95 = 1.644854
"""One-sided 5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of the table of proofs.

    Parameters
    ----------
    subject
        Which demand, in a few words.
    bar
        What is demanded.
    figure
        What was measured, with the number of runs.
    met
        Whether the figure reaches the bar.
    """

    subject: str
    bar: str
    figure: str
    met: bool

    def to_dict(self) -> dict[str, str | bool]:
        """Return the line by name."""
        return asdict(self)


def at_least(subject: str, bar: float, values: Sequence[float], form: str = "{:.2f}") -> Claim:
    """Claim that every value reaches a bar."""
    told = f"least {form.format(min(values))}{_spread(values, form)}"
    return Claim(subject, f">= {form.format(bar)}", told, min(values) >= bar)


def at_most(subject: str, bar: float, values: Sequence[float], form: str = "{:.2f}") -> Claim:
    """Claim that no value exceeds a bar."""
    told = f"most {form.format(max(values))}{_spread(values, form)}"
    return Claim(subject, f"<= {form.format(bar)}", told, max(values) <= bar)


def mean_at_most(subject: str, bar: float, values: Sequence[float], form: str = "{:.2f}") -> Claim:
    """Claim that the mean over people stays within a bar, at 95 % confidence (one-sided).

    For what is smaller in one person than the scatter of a minute's walk. One value proves nothing.
    """
    mean, upper = fmean(values), math.inf
    if len(values) > 1:
        upper = mean + t_critical(len(values) - 1, Z_ONE_SIDED_95) * stdev(values) / math.sqrt(
            len(values)
        )
    told = f"mean {form.format(mean)}, at most {form.format(upper)} of {len(values)} runs"
    return Claim(subject, f"<= {form.format(bar)} (95 %)", told, upper <= bar)


def proof_table(claims: Sequence[Claim]) -> str:
    """Return the claims as text with aligned columns."""
    widths = [
        max(len(text) for text in texts)
        for texts in zip(*((claim.subject, claim.bar) for claim in claims), strict=True)
    ]
    lines = [
        f"{'met' if claim.met else 'NOT MET':7}  {claim.subject:{widths[0]}}  "
        f"{claim.bar:{widths[1]}}  {claim.figure}"
        for claim in claims
    ]
    met = sum(claim.met for claim in claims)
    return "\n".join([*lines, f"{met} of {len(claims)} met"])


def _spread(values: Sequence[float], form: str) -> str:
    if len(values) == 1:
        return ""
    mean = form.format(sum(values) / len(values))
    return f", mean {mean} of {len(values)} runs"
