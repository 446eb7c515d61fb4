from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pytest

from rascue.core.errors import StoreError
from rascue.core.events import Tick
from rascue.core.types import EngineNs, Note
from rascue.export.csv_zip import CsvZipExporter
from rascue.export.dictionary import TABLES
from rascue.store.reader import SessionReader
from rascue.store.writer import SessionWriter
from tests.store.samples import a_header, some_items


def export(reader):
    out = io.BytesIO()
    CsvZipExporter().write(reader, out)
    return out.getvalue()


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_two_exports_are_identical(stored):
    reader = stored(some_items(50))
    assert export(reader) == export(reader)


def test_all_tables_and_what_explains_them(stored):
    files = unpacked(export(stored(some_items(50))))
    tables = {f"{table}.csv" for table in TABLES}
    assert set(files) == tables | {"README.txt", "data_dictionary.csv", "session.json"}


def test_the_dictionary_explains_exactly_the_columns_there_are(stored):
    files = unpacked(export(stored(some_items(50))))
    explained = list(csv.DictReader(io.StringIO(files["data_dictionary.csv"])))
    for table in TABLES:
        header = next(csv.reader(io.StringIO(files[f"{table}.csv"])))
        assert header == [row["column"] for row in explained if row["table"] == table]


def test_digests_are_those_of_the_files(stored):
    files = unpacked(export(stored(some_items(50))))
    digests = json.loads(files.pop("session.json"))["sha256"]
    assert digests == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()
    }


def test_what_is_needed_to_judge_the_tables(stored):
    about = json.loads(unpacked(export(stored(some_items(50))))["session.json"])
    assert about["export_version"] == 1
    assert about["configuration"] == {"a": 1}
    session = about["session"]
    assert session["software"] == "rascue 0.1.0"
    assert session["audio_latency_s"] == 0.012
    assert session["program"]["steps"][1]["target"]["value"] == 100.0
    assert session["sources"][0]["placement"] == "lower_back"
    assert about["summary"]["n_steps"] == 10


def test_hostile_names_carry_out_nothing(stored):
    hostile = '=cmd|" /C calc"!A0'
    notes = [(Tick(EngineNs(0)), [Note(EngineNs(0), "mark", hostile)])]
    files = unpacked(export(stored(notes, replace(a_header(), subject_code=hostile))))
    assert next(csv.DictReader(io.StringIO(files["notes.csv"])))["text"] == "'" + hostile
    for name, text in files.items():
        for line in csv.reader(io.StringIO(text)) if name.endswith(".csv") else []:
            assert not any(cell.startswith(("=", "@")) for cell in line)


def test_an_empty_session_is_exported(stored):
    about = json.loads(unpacked(export(stored([])))["session.json"])
    assert about["summary"]["cadence_mean_spm"] == "not enough strides (0 of 10)"


def test_a_damaged_configuration_is_told_in_one_line(tmp_path):
    SessionWriter(tmp_path / "s.sqlite", a_header(), "{").close()
    with (
        SessionReader(tmp_path / "s.sqlite") as reader,
        pytest.raises(StoreError, match=r"s\.sqlite: its configuration is damaged"),
    ):
        export(reader)
