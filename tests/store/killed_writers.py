"""Run by ``test_kills.py``: starts writers, kills each with SIGKILL, tells what it had been told.

Each writer commits one item after another and reports each commit that returned; so the last
report is what a person had been told was safe.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np

from rascue.store.writer import SessionWriter
from tests.store.samples import a_header, some_items

ITEMS = some_items(400, block_samples=100)


def write_and_report(path: Path, pipe: int) -> None:
    writer = SessionWriter(path, a_header(), "{}")
    for number, (given, outputs) in enumerate(ITEMS, 1):
        writer.append(given, outputs)
        writer.commit()
        os.write(pipe, number.to_bytes(2, "little"))
    signal.pause()


def kill_one(path: Path, after: int, then_us: int) -> int:
    """Kill a writer soon after its commit number ``after``; return its last report."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        write_and_report(path, writing)
    os.close(writing)
    acknowledged = 0
    while acknowledged < after:
        acknowledged = int.from_bytes(os.read(reading, 2), "little")
    for _ in range(then_us):
        os.getpid()  # a little work instead of a wait, so that the moment varies
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while report := os.read(reading, 2):
        acknowledged = int.from_bytes(report, "little")
    os.close(reading)
    return acknowledged


def main() -> None:
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    rng = np.random.default_rng(0)
    for number in range(kills):
        path = folder / f"{number}.sqlite"
        acknowledged = kill_one(path, int(rng.integers(1, 200)), int(rng.integers(20_000)))
        print(json.dumps({"path": str(path), "acknowledged": acknowledged}))


if __name__ == "__main__":
    main()
