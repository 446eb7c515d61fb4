from __future__ import annotations

from dataclasses import replace

import pytest

from rascue.store.location import (
    free_bytes,
    session_file_name,
    sessions_folder,
)
from tests.store.samples import a_header


@pytest.mark.parametrize(
    ("utc", "first"),
    [
        ("2026-01-31T09:45:00Z", "20260131T094500Z"),
        ("2026-01-31T09:45:00+00:00", "20260131T094500Z"),
        ("2026-01-31T09:45:00.123456+00:00", "20260131T094500Z"),
        ("2026-01-31T09:45:00.5Z", "20260131T094500Z"),
        ("", "undated"),
    ],
)
def test_names_begin_with_the_instant(utc, first):
    name = session_file_name(replace(a_header(), started_utc=utc))
    assert name == f"{first}_P-017_0123abcd.sqlite"


@pytest.mark.parametrize("hostile", ["../../etc/x", "a_b", "Zoë", "a\x00b", "", "x" * 500, "."])
def test_a_subject_code_cannot_leave_the_folder(hostile, tmp_path):
    name = session_file_name(replace(a_header(), subject_code=hostile))
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    assert name.isascii()
    assert len(name) < 120
    assert name.count("_") == 2


def test_sessions_lie_in_a_folder_of_their_own(tmp_path):
    assert sessions_folder(tmp_path) == tmp_path / "sessions"


def test_names_sort_by_time():
    earlier, later = (
        session_file_name(replace(a_header(), started_utc=utc))
        for utc in ("2026-01-31T09:45:00Z", "2026-02-01T00:00:00Z")
    )
    assert earlier < later


def test_free_space_of_a_folder_that_does_not_exist_yet(tmp_path):
    assert free_bytes(tmp_path / "not" / "yet") > 0
