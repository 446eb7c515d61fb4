"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rascue.config.load import LoadedConfig, load_config


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add --config."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add --data."""
    parser.add_argument(
        "--data", type=Path, default=default_data_dir(), metavar="DIR", help="folder of all data"
    )


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add --source."""
    parser.add_argument(
        "--source",
        action="append",
        help="simulated[:SCENARIO], replay:FILE, i2c:CHIP@BUS:ADDR or pod:PORT; twice for two feet "
        "or shanks, each after its place: left_foot=i2c:...",
    )


def add_devices(parser: argparse.ArgumentParser) -> None:
    """Add --source and --audio."""
    add_source(parser)
    parser.add_argument("--audio", help="portaudio[:DEVICE], offline:FILE.wav or none")


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add --host and --port."""
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=number(int, 1, 65535), help="TCP port, 1-65535")


def default_data_dir() -> Path:
    """Return the folder for data of this user: XDG_DATA_HOME/rascue or ~/.local/share/rascue."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "rascue"


def number(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], Any]:
    """Return a converter for argparse that names the allowed range."""

    def convert(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    return convert


def loaded_config(args: argparse.Namespace) -> LoadedConfig:
    """Return the configuration with the options of this call over it."""
    given = {
        ("sensor", "source"): getattr(args, "source", None),
        ("audio", "output"): getattr(args, "audio", None),
        ("dashboard", "host"): getattr(args, "host", None),
        ("dashboard", "port"): getattr(args, "port", None),
    }
    overrides: dict[str, Any] = {}
    for (section, key), value in given.items():
        if value is not None:
            overrides.setdefault(section, {})[key] = value
    return load_config(args.config, overrides)


def socket_path(data_dir: Path) -> Path:
    """Return where the engine of a data folder listens, and its dashboard calls."""
    return data_dir / "engine.sock"
