from __future__ import annotations

import sqlite3

import apsw
import pytest

from rascue.core.errors import StoreError
from rascue.store.database import (
    close_as_single_file,
    create_database,
    merge_logs,
    read_database,
    store_errors,
    transaction,
)
from tests.store.samples import a_header, shown, some_items, stored_items


@pytest.fixture
def database(tmp_path):
    connection = create_database(tmp_path / "d.sqlite")
    connection.execute("CREATE TABLE t (x INTEGER CHECK (x > 0)) STRICT")
    yield connection
    connection.close()


def values(connection):
    return [x for (x,) in connection.execute("SELECT x FROM t")]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, apsw.ConstraintError])
def test_a_transaction_that_fails_leaves_nothing_and_can_be_repeated(database, failure):
    with pytest.raises(failure), transaction(database):
        database.execute("INSERT INTO t VALUES (1)")
        if failure is apsw.ConstraintError:
            database.execute("INSERT INTO t VALUES (-1)")
        raise failure
    with transaction(database):
        database.execute("INSERT INTO t VALUES (2)")
    assert values(database) == [2]


def test_a_reader_that_is_open_does_not_keep_a_file_from_being_complete(tmp_path):
    path = tmp_path / "d.sqlite"
    connection = create_database(path)
    connection.execute("CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)")
    with read_database(path) as reader:
        assert values(reader) == [1]
        connection.execute("INSERT INTO t VALUES (2)")
        close_as_single_file(connection, path)
        assert values(reader) == [1, 2]
    alone = tmp_path / "alone.sqlite"
    alone.write_bytes(path.read_bytes())
    with read_database(alone) as reader:
        assert values(reader) == [1, 2]


def test_a_reader_in_the_middle_of_a_query_does_not_block_closing(tmp_path):
    path = tmp_path / "d.sqlite"
    connection = create_database(path)
    connection.set_busy_timeout(0)
    connection.execute("CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1), (2)")
    with read_database(path) as reader:
        rows = reader.execute("SELECT x FROM t")
        assert next(rows) == (1,)
        close_as_single_file(connection, path)
        assert next(rows) == (2,)
        rows.close()
    with read_database(path) as reader:
        assert values(reader) == [1, 2]


def test_a_reader_of_an_older_state_keeps_the_log_until_it_is_merged(tmp_path):
    path = tmp_path / "d.sqlite"
    connection = create_database(path)
    connection.execute("CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1), (2)")
    with read_database(path) as reader:
        rows = reader.execute("SELECT x FROM t")
        next(rows)
        connection.execute("INSERT INTO t VALUES (3)")
        close_as_single_file(connection, path)
        assert next(rows) == (2,)
        rows.close()
    with read_database(path) as reader:
        assert values(reader) == [1, 2, 3]
    assert merge_logs(tmp_path) == []
    assert [file.name for file in tmp_path.iterdir()] == ["d.sqlite"]
    with read_database(path) as reader:
        assert values(reader) == [1, 2, 3]


def test_what_a_killed_process_left_is_merged(tmp_path):
    connection = create_database(tmp_path / "live.sqlite")
    connection.execute("CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)")
    left = tmp_path / "left"
    left.mkdir()
    for end in ("", "-wal"):
        (left / f"a.sqlite{end}").write_bytes((tmp_path / f"live.sqlite{end}").read_bytes())
    connection.close()
    (left / "lonely.sqlite-wal").touch()
    (left / "b.sqlite").write_bytes(b"no database" * 999)
    (left / "b.sqlite-wal").write_bytes(b"no log")
    assert merge_logs(left) == [f"{left / 'b.sqlite'}: it is not a session file"]
    assert not (left / "a.sqlite-wal").exists()
    assert (left / "b.sqlite").read_bytes() == b"no database" * 999
    with read_database(left / "a.sqlite") as reader:
        assert values(reader) == [1]
    assert merge_logs(tmp_path) == []


def test_a_session_closed_under_a_reader_is_whole(tmp_path):
    from rascue.store.writer import SessionWriter

    items = some_items(20)
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    for given, outputs in items:
        writer.append(given, outputs)
    with read_database(writer.path) as reader:
        reader.pragma("user_version")
        writer.close()
    assert shown(stored_items(writer.path)) == shown(items)


def test_pythons_own_sqlite_reads_a_session(tmp_path):
    from tests.store.samples import write_session

    path = write_session(tmp_path / "s.sqlite", some_items(20))
    if sqlite3.sqlite_version_info < (3, 37):
        pytest.skip("this Python's SQLite does not know STRICT tables")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM step").fetchone() == (4,)
    connection.close()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (apsw.BusyError("x"), "another program holds it; close that program"),
        (apsw.CorruptError("x"), "its contents are damaged; restore it from a backup"),
        (apsw.SQLError("no such table: t\nat line 2"), "SQLite reports: no such table: t"),
        (apsw.MisuseError(""), "SQLite reports: MisuseError"),
    ],
)
def test_errors_in_one_line(tmp_path, error, told):
    with pytest.raises(StoreError) as caught, store_errors(tmp_path / "s.sqlite"):
        raise error
    assert str(caught.value) == f"{tmp_path / 's.sqlite'}: {told}"
