from __future__ import annotations

import apsw
import numpy as np
import pytest

from rascue.core.errors import StoreError
from rascue.core.events import Tick
from rascue.core.types import Command, EngineNs, Note
from rascue.store.writer import SessionWriter
from tests.store.samples import a_header, shown, some_items, stored_items, write_session


def test_what_was_written_comes_back_exactly(tmp_path):
    items = some_items(60)
    path = write_session(tmp_path / "s.sqlite", items)
    assert shown(stored_items(path)) == shown(items)


def test_closing_leaves_one_file(tmp_path):
    write_session(tmp_path / "s.sqlite", some_items(20))
    assert [path.name for path in tmp_path.iterdir()] == ["s.sqlite"]


@pytest.mark.parametrize("commit_every", [1, 7, 1000])
def test_bytes_do_not_depend_on_when_it_was_committed(tmp_path, commit_every):
    items = some_items(200, block_samples=100)
    at_once = write_session(tmp_path / "a.sqlite", items)
    writer = SessionWriter(tmp_path / "b.sqlite", a_header(), '{"a": 1}')
    for number, (given, outputs) in enumerate(items):
        writer.append(given, outputs)
        if number % commit_every == 0:
            writer.commit()
    writer.close()
    assert (tmp_path / "b.sqlite").read_bytes() == at_once.read_bytes()


def test_a_commit_holds_whole_items_and_nothing_later(tmp_path):
    items = some_items(11)
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    for given, outputs in items[:6]:
        writer.append(given, outputs)
    writer.commit()
    for given, outputs in items[6:]:
        writer.append(given, outputs)
    assert shown(stored_items(writer.path)) == shown(items[:6])
    writer.close()
    assert shown(stored_items(writer.path)) == shown(items)


def test_a_new_file_says_at_once_whose_it_is(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header("P-9"), "{}")
    assert stored_items(writer.path) == []
    writer.close()


def test_an_existing_file_is_never_overwritten(tmp_path):
    path = write_session(tmp_path / "s.sqlite", some_items(3))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"s\.sqlite: exists already"):
        SessionWriter(path, a_header(), "{}")
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="check that the folder exists"):
        SessionWriter(tmp_path / "absent" / "s.sqlite", a_header(), "{}")


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (Note(EngineNs(np.int64(3)), "mark", ""), "int64 cannot be stored"),
        (Note(EngineNs(2**63), "mark", ""), "9223372036854775808 does not fit into 64 bits"),
        (Note(EngineNs(3), "mark", "\ud800"), "surrogates not allowed"),
    ],
)
def test_an_item_that_would_not_come_back_is_refused_whole(tmp_path, odd, told):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    with pytest.raises(StoreError, match=rf"s\.sqlite: .*{told}.*; report this"):
        writer.append(Tick(EngineNs(1)), [Note(EngineNs(1), "mark", "fine"), odd])
    writer.append(Tick(EngineNs(2)), [])
    writer.close()
    assert stored_items(writer.path) == [(Tick(EngineNs(2)), [])]


def test_arguments_of_a_command_must_be_json(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    with pytest.raises(StoreError, match="set cannot be stored"):
        writer.append(Command("1", EngineNs(0), "start", {"who": {1}}, "x"), [])
    writer.close()


def test_any_text_of_a_command_is_kept(tmp_path):
    given = Command("1", EngineNs(0), "mark", {"text": "half a pair \ud800, Zoë, \x00"}, "x")
    path = write_session(tmp_path / "s.sqlite", [(given, [])])
    assert stored_items(path) == [(given, [])]


def test_closing_twice_is_harmless_and_later_commits_do_nothing(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    writer.close()
    writer.close()
    writer.commit()
    assert stored_items(writer.path) == []


def test_every_commit_is_synced(tmp_path):
    writer = SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    connection = writer._connection
    found = {name: connection.pragma(name) for name in ("journal_mode", "synchronous")}
    writer.close()
    assert found == {"journal_mode": "wal", "synchronous": 2}


def test_an_old_sqlite_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    with pytest.raises(StoreError, match=r"SQLite 3\.40\.1 .* SQLite 3\.51\.3 or newer"):
        SessionWriter(tmp_path / "s.sqlite", a_header(), "{}")
    assert not list(tmp_path.iterdir())
