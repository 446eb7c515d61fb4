"""Pictures of the scoreboard: a plot for each policy as SVG, and matrices as tables with colors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from statistics import fmean

from rascue.simulate.scoreboard.table import LEAD_PCT, Row

SIZE_PX = 300
"""Width and height of a plot."""

LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 44, 12, 10, 40
"""Margins for the scales."""

GAINS_PCT = (-10, -5, 0, 5, 10, 15, 20)
CONSISTENCIES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Marks of the scales; gains beyond are drawn at the edge."""

FOLLOWING_R = 0.75
"""From here on the report says that a person follows."""

DOT_PX = 8

OURS_COLOR, OTHERS_COLOR = "#00695c", "#616161"

GOOD, BAD, NOTHING = (0, 105, 92), (191, 87, 0), (255, 255, 255)
"""Colors of a matrix (red, green, blue); a value of no strength is white."""

DARK_FROM = {GOOD: 0.55, BAD: 0.95}
"""Strength from which white letters are read more easily than black ones."""


def plot(policy: str, rows: Sequence[Row], numbers: dict[str, int]) -> str:
    """Return consistency over gain for one policy; a numbered dot for each kind of person."""
    color = OURS_COLOR if rows[0].is_ours else OTHERS_COLOR
    dots = "".join(_dot(row, numbers[row.walker], color) for row in rows)
    width, height = SIZE_PX - LEFT_PX - RIGHT_PX, SIZE_PX - TOP_PX - BOTTOM_PX
    return (
        f"<figure><figcaption>{escape(policy)}</figcaption>"
        f"<svg role='img' aria-label='{escape(policy)}: consistency over gain' width='{SIZE_PX}' "
        f"height='{SIZE_PX}' font-size='11'>"
        f"<rect x='{LEFT_PX}' y='{TOP_PX}' width='{width}' height='{height}' fill='none' "
        f"stroke='#999'/>{_scales()}"
        f"<text x='{LEFT_PX + width / 2}' y='{SIZE_PX - 6}' text-anchor='middle'>"
        f"cadence gain, %</text>"
        f"<text transform='translate(11 {TOP_PX + height / 2}) rotate(-90)' "
        f"text-anchor='middle'>consistency R</text>{dots}</svg></figure>"
    )


def matrix(
    title: str, rows: Sequence[Row], policies: Sequence[str], numbers: dict[str, int],
    value: Callable[[Row], float], form: str, strength: Callable[[float], float],
) -> str:  # fmt: skip
    """Return a table of persons against policies with a colored cell for each pair.

    Parameters
    ----------
    strength
        Color of a value: 0 nothing, 1 as good as can be, -1 as bad.
    """
    found = {(row.walker, row.policy): row for row in rows}
    ours = {row.policy for row in rows if row.is_ours}
    head = "".join(
        f"<th class='{'ours' if policy in ours else 'other'}'><span>{escape(policy)}</span></th>"
        for policy in policies
    )
    lines = []
    for walker, number in numbers.items():
        cells = "".join(
            _cell(value(found[walker, policy]), form, strength)
            if (walker, policy) in found
            else "<td></td>"
            for policy in policies
        )
        name = escape(walker.replace("_", " "))
        lines.append(f"<tr><th scope='row'>{number}&ensp;{name}</th>{cells}</tr>")
    means = "".join(
        _cell(fmean(value(row) for row in rows if row.policy == policy), form, strength)
        for policy in policies
    )
    lines.append(f"<tr class='mean'><th scope='row'>mean</th>{means}</tr>")
    return (
        f"<table class='matrix'><caption>{escape(title)}</caption><thead><tr><th></th>{head}"
        f"</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def consistency_strength(consistency_r: float) -> float:
    """Return how strong a cell is colored for a consistency."""
    return consistency_r


def gain_strength(gain_pct: float) -> float:
    """Return how near a gain is to the target: 1 there, 0 at no gain, below 0 beyond both."""
    asked_pct = LEAD_PCT - 100.0
    return max(-1.0, 1.0 - abs(gain_pct - asked_pct) / asked_pct)


def _cell(value: float, form: str, strength: Callable[[float], float]) -> str:
    share = strength(value)
    end = GOOD if share >= 0.0 else BAD
    mixed = [
        round(base + (tone - base) * abs(share)) for base, tone in zip(NOTHING, end, strict=True)
    ]
    ink = "#fff" if abs(share) > DARK_FROM[end] else "#111"
    color = "#" + "".join(f"{part:02x}" for part in mixed)
    return f"<td style='background:{color};color:{ink}'>{form.format(value)}</td>"


def _scales() -> str:
    """Return marks, numbers, and the lines of target and following."""
    width = SIZE_PX - LEFT_PX - RIGHT_PX
    bottom = SIZE_PX - BOTTOM_PX
    marks = [
        f"<text x='{_x(gain)}' y='{bottom + 15}' text-anchor='middle'>{gain}</text>"
        f"<line x1='{_x(gain)}' x2='{_x(gain)}' y1='{bottom}' y2='{bottom + 4}' stroke='#999'/>"
        for gain in GAINS_PCT
    ]
    marks += [
        f"<text x='{LEFT_PX - 6}' y='{_y(r) + 4}' text-anchor='end'>{r:g}</text>"
        for r in CONSISTENCIES
    ]
    target, follows = _x(LEAD_PCT - 100.0), _y(FOLLOWING_R)
    marks.append(
        f"<line x1='{target}' x2='{target}' y1='{TOP_PX}' y2='{bottom}' stroke='#999' "
        f"stroke-dasharray='4'/><line x1='{LEFT_PX}' x2='{LEFT_PX + width}' y1='{follows}' "
        f"y2='{follows}' stroke='#ccc' stroke-dasharray='2'/>"
    )
    return "".join(marks)


def _dot(row: Row, number: int, color: str) -> str:
    x, y = _x(row.cadence_gain_pct), _y(row.consistency_r)
    label = f"{row.walker}: R {row.consistency_r:.2f}, gain {row.cadence_gain_pct:+.1f} %"
    return (
        f"<g><title>{escape(label)}</title><circle cx='{x}' cy='{y}' r='{DOT_PX}' fill='{color}' "
        f"fill-opacity='.75'/><text x='{x}' y='{y + 3}' font-size='9' fill='#fff' "
        f"text-anchor='middle'>{number}</text></g>"
    )


def _x(gain_pct: float) -> float:
    low, high = GAINS_PCT[0], GAINS_PCT[-1]
    share = (min(max(gain_pct, low), high) - low) / (high - low)
    return round(LEFT_PX + share * (SIZE_PX - LEFT_PX - RIGHT_PX), 1)


def _y(consistency_r: float) -> float:
    return round(TOP_PX + (1.0 - consistency_r) * (SIZE_PX - TOP_PX - BOTTOM_PX), 1)
