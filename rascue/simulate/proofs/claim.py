"""One claim with its bar, the figure that was measured, and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean


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


def at_least(
    subject: str, bar: float, values: Sequence[float], form: str = "{:.2f}", also: str = ""
) -> Claim:
    """Claim that every value reaches a bar; ``also`` is told beside it and not judged."""
    told = f"least {form.format(min(values))}{_spread(values, form)}{also}"
    return Claim(subject, f">= {form.format(bar)}", told, min(values) >= bar)


def at_most(
    subject: str, bar: float, values: Sequence[float], form: str = "{:.2f}", also: str = ""
) -> Claim:
    """Claim that no value exceeds a bar; ``also`` is told beside it and not judged."""
    told = f"most {form.format(max(values))}{_spread(values, form)}{also}"
    return Claim(subject, f"<= {form.format(bar)}", told, max(values) <= bar)


def against_uncued(values: Sequence[float], form: str = "{:+.2f}") -> str:
    """Tell the difference from the same walks without a beat, least to most and mean.

    For what in one person is no larger than the scatter of a minute's walk.
    """
    least, mean, most = (form.format(f(values)) for f in (min, fmean, max))
    return f"; against the same walk without a beat {least} to {most}, mean {mean}"


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
    mean = form.format(fmean(values))
    return f", mean {mean} of {len(values)} runs"
