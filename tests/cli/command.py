"""Runs a command in this process as a person would, and returns what the person sees."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rascue.cli import main


@dataclass(frozen=True, slots=True)
class Seen:
    """Exit status and lines of both streams."""

    status: int
    out: list[str]
    err: list[str]


class Command:
    """Calls ``rascue`` with words, each turned into text."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Seen:
        """Run a command that may end with any status."""
        self._capsys.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as ended:  # argparse ends the process itself
            status = int(ended.code or 0)
        told = self._capsys.readouterr()
        return Seen(status, told.out.splitlines(), told.err.splitlines())

    def refused(self, *words: object) -> str:
        """Run a command that must fail; return the one line it says."""
        seen = self(*words)
        assert seen.status in {1, 2}, seen
        assert len(seen.err) == 1, seen.err
        return seen.err[0]
