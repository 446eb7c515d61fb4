"""The scoreboard as one page of HTML that needs nothing else: plots as SVG, and the table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rascue.simulate.scoreboard.table import LEAD_PCT, Row

SIZE_PX = 300
"""Width and height of a plot."""

MARGIN_PX = 40

GAIN_RANGE_PCT = (-10.0, 20.0)
"""Gains beyond are drawn at the edge."""

DOT_PX = 5

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
table { border-collapse: collapse; font-size: .9rem }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2), td:last-child { text-align: left }
tr.other { color: #666 }
figure { display: inline-block; margin: .5rem }
figcaption { text-align: center }
"""

COLUMNS = (
    "person", "policy", "consistency R", "cadence gain, %", "locked, %", "steps with a beat, %",
    "beats outside the envelope", "stumbles provoked", "false steps", "missed steps", "verdicts",
)  # fmt: skip


def page(rows: Sequence[Row]) -> str:
    """Return the page: one plot for each policy, a dot for each kind of person, then the table."""
    policies = list(dict.fromkeys(row.policy for row in rows))
    plots = "".join(_plot(policy, [r for r in rows if r.policy == policy]) for policy in policies)
    head = "".join(f"<th>{escape(column)}</th>" for column in COLUMNS)
    body = "".join(_line(row) for row in rows)
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>rascue: scoreboard</title>"
        f"<style>{STYLE}</style><h1>Every policy with every kind of person</h1>"
        "<p>Simulated people: a test bench for the engine, no evidence about patients. "
        f"The target is {LEAD_PCT:g} % of the own cadence. To the right the cue leads, to the top "
        "steps and beats keep together. Policies in gray are what others do.</p>"
        f"{plots}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></html>\n"
    )


def _plot(policy: str, rows: Sequence[Row]) -> str:
    ours = bool(rows) and rows[0].is_ours
    color = "#0b5" if ours else "#777"
    inner = SIZE_PX - 2 * MARGIN_PX
    dots = "".join(_dot(row, inner, color) for row in rows)
    goal_px = MARGIN_PX + _share(LEAD_PCT - 100.0) * inner
    return (
        f"<figure><svg role='img' aria-label='{escape(policy)}' width='{SIZE_PX}' "
        f"height='{SIZE_PX}'><rect x='{MARGIN_PX}' y='{MARGIN_PX}' width='{inner}' "
        f"height='{inner}' fill='none' stroke='#999'/>"
        f"<line x1='{goal_px:.0f}' x2='{goal_px:.0f}' y1='{MARGIN_PX}' "
        f"y2='{MARGIN_PX + inner}' stroke='#999' stroke-dasharray='4'/>{dots}"
        f"<text x='{MARGIN_PX}' y='{SIZE_PX - 12}' font-size='12'>gain "
        f"{GAIN_RANGE_PCT[0]:g} to {GAIN_RANGE_PCT[1]:g} %</text>"
        f"<text x='4' y='{MARGIN_PX - 8}' font-size='12'>R 0 to 1</text></svg>"
        f"<figcaption>{escape(policy)}</figcaption></figure>"
    )


def _dot(row: Row, inner: int, color: str) -> str:
    x = MARGIN_PX + _share(row.cadence_gain_pct) * inner
    y = MARGIN_PX + (1.0 - row.consistency_r) * inner
    label = f"{row.walker}: R {row.consistency_r:.2f}, gain {row.cadence_gain_pct:+.1f} %"
    return (
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{DOT_PX}' fill='{color}' fill-opacity='.7'>"
        f"<title>{escape(label)}</title></circle>"
    )


def _share(gain_pct: float) -> float:
    low, high = GAIN_RANGE_PCT
    return (min(max(gain_pct, low), high) - low) / (high - low)


def _line(row: Row) -> str:
    cells = (
        row.walker,
        row.policy,
        f"{row.consistency_r:.2f}",
        f"{row.cadence_gain_pct:+.1f}",
        f"{row.locked_pct:.0f}",
        f"{row.cued_pct:.0f}",
        str(row.envelope_violations),
        str(row.stumbles_provoked),
        str(row.false_steps),
        str(row.missed_steps),
        row.verdicts,
    )
    kind = "" if row.is_ours else " class='other'"
    return f"<tr{kind}>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
