from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from rascue.core.errors import StoreError
from rascue.core.events import Tick
from rascue.core.types import (
    Beat,
    EngineNs,
    GaitFlag,
    Note,
    Side,
    StepEvent,
    StrideRecord,
    StrideTravel,
)
from rascue.store.reader import SessionReader
from rascue.store.writer import SessionWriter
from tests.store.samples import STEP_NS, a_header, shown, some_items, stored_items, write_session

NOBODY = 65534


@pytest.fixture
def left_behind(tmp_path):
    """A session as a killed engine leaves it: the log and its index lie beside the file."""
    items = some_items(30)
    writer = SessionWriter(tmp_path / "live.sqlite", a_header(), "{}")
    for given, outputs in items:
        writer.append(given, outputs)
    writer.commit()
    folder = tmp_path / "left"
    folder.mkdir()
    for path in tmp_path.glob("live.sqlite*"):
        shutil.copy(path, folder)
    writer.close()
    return folder / "live.sqlite", items


def test_header_and_configuration(tmp_path):
    path = write_session(tmp_path / "s.sqlite", [])
    with SessionReader(path) as reader:
        assert reader.header == a_header()
        assert reader.config_json == '{"a": 1}'


def test_records_of_one_kind_in_order(tmp_path):
    items = some_items(60)
    path = write_session(tmp_path / "s.sqlite", items)
    with SessionReader(path) as reader:
        for kind in (StepEvent, Beat, StrideRecord):
            wanted = [out for _, outputs in items for out in outputs if isinstance(out, kind)]
            assert reader.records(kind) == wanted


def test_a_session_left_behind_is_read_with_its_log(left_behind):
    path, items = left_behind
    before = {file.name: file.read_bytes() for file in path.parent.glob("*-wal")}
    assert before
    assert shown(stored_items(path)) == shown(items)
    assert before == {file.name: file.read_bytes() for file in path.parent.glob("*-wal")}


def test_a_log_without_its_index_is_read(left_behind):
    path, items = left_behind
    path.with_name(path.name + "-shm").unlink()
    assert shown(stored_items(path)) == shown(items)


