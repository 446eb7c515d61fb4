from __future__ import annotations

import pytest

from rascue.store.reader import SessionReader
from tests.store.samples import a_header, write_session


@pytest.fixture
def stored(tmp_path):
    """Store items and open the session."""
    readers = []

    def open_stored(items, header=None):
        path = write_session(tmp_path / f"{len(readers)}.sqlite", items, header or a_header())
        readers.append(SessionReader(path))
        return readers[-1]

    yield open_stored
    for reader in readers:
        reader.close()
