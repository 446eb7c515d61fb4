from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import get_args

from rascue.core.events import Record
from rascue.store.schema import RECORD_TABLES, SCHEMA_VERSION, TABLES, schema_sql

KNOWN_SCHEMAS = {
    1: "aae059b95db59400329209a30499f2d916c206625071c9816fe2d49d1a64b8af",
    2: "d5286c7544c8715b4a8518cd41d5d7517a9067c73d6157a2538417b98e54118d",
    3: "02610a2c03b23d9ce3a2cc4c97d2860dd7afc753d840217ac483e5f46b9bb0f1",
    4: "2b3b1d40227e06bba72e9ac770078240077684298fa53624f924a679cec2de43",
}
"""Version -> SHA-256 of its statements. A released version never changes: add a line instead."""


def test_every_kind_of_record_has_its_table():
    assert set(TABLES.values()) == set(get_args(Record)) == set(RECORD_TABLES)


def test_a_change_of_the_tables_is_a_new_version():
    digest = hashlib.sha256(schema_sql().encode()).hexdigest()
    assert KNOWN_SCHEMAS[SCHEMA_VERSION] == digest


def test_the_page_about_the_file_names_every_table():
    page = Path(__file__).parents[3] / "docs" / "session_file.md"
    named = set(re.findall(r"`(\w+)`", page.read_text(encoding="utf-8")))
    tables = set(re.findall(r"CREATE TABLE (\w+)", schema_sql()))
    assert tables <= named