@pytest.fixture
def as_nobody():
    """Run as a user who may read but not write; a folder that such a user reaches."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        yield folder
        os.seteuid(0)
    else:
        yield folder
    shutil.rmtree(folder)


def _locked_copy(paths, folder):
    """Copy files into a folder and take away every right to write."""
    user, _ = os.geteuid(), os.seteuid(os.getuid())
    for path in paths:
        shutil.copy(path, folder)
        (folder / path.name).chmod(0o444)
    folder.chmod(0o555)
    os.seteuid(user)


@pytest.mark.parametrize("beside", [("",), ("", "-wal", "-shm"), ("", "-wal")])
def test_reading_needs_no_right_to_write(left_behind, as_nobody, beside):
    path, items = left_behind
    _locked_copy([path.with_name(path.name + end) for end in beside], as_nobody)
    if beside == ("",):
        # Without its log the file holds what was moved into it so far: here not even a header.
        with pytest.raises(StoreError, match=r"not a session file|holds no session"):
            SessionReader(as_nobody / path.name)
    else:
        assert shown(stored_items(as_nobody / path.name)) == shown(items)
    os.seteuid(os.getuid())
    as_nobody.chmod(0o755)
    assert {file.name for file in as_nobody.iterdir()} == {path.name + end for end in beside}


def test_a_closed_session_needs_no_right_to_write(tmp_path, as_nobody):
    os.seteuid(os.getuid())
    items = some_items(20)
    path = write_session(tmp_path / "s.sqlite", items)
    _locked_copy([path], as_nobody)
    if os.getuid() == 0:
        os.seteuid(NOBODY)
    assert shown(stored_items(as_nobody / "s.sqlite")) == shown(items)


def test_a_running_session_is_seen_growing(tmp_path):
    items = some_items(20)
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    with SessionReader(writer.path) as reader:
        seen = []
        for given, outputs in items:
            writer.append(given, outputs)
            writer.commit()
            seen.append(len(list(reader.inputs())))
        assert not reader.summary().closed
        writer.close()
        assert reader.summary().closed
    assert seen == list(range(1, 21))
    assert shown(stored_items(writer.path)) == shown(items)


def test_what_is_written_during_a_pass_is_left_to_the_next(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    writer.append(Tick(EngineNs(0)), [])
    writer.commit()
    with SessionReader(writer.path) as reader:
        given = reader.inputs()
        first = next(given)
        writer.append(Tick(EngineNs(1)), [Note(EngineNs(1), "mark", "late")])
        writer.commit()
        assert first == (Tick(EngineNs(0)), [])
        assert list(given) == []
        assert len(list(reader.inputs())) == 2
    writer.close()


def test_summary(tmp_path):
    path = write_session(tmp_path / "s.sqlite", some_items(101))
    with SessionReader(path) as reader:
        summary = reader.summary()
        strides = reader.records(StrideRecord)
    assert (summary.subject_code, summary.started_utc) == ("P-017", "2026-01-31T09:45:00Z")
    assert summary.duration_s == pytest.approx(100 * STEP_NS / 1e9)
    assert (summary.n_steps, summary.n_beats, summary.closed) == (21, 21, True)
    mean_s = sum(stride.stride_time_s for stride in strides) / len(strides)
    assert summary.mean_cadence_spm == pytest.approx(120.0 / mean_s)


def test_few_strides_give_no_cadence(tmp_path):
    path = write_session(tmp_path / "s.sqlite", some_items(45))
    with SessionReader(path) as reader:
        assert reader.summary().mean_cadence_spm is None


def _edited(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("PRAGMA user_version = 99", r"newer rascue \(format 99, .* up to 4\); update rascue"),
        ("PRAGMA application_id = 7", "a database, but not a session file"),
        ("PRAGMA user_version = 0", "holds no session"),
        ("DELETE FROM meta", "damaged .a line is missing.; restore it"),
        ("UPDATE meta SET value = '{' WHERE key = 'header'", "damaged"),
        ("UPDATE meta SET value = '[]' WHERE key = 'header'", "damaged"),
        ("DROP TABLE meta", "no such table: meta"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, statement, told):
    path = write_session(tmp_path / "s.sqlite", some_items(3))
    _edited(path, statement)
    with pytest.raises(StoreError, match=told) as caught:
        SessionReader(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE input SET kind = 'letter' WHERE seq = 3",
        "UPDATE input SET payload = '{}' WHERE kind = 'command'",
        "UPDATE imu_block SET t_ns = x'00'",
        "UPDATE imu_block SET frame = 'moon'",
        "DELETE FROM imu_block",
        "UPDATE step SET side = 'M'",
    ],
)
def test_damage_within_is_told_in_one_line(tmp_path, statement):
    path = write_session(tmp_path / "s.sqlite", some_items(10))
    _edited(path, statement)
    with SessionReader(path) as reader, pytest.raises(StoreError, match="damaged"):
        list(reader.inputs())


@pytest.mark.parametrize(("content", "told"), [(b"", "not a session"), (b"hello" * 99, "not a")])
def test_foreign_files_are_refused(tmp_path, content, told):
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=told):
        SessionReader(path)


def test_an_absent_file_is_not_created(tmp_path):
    with pytest.raises(StoreError, match="there is no such file"):
        SessionReader(tmp_path / "s.sqlite")
    assert not list(tmp_path.iterdir())


def test_the_file_cannot_be_written_through_a_reader(tmp_path):
    path = write_session(tmp_path / "s.sqlite", some_items(3))
    with SessionReader(path) as reader, pytest.raises(apsw.ReadOnlyError):
        reader._connection.execute("DELETE FROM step")


def test_side_unknown_is_kept(tmp_path):
    step = StepEvent(0, EngineNs(1), EngineNs(2), Side.UNKNOWN, 1.0, "w")
    path = write_session(tmp_path / "s.sqlite", [(Tick(EngineNs(2)), [step])])
    assert stored_items(path) == [(Tick(EngineNs(2)), [step])]


def test_a_file_of_version_1_is_read_without_what_it_did_not_know(tmp_path):
    items = some_items(30)
    path = write_session(tmp_path / "s.sqlite", items)
    with sqlite3.connect(path) as file:
        file.execute("DROP TABLE gait_flag")
        file.execute("DROP TABLE stride_travel")
        file.execute("ALTER TABLE stride DROP COLUMN double_support_time_s")
        file.execute("PRAGMA user_version = 1")
    file.close()
    with SessionReader(path) as reader:
        assert reader.records(GaitFlag) == reader.records(StrideTravel) == []
        strides = reader.records(StrideRecord)
        assert {stride.double_support_time_s for stride in strides} == {None}
        wanted = [out for _, outputs in items for out in outputs if isinstance(out, StrideRecord)]
        assert [stride.swing_time_s for stride in strides] == [s.swing_time_s for s in wanted]
        assert len(list(reader.inputs())) == len(items)


def test_a_file_of_version_3_has_lengths_without_their_error(tmp_path):
    items = some_items(30)
    path = write_session(tmp_path / "s.sqlite", items)
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE stride_travel DROP COLUMN error_pct")
        file.execute("PRAGMA user_version = 3")
    file.close()
    wanted = [out for _, outputs in items for out in outputs if isinstance(out, StrideTravel)]
    with SessionReader(path) as reader:
        assert reader.records(StrideTravel) == [replace(one, error_pct=None) for one in wanted]
