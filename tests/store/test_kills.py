"""Thirty writers killed with SIGKILL: nothing acknowledged is lost, every file opens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rascue.store.reader import SessionReader
from tests.store.killed_writers import ITEMS
from tests.store.samples import shown

KILLS = 30
REPOSITORY = Path(__file__).resolve().parents[2]


def test_nothing_acknowledged_is_lost(tmp_path):
    command = [sys.executable, "-m", "tests.store.killed_writers", str(tmp_path), str(KILLS)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=300)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == KILLS
    for report in reports:
        with SessionReader(Path(report["path"])) as reader:
            found = list(reader.inputs())
            assert not reader.summary().closed
        assert report["acknowledged"] <= len(found) <= report["acknowledged"] + 1
        assert shown(found) == shown(ITEMS[: len(found)])
