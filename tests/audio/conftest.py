"""The sound server for tests that listen to a real stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rascue.testing.sound_server import SoundServer, missing_program


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    """A running private sound server, ended after the test."""
    missing = missing_program()
    if missing is not None:
        message = f"{missing} is not installed: apt-get install pulseaudio pulseaudio-utils"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    server = SoundServer(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()
