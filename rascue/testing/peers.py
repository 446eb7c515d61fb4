"""Detections that other people's software wrote to files, for the same ruler as our own.

``tests/benchmarks/peers.sh`` installs that software in environments of its own, outside the
repository, and runs it; nothing of it is imported here.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

from rascue.testing.steps_scoring import Detections

FOLDER_VARIABLE = "RASCUE_PEERS"
DEFAULT_FOLDER = Path("~/.cache/rascue/peers")
DETECTIONS = "detections"
"""Folder in it: one folder a detector, one table a recording."""

Runs = dict[str, Callable[[Path], Detections | None]]
"""Detector -> what it found in a recording; None where it was not run."""


def peer_runs(folder: Path | None = None) -> Runs:
    """Return the detectors whose results are there; none where nobody ran the script.

    Parameters
    ----------
    folder
        Where the script kept them; None for the place that ``RASCUE_PEERS`` names, or the default.
    """
    root = folder or Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER.expanduser())
    found = sorted((root / DETECTIONS).glob("*/"))
    return {path.name: _reader(path) for path in found}


def _reader(folder: Path) -> Callable[[Path], Detections | None]:
    def read(recording: Path) -> Detections | None:
        path = folder / f"{recording.stem}.csv"
        if not path.is_file():
            return None
        with path.open(newline="") as file:
            return Detections(t_s=[float(row["t"]) for row in csv.DictReader(file)])

    return read
