"""The download of a session: tables as CSV, their dictionary, and what is needed to trust them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from rascue.core.errors import StoreError
from rascue.export.csv_text import csv_text, table_csv
from rascue.export.dictionary import DICTIONARY_HEADER, EXPORT_VERSION, TABLES, dictionary_rows
from rascue.export.summary import summarize
from rascue.store.codec import to_plain
from rascue.store.reader import SessionReader

_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Dates in a zip would make two downloads of one session differ."""

_READABLE_FILE = 0o644 << 16
_UNIX = 3

_README = """\
Session {session_id}, {subject_code}

One line per event in each CSV file; data_dictionary.csv says what every column means, in which
unit, by which method, and how far to trust it. session.json holds the programme, the limits in
force, the sensors, the latency of the sound, a summary, and the SHA-256 of every file here.

Times ending in _s count from the start of the session. Times ending in _ns are the engine's own
clock, exact to the nanosecond; anchor_ns in session.json is its reading at the start.
An empty cell means: not known. A cell of text that begins with an apostrophe is guarded against
being carried out as a formula; the apostrophe is not part of the text.

Raw samples are not included; they stand in the session file itself.

This comes from a research tool; it is not a cleared medical device.
"""


class CsvZipExporter:
    """Writes a zip with all tables of a session; the same session gives the same bytes."""

    name = "csv"
    media_type = "application/zip"
    suffix = ".zip"

    def write(self, reader: SessionReader, out: IO[bytes]) -> None:
        """Write the zip.

        Raises
        ------
        StoreError
            When the session file is damaged.
        """
        digests: dict[str, str] = {}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in _files(reader):
                content = text.encode()
                digests[name] = hashlib.sha256(content).hexdigest()
                file.writestr(_entry(name), content)
            about = json.dumps(_about(reader, digests), indent=2, ensure_ascii=False)
            file.writestr(_entry("session.json"), (about + "\n").encode())


def _files(reader: SessionReader) -> Iterator[tuple[str, str]]:
    header = reader.header
    yield (
        "README.txt",
        _README.format(session_id=header.session_id, subject_code=header.subject_code),
    )
    yield "data_dictionary.csv", csv_text(DICTIONARY_HEADER, dictionary_rows())
    for table in TABLES:
        yield f"{table}.csv", table_csv(reader, table)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST_ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _READABLE_FILE
    return entry


def _about(reader: SessionReader, digests: dict[str, str]) -> dict[str, Any]:
    """Return everything one needs besides the tables; limits stand in the configuration."""
    return {
        "export_version": EXPORT_VERSION,
        "session": to_plain(reader.header),
        "configuration": _configuration(reader),
        "summary": summarize(reader),
        "sha256": digests,
    }


def _configuration(reader: SessionReader) -> Any:
    try:
        return json.loads(reader.config_json)
    except ValueError as error:
        raise StoreError(
            f"{reader.path}: its configuration is damaged; restore it from a backup"
        ) from error
