"""`rascue engine`: sensors, steps, cue, sound and the session file, without the dashboard."""

from __future__ import annotations

import argparse
import signal
import sys

from rascue.audio.song_reader import SongShelf
from rascue.cli.devices import calibrations_in, service_devices
from rascue.cli.options import add_config, add_data, add_devices, loaded_config, socket_path
from rascue.session.host import HostClock
from rascue.session.shell import Shell, ShellParts
from rascue.store.database import merge_logs
from rascue.store.location import sessions_folder


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_devices(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    config = loaded_config(args).config
    args.data.mkdir(parents=True, exist_ok=True)
    for problem in merge_logs(sessions_folder(args.data)):
        print(f"rascue engine: {problem}", file=sys.stderr)
    songs = SongShelf(args.data, in_thread=True)
    sources, out = service_devices(config, HostClock(), calibrations_in(args.data), songs)
    shell = Shell(ShellParts(config, sources, out, args.data, socket_path(args.data), songs))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: shell.stop())
    shell.run()
    return 0
