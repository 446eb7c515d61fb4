"""The command line itself: words, statuses, one line for every failure, a quick start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rascue import __version__
from rascue.cli.main import COMMANDS, build_parser, main

QUICK = """
import sys
from rascue.cli import main
try:
    main(["--version"])
except SystemExit:
    pass
print(sorted(name for name in ("numpy", "pydantic", "apsw", "scipy") if name in sys.modules))
"""


def test_the_version_needs_no_numpy():
    found = subprocess.run(
        [sys.executable, "-c", QUICK], check=True, capture_output=True, text=True
    )
    assert found.stdout.splitlines() == [f"rascue {__version__}", "[]"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_its_options(rascue, command):
    seen = rascue(command, "--help")
    assert (seen.status, seen.err) == (0, [])
    assert seen.out[0].startswith(f"usage: rascue {command} [-h]")


def test_help_lists_all_commands(rascue):
    text = "\n".join(rascue("--help").out)
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "rascue: the following arguments are required: COMMAND; see rascue --help"),
        (("stepps",), "rascue: argument COMMAND: invalid choice: 'stepps'"),
        (("--loud",), "rascue: "),
        (("steps",), "rascue steps: the following arguments are required: FILE, --out"),
        (("verify",), "rascue verify: the following arguments are required: SESSION.sqlite"),
        (("run", "--port", "eighty"), "'eighty' is not a number from 1 to 65535"),
        (("run", "--port", "70000"), "'70000' is not a number from 1 to 65535"),
        (("simulate", "demo", "--seed", "nan"), "'nan' is not a number from 0"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(rascue, words, told):
    seen = rascue(*words)
    assert seen.status == 2
    assert seen.out == []
    assert len(seen.err) == 1
    assert told in seen.err[0]


def test_only_the_module_of_the_command_is_loaded():
    parser = build_parser("verify")
    assert parser.parse_args(["verify", "x.sqlite"]).command == "verify"
    assert "carry_out" not in parser.parse_args(["check"])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            PermissionError(13, "Permission denied", "/data/x"),
            "rascue verify: /data/x: Permission denied; check the path, the disk and permissions",
        ),
        (MemoryError(), "rascue verify: the memory does not suffice; close other programs"),
    ],
)
def test_errors_of_the_system_are_one_line(rascue, monkeypatch, error, told):
    from rascue.cli import verify

    def fail(_args):
        raise error

    monkeypatch.setattr(verify, "carry_out", fail)
    seen = rascue("verify", "x")
    assert (seen.status, seen.err) == (1, [told])


def test_an_interruption_by_a_person_is_no_failure_to_explain(monkeypatch, capsys):
    from rascue.cli import verify

    def interrupted(_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "carry_out", interrupted)
    assert main(["verify", "x"]) == 130
    assert capsys.readouterr().err == ""
