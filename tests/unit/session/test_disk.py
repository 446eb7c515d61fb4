from __future__ import annotations

import pytest

from rascue.core.faults import FaultCode
from rascue.session import disk
from rascue.session.disk import DiskWatch


@pytest.fixture
def free(monkeypatch):
    """Return a function that says how many MB are free."""
    bytes_free = [10**12]
    monkeypatch.setattr(disk, "free_bytes", lambda _: bytes_free[0])

    def say(megabytes: int) -> None:
        bytes_free[0] = megabytes * 1_000_000

    return say


def test_room_enough_is_nothing_to_tell(tmp_path):
    assert list(DiskWatch(tmp_path, 0).look()) == []


def test_a_real_disk_can_be_too_small(tmp_path):
    told = list(DiskWatch(tmp_path, 10**9).look())
    assert [(code, raised) for code, raised, _ in told] == [(FaultCode.STORE_FULL, True)]


def test_a_full_disk_is_told_once_and_taken_back_once(tmp_path, free):
    watch = DiskWatch(tmp_path, 500)
    free(499)
    assert list(watch.look()) == [(FaultCode.STORE_FULL, True, "499 MB free of 500 MB needed")]
    assert list(watch.look()) == []
    free(500)
    assert list(watch.look()) == [(FaultCode.STORE_FULL, False, "500 MB free of 500 MB needed")]
    assert list(watch.look()) == []
