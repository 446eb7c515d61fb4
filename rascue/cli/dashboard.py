"""`rascue dashboard`: the therapist's pages, without the engine."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rascue.cli.options import (
    add_address,
    add_config,
    add_data,
    add_source,
    loaded_config,
    socket_path,
)
from rascue.dashboard.serve import serve
from rascue.dashboard.settings import DashboardSettings
from rascue.sensor.choose import SourceKind, parse_sources
from rascue.sensor.i2c_choose import parse_i2c_spec


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_address(parser)
    add_source(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    loaded = loaded_config(args).config
    config = loaded.dashboard
    args.data.mkdir(parents=True, exist_ok=True)
    serve(
        DashboardSettings(
            data_dir=args.data,
            socket_path=socket_path(args.data),
            host=config.host,
            port=config.port,
            extra_hosts=config.allowed_hosts,
            buses=_buses(loaded.sensor.source),
        )
    )
    return 0


def _buses(sources: Sequence[str]) -> tuple[str, ...]:
    """Return the buses of the configured sensors, which need not be the machine's."""
    chips = [spec for spec in parse_sources(sources) if spec.kind is SourceKind.I2C]
    return tuple(dict.fromkeys(parse_i2c_spec(chip.argument).bus_path for chip in chips))
