"""The scoreboard as one page of HTML that needs nothing else: matrices, plots, the whole table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rascue import __version__
from rascue.simulate.scoreboard.plots import (
    consistency_strength,
    gain_strength,
    matrix,
    plot,
)
from rascue.simulate.scoreboard.table import BASELINE_S, CUED_S, LEAD_PCT, Row
from rascue.simulate.walker_params import load_walker

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 82rem; padding: 0 1rem;
  color: #111; background: #fff }
h2 { margin-top: 2.5rem }
p, dl { max-width: 50rem }
dt { font-weight: 600 }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .5rem 0 }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2), td:last-child { text-align: left }
.matrix { margin: 1.5rem 0 }
.matrix th, .matrix td { border: 2px solid #fff; font-weight: 400 }
.matrix td, .matrix thead th { width: 3.4rem; text-align: center }
.matrix thead th { height: 10rem; vertical-align: bottom }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg) }
.matrix thead .ours { font-weight: 600 }
.matrix tbody th { white-space: nowrap; text-align: left }
.matrix .mean th, .matrix .mean td { font-weight: 600; border-top: 6px solid #fff }
tr.other, .matrix .other { color: #555 }
figure { display: inline-block; margin: .5rem }
figcaption { text-align: center; font-weight: 600 }
.wide { overflow-x: auto }
@media print { body { max-width: none } figure, tr { break-inside: avoid } }
"""

COLUMNS = (
    "person", "policy", "runs", "consistency R", "cadence gain, %", "locked, %",
    "steps with a beat, %", "beats outside the envelope", "stumbles provoked", "false steps",
    "missed steps", "verdicts",
)  # fmt: skip

TERMS = (
    ("Consistency R", "Length of the mean vector of the phases of steps between beats in the last "
     "minute: 1, every step at the same place; 0, anywhere."),
    ("Cadence gain", "True cadence of straight walking in the last minute of the beats against "
     "that before the first beat."),
    ("Locked", "Share of windows of 16 steps with R of at least 0.75 whose phase moves by less "
     "than 4 degrees a step."),
    ("Outside the envelope", "Beats beyond a limit of tempo, of its change in a beat or a second, "
     "of phase, level, distance from the person's own tempo, or silence without steps; measured "
     "on the beats by code that shares nothing with the guard."),
    ("Stumbles provoked", "Stumbles of the simulated person that a sudden change of the beat "
     "caused."),
    ("Verdict", "Following: R of at least 0.75 and the tempo of the beats within 2 %. In step, "
     "not led: the same, but less than a fifth of the way to the target."),
)  # fmt: skip


def page(rows: Sequence[Row]) -> str:
    """Return the page."""
    policies = list(dict.fromkeys(row.policy for row in rows))
    walkers = dict.fromkeys(row.walker for row in rows)
    numbers = {walker: number for number, walker in enumerate(walkers, start=1)}
    parts = (
        _head(rows),
        "<h2>At a glance</h2><div class='wide'>",
        matrix(
            "Consistency R", rows, policies, numbers,
            lambda row: row.consistency_r, "{:.2f}", consistency_strength,
        ),
        matrix(
            f"Cadence gain, %; asked for are {LEAD_PCT - 100.0:+g} (orange: away from the target, "
            "or as far beyond it)", rows, policies, numbers,
            lambda row: row.cadence_gain_pct, "{:+.1f}", gain_strength,
        ),
        "</div><h2>Both together</h2><p>To the right the cue leads, to the top steps and beats "
        "keep together; the broken line is the target. Numbers are those of the table above.</p>",
        *(plot(policy, [r for r in rows if r.policy == policy], numbers) for policy in policies),
        "<h2>Who walks</h2>", _people(numbers), "<h2>Terms</h2>", _terms(),
        "<h2>All figures</h2><div class='wide'>", _table(rows), "</div></html>\n",
    )  # fmt: skip
    return "".join(parts)


def _head(rows: Sequence[Row]) -> str:
    n_runs = sum(row.runs for row in rows)
    seeds = max(row.runs for row in rows)
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'><title>rascue: scoreboard</title>"
        f"<style>{STYLE}</style><h1>Every policy with every kind of person</h1>"
        "<p>Simulated people with a simulated sensor, the engine of the product between it and "
        "their ears. A test bench for the engine, no evidence about patients.</p>"
        f"<p>{n_runs} runs, {seeds} of each pair: {BASELINE_S:g} s without a beat, {CUED_S:g} s "
        f"with one that aims at {LEAD_PCT:g} % of the person's own cadence. Policies in gray are "
        "what others do, in the same world with the same detected steps. Made by "
        f"<code>rascue simulate all --seeds {seeds} --out DIR</code>, rascue {__version__}; the "
        "same command gives the same figures. <code>runs.jsonl</code> beside this page has every "
        "run.</p>"
    )


def _people(numbers: dict[str, int]) -> str:
    lines = "".join(
        f"<tr><td>{number}</td><td>{escape(walker)}</td>"
        f"<td>{escape(load_walker(walker).description)}</td></tr>"
        for walker, number in numbers.items()
    )
    return f"<table><tbody>{lines}</tbody></table>"


def _terms() -> str:
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in TERMS)
    return f"<dl>{items}</dl>"


def _table(rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in COLUMNS)
    body = "".join(_line(row) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: Row) -> str:
    cells = (
        row.walker,
        row.policy,
        str(row.runs),
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
