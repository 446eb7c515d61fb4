"""What a device starts with is what rascue accepts: configuration file and command lines."""

import re
from pathlib import Path

import pytest

from rascue.cli.main import build_parser
from rascue.config.load import load_config


def test_as_installed_it_changes_nothing(deploy_dir: Path):
    assert load_config(deploy_dir / "rascue.toml").config == load_config().config


def test_every_suggested_line_is_accepted(deploy_dir: Path, tmp_path: Path):
    text = (deploy_dir / "rascue.toml").read_text(encoding="utf-8")
    enabled, count = re.subn(r"^#(\w+ = )", r"\1", text, flags=re.MULTILINE)
    assert count == len(re.findall(r"^#\S", text, flags=re.MULTILINE))
    path = tmp_path / "rascue.toml"
    path.write_text(enabled, encoding="utf-8")
    assert load_config(path).config.audio.output == "portaudio"


@pytest.mark.parametrize("service", ["rascue-engine.service", "rascue-dashboard.service"])
def test_the_command_line_accepts_what_the_units_say(deploy_dir: Path, service: str):
    unit = (deploy_dir / "systemd" / service).read_text(encoding="utf-8")
    program, command, *options = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1].split()
    assert program == "/opt/rascue/venv/bin/rascue"
    args = build_parser(command).parse_args([command, *options])
    assert args.data == Path("/var/lib/rascue")
