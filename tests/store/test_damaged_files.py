"""No damage to a session file brings down a reader: it reads what is there, or says one line."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.errors import StoreError
from rascue.core.types import CueDecision, StepEvent
from rascue.store.reader import SessionReader
from rascue.store.writer import SessionWriter
from tests.store.samples import a_header, shown, some_items, write_session

ITEMS = some_items(60)


def read_all(path):
    """Return the items, or None when the file was refused in one line."""
    try:
        with SessionReader(path) as reader:
            reader.summary()
            reader.records(StepEvent)
            reader.records(CueDecision)
            return list(reader.inputs())
    except StoreError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        return None


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_session(tmp_path_factory.mktemp("whole") / "s.sqlite", ITEMS).read_bytes()


def test_any_truncated_copy(whole, tmp_path):
    path = tmp_path / "cut.sqlite"
    lengths = [*range(0, len(whole), 509), *range(0, len(whole), 4096), len(whole) - 1]
    refused = 0
    for length in lengths:
        path.write_bytes(whole[:length])
        found = read_all(path)
        refused += found is None
        assert found is None or shown(found) == shown(ITEMS[: len(found)])
    assert refused > len(lengths) / 2
    path.write_bytes(whole)
    assert shown(read_all(path)) == shown(ITEMS)


def test_any_truncated_log(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    for given, outputs in ITEMS:
        writer.append(given, outputs)
        writer.commit()
    file, log = (writer.path.with_name(f"s.sqlite{end}").read_bytes() for end in ("", "-wal"))
    writer.close()
    copy = tmp_path / "copy.sqlite"
    log_of_copy = tmp_path / "copy.sqlite-wal"
    counts = []
    for length in range(0, len(log), 10_007):
        copy.write_bytes(file)
        log_of_copy.write_bytes(log[:length])
        found = read_all(copy)
        counts.append(-1 if found is None else len(found))
        assert found is None or shown(found) == shown(ITEMS[: len(found)])
        copy.with_name("copy.sqlite-shm").unlink(missing_ok=True)
    assert counts == sorted(counts)
    assert counts[-1] > len(ITEMS) / 2


def test_any_garbled_copy(whole, tmp_path):
    path = tmp_path / "garbled.sqlite"
    rng = np.random.default_rng(20260131)
    for _ in range(300):
        garbled = bytearray(whole)
        start = int(rng.integers(len(garbled)))
        length = int(rng.choice([1, 2, 8, 64, 512]))
        garbled[start : start + length] = rng.bytes(length)
        path.write_bytes(garbled)
        read_all(path)
