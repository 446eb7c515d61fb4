"""A disk that is full or fails, at every single operation: one line, and no row lost or doubled."""

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

SESSION = Path("/simulated/s.sqlite")
ITEMS = some_items(12)
ERRORS = {
    apsw.FullError: "/simulated/s.sqlite: the disk is full; free space on it, then start a new",
    apsw.IOError: "/simulated/s.sqlite: the disk reports an error; check the card",
    apsw.ReadOnlyError: "/simulated/s.sqlite: the disk or file is read-only; check the mount",
}


def operations_of_a_session():
    with simulated_disk() as disk:
        write(ITEMS)
        return disk.operations


def write(items):
    """Write a session as the recorder does; a refused commit is tried again with the next."""
    refused = []
    writer = SessionWriter(SESSION, a_header(), "{}")
    for given, outputs in items:
        writer.append(given, outputs)
        try:
            writer.commit()
        except StoreError as error:
            refused.append(str(error))
    try:
        writer.close()
    except StoreError as error:
        refused.append(str(error))
    return refused


@pytest.mark.parametrize("error", ERRORS)
def test_a_passing_failure_loses_and_doubles_nothing(error, tmp_path):
    for at in range(1, operations_of_a_session() + 1):
        with simulated_disk(fails_at=at, error=error, lasting=False) as disk:
            try:
                refused = write(ITEMS)
            except StoreError as caught:  # the file could not even be created
                assert str(caught).startswith(ERRORS[error])
                continue
            folder = tmp_path / str(at)
            folder.mkdir()
            leave_all(disk, folder)
        assert all(line.startswith(ERRORS[error]) for line in refused)
        assert shown(stored_items(folder / SESSION.name)) == shown(ITEMS), f"operation {at}"


@pytest.mark.parametrize("error", ERRORS)
def test_a_lasting_failure_is_told_and_leaves_what_was_committed(error, tmp_path):
    for at in range(operations_of_a_session() // 2, operations_of_a_session(), 7):
        with simulated_disk(fails_at=at, error=error) as disk:
            refused = write(ITEMS)
            folder = tmp_path / str(at)
            folder.mkdir()
            leave_all(disk, folder)
        assert refused
        assert all(line.startswith(ERRORS[error]) for line in refused)
        found = stored_items(folder / SESSION.name)
        assert len(found) >= len(ITEMS) - len(refused)
        assert shown(found) == shown(ITEMS[: len(found)])


def leave_all(disk, folder):
    for file in disk.files.values():
        file.sync()
    disk.leave(folder, np.random.default_rng(0))


def test_a_real_full_disk_is_told_in_one_line(tmp_path):
    """The limit on the size of a file stands for the disk: the system refuses in the same call."""
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    writer._connection.pragma("max_page_count", 60)
    with pytest.raises(StoreError, match=r"s\.sqlite: the disk is full; free space"):
        for given, outputs in some_items(400, block_samples=400):
            writer.append(given, outputs)
            writer.commit()
    with suppress(StoreError):
        writer.close()
    assert len(stored_items(tmp_path / "s.sqlite")) > 0
