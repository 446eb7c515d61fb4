from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder with a short path: that of a socket may have 107 bytes (unix(7))."""
    folder = Path(tempfile.mkdtemp(prefix="rascue-"))
    yield folder / "d"
    shutil.rmtree(folder)
