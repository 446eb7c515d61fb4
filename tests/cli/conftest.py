from __future__ import annotations

import pytest

from tests.cli.command import Command


@pytest.fixture
def rascue(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line, called in this process."""
    return Command(capsys)
