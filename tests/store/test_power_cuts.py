"""Five hundred power cuts: nothing that was acknowledged is lost, nothing is corrupt."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import apsw
import numpy as np
import pytest

from rascue.core.errors import StoreError
from rascue.store.writer import SessionWriter
from tests.store.samples import a_header, shown, some_items, stored_items
from tests.store.simulated_disk import simulated_disk

# SQLite asks a dead disk more than once; the answers it does not care about go to this hook.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SESSION = "/simulated/s.sqlite"
SMALL = some_items(24)
LARGE = some_items(150, block_samples=1200)
"""More than a thousand pages, so that the log is moved into the file along the way."""


def run_session(items, synchronous=None):
    """Write a session; return how many items were acknowledged before the disk failed."""
    acknowledged = -1
    try:
        writer = SessionWriter(Path(SESSION), a_header(), "{}")
        acknowledged = 0
        if synchronous is not None:
            writer._connection.pragma("synchronous", synchronous)
        for number, (given, outputs) in enumerate(items, 1):
            writer.append(given, outputs)
            if number % 3 == 0:
                writer.commit()
                acknowledged = number
        writer.close()
        acknowledged = len(items)
    except StoreError as error:
        assert "the disk reports an error" in str(error)
        if acknowledged >= 0:
            with suppress(StoreError):
                writer.close()
    return acknowledged


def operations_of(items):
    with simulated_disk() as disk:
        assert run_session(items) == len(items)
        return disk.operations


def cut(items, at, seed, folder, synchronous=None):
    """Cut the power at one operation; return how many items were acknowledged, how many found."""
    with simulated_disk(fails_at=at) as disk:
        acknowledged = run_session(items, synchronous)
        disk.leave(folder, np.random.default_rng(seed))
    found = read_left(folder / "s.sqlite", acknowledged)
    assert shown(found) == shown(items[: len(found)])
    return acknowledged, len(found)


def read_left(path, acknowledged):
    if acknowledged < 0:
        try:
            return stored_items(path)
        except StoreError:
            return []  # the power went before a session was announced
    with_log = apsw.Connection(str(path))
    assert with_log.pragma("integrity_check") == "ok"
    with_log.close()
    return stored_items(path)


@pytest.mark.parametrize(("items", "cuts"), [(SMALL, 450), (LARGE, 60)], ids=["small", "large"])
def test_nothing_acknowledged_is_lost(items, cuts, tmp_path):
    operations = operations_of(items)
    for seed, at in enumerate(np.linspace(1, operations, cuts).astype(int)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        acknowledged, found = cut(items, int(at), seed, folder)
        assert found >= acknowledged, f"cut at operation {at} of {operations}"


def test_the_simulation_can_tell_a_setting_that_loses_data(tmp_path):
    """Without a sync at each commit the same cuts do lose what was acknowledged."""
    lost = 0
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        acknowledged, found = cut(SMALL, 100 + seed, seed, folder, synchronous="NORMAL")
        lost += found < acknowledged
    assert lost > 0
