"""Prints the table of step detectors: python tests/benchmarks/steps_bench.py [DATA [TOOLS]]."""

from __future__ import annotations

import sys
from pathlib import Path

from rascue.testing.peers import peer_runs
from rascue.testing.steps_scoring import OURS, table
from rascue.testing.still_legs import false_steps_while_still

SHARED = Path(__file__).resolve().parents[3] / "shared"

COLUMNS = (
    ("recordings", "n", "{:.0f}"),
    ("f1_025", "F1 .25", "{:.4f}"),
    ("f1_010", "F1 .10", "{:.4f}"),
    ("mae_ms", "MAE ms", "{:.1f}"),
    ("offset_ms", "offset ms", "{:.0f}"),
    ("delay_p50_ms", "p50 ms", "{:.0f}"),
    ("delay_p95_ms", "p95 ms", "{:.0f}"),
    ("cadence_error_spm", "cadence", "{:.2f}"),
    ("shown_error_spm", "shown", "{:.2f}"),
    ("false_per_min", "false/min", "{:.2f}"),
    ("false_per_turn_min", "in turns", "{:.2f}"),
    ("below_090", "< .9", "{:.0f}"),
    ("side_right", "side", "{:.2f}"),
    ("prediction_sd_ms", "predict 3%", "{:.1f}"),
    ("prediction_loose_sd_ms", "5%", "{:.1f}"),
    ("prediction_at_horizon_sd_ms", "0.3 s, 3%", "{:.1f}"),
    ("prediction_at_horizon_loose_sd_ms", "5%", "{:.1f}"),
    ("prediction_within_sd", "in 1 SD", "{:.2f}"),
    ("prediction_within_two_sd", "in 2 SD", "{:.2f}"),
    ("times_real_time", "x real time", "{:.0f}"),
)


def main(data: Path = SHARED / "data" / "gait", tools: Path = SHARED / "tools") -> None:
    print(f"{'':72s}" + "".join(f"{head:>12s}" for _, head, _ in COLUMNS))
    rows = table(Path(data), Path(tools), peers=peer_runs())
    for row in rows:
        cells = "".join(f"{form.format(row[key]):>12s}" for key, _, form in COLUMNS)
        print(f"{row['detector']:38s}{row['group']:34s}{cells}")
    for row in rows:
        if row["detector"] == OURS and row["weak"] and str(row["group"]).startswith("all: "):
            print(f"{row['group']}, F1 < 0.9: {row['weak']}")
    still_s, false = false_steps_while_still(Path(data))
    print(f"trunk while both legs lie still: {false} false in {still_s / 60.0:.1f} min")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
