"""`rascue bench`: tables of figures, measured now on this machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from importlib import import_module

from rascue.testing.bench_table import BenchTable

TABLES = {
    "engine": ("bench_engine.work_table", "bench_engine.replay_table"),
    "start": ("bench_start.start_table",),
    "audio": ("bench_audio.audio_table", "audio_placement.placement_table"),
    "stops": ("audio_stops.stops_table",),
    "song": (
        "bench_song.beats_table",
        "bench_song.grooves_table",
        "bench_song.placement_table",
        "song_capture.capture_table",
        "bench_song.joins_table",
    ),
    "sensors": ("bench_sensors.steps_table", "bench_chip_reading.kernel_table"),
    "steps": ("bench_steps.steps_table",),
}
"""Name -> functions of ``rascue.testing``; the slowest comes last."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    names = ", ".join(TABLES)
    parser.add_argument("name", nargs="?", choices=TABLES, metavar="NAME", help=f"{names}; or all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def carry_out(args: argparse.Namespace) -> int:
    """Print each table as soon as it is measured, or all as JSON at the end."""
    names = [args.name] if args.name else list(TABLES)
    if args.json:
        measured = {name: [one.to_dict() for one in _measured(name)] for name in names}
        print(json.dumps(measured))
        return 0
    for name in names:
        for table in _measured(name):
            print(table.to_text(), end="\n\n", flush=True)
    return 0


def _measured(name: str) -> Iterator[BenchTable]:
    for place in TABLES[name]:
        module, function = place.split(".")
        measure: Callable[[], BenchTable] = getattr(
            import_module(f"rascue.testing.{module}"), function
        )
        yield measure()
