"""The table of step detectors on recorded walks, where the recordings are at hand."""

from __future__ import annotations

import os
from pathlib import Path

from rascue.testing.bench_table import BenchTable
from rascue.testing.peers import peer_runs
from rascue.testing.steps_scoring import OURS, table

COLUMNS = (
    ("detector", "detector"),
    ("group", "recordings of"),
    ("recordings", "n"),
    ("f1_025", "F1 0.25 s"),
    ("f1_010", "F1 0.10 s"),
    ("mae_ms", "MAE ms"),
    ("offset_ms", "offset ms"),
    ("delay_p50_ms", "delay p50 ms"),
    ("delay_p95_ms", "p95 ms"),
    ("cadence_error_spm", "cadence err spm"),
    ("shown_error_spm", "shown cadence err spm"),
    ("false_per_min", "false/min standing"),
    ("false_per_turn_min", "false/min turning"),
    ("below_090", "F1 < 0.9"),
    ("prediction_sd_ms", "next contact SD ms"),
    ("prediction_at_horizon_sd_ms", "the same 0.3 s ahead"),
    ("times_real_time", "x real time"),
)
"""Figure of the scoring -> heading."""

WITH_PEERS = "Peers work offline on whole recordings and are told how the sensor is mounted."
WITHOUT_PEERS = (
    "tests/benchmarks/peers.sh installs mobgap, gaitmap and skdh, to be scored here too."
)

TITLE = "Step detectors on recorded walks, beside the simple one of naive_steps.py"


def steps_table() -> BenchTable:
    """Return the table; without rows, and with the reason, where recordings are absent."""
    data, tools = _folder("RASCUE_GAIT_DATA", "data/gait"), _folder("RASCUE_TOOLS", "tools")
    missing = next((path for path in (data / "manifest.csv", tools) if not path.exists()), None)
    if missing is not None:
        note = f"{missing} is not there; set RASCUE_GAIT_DATA and RASCUE_TOOLS to the folders"
        return BenchTable(TITLE, (), (), note)
    peers = peer_runs()
    scored = table(data, tools, peers=peers)
    rows = [tuple(row[key] for key, _ in COLUMNS) for row in scored]
    ours = [str(row["weak"]) for row in scored if row["detector"] == OURS and _is_all(row)]
    weak = "\n".join(
        ["rascue, F1 < 0.9, explained in docs/detectors_errors.md:", *filter(None, ours)]
    )
    note = f"{WITH_PEERS if peers else WITHOUT_PEERS}\n{weak}"
    return BenchTable(TITLE, tuple(heading for _, heading in COLUMNS), tuple(rows), note)


def _is_all(row: dict[str, str | float]) -> bool:
    return str(row["group"]).startswith("all: ")


def _folder(variable: str, beside: str) -> Path:
    """Return the folder an environment variable names, or the one beside the checkout."""
    given = os.environ.get(variable)
    return Path(given) if given else Path(__file__).parents[3] / "shared" / beside
