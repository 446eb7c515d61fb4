"""`rascue dashboard`: the therapist's pages, without the engine."""

from __future__ import annotations

import argparse

from rascue.cli.options import add_address, add_config, add_data, loaded_config, socket_path
from rascue.dashboard.serve import serve
from rascue.dashboard.settings import DashboardSettings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_address(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    config = loaded_config(args).config.dashboard
    args.data.mkdir(parents=True, exist_ok=True)
    serve(
        DashboardSettings(
            data_dir=args.data,
            socket_path=socket_path(args.data),
            host=config.host,
            port=config.port,
            extra_hosts=config.allowed_hosts,
        )
    )
    return 0
