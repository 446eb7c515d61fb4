"""A defect of ours reaches a person as one line, never as a traceback."""

from __future__ import annotations

import pytest

from rascue.cli import verify
from rascue.cli.main import main


def test_a_defect_is_one_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError("of a kind")

    monkeypatch.setattr(verify, "carry_out", broken)
    assert main(["verify", "a.sqlite"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(
        "rascue verify: a defect in rascue, ZeroDivisionError at test_defect"
    )
