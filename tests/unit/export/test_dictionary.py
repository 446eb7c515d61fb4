from __future__ import annotations

import pytest

from rascue.export.dictionary import DICTIONARY_HEADER, TABLES, dictionary_rows

UNIT_OF_SUFFIX = {
    "_ns": "ns",
    "_s": "s",
    "_deg": "degree",
    "_dbfs": "dB re full scale",
}
COLUMNS = [(table, column) for table, columns in TABLES.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda item: getattr(item, "name", item))
def test_every_column_is_explained(table, column):
    for text in (column.name, column.unit, column.meaning, column.method, column.trust):
        assert text == text.strip() != ""


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda item: getattr(item, "name", item))
def test_the_unit_is_that_of_the_name(table, column):
    for suffix, unit in UNIT_OF_SUFFIX.items():
        if column.name.endswith(suffix):
            assert column.unit == unit
    if column.name.endswith("_spm"):
        assert column.unit in {"steps/min", "beats/min"}


@pytest.mark.parametrize("table", TABLES)
def test_names_are_unique_within_a_table(table):
    names = [column.name for column in TABLES[table]]
    assert len(names) == len(set(names))


def test_one_row_for_each_column():
    rows = dictionary_rows()
    assert [row[:2] for row in rows] == [(table, column.name) for table, column in COLUMNS]
    assert {len(row) for row in rows} == {len(DICTIONARY_HEADER)}
