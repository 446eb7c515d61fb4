"""`rascue check`: effective configuration with origins, devices, clocks, disk, versions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rascue.cli.machine import Fact, clock_facts, device_facts, disk_facts, version_facts
from rascue.cli.options import add_config, add_data, add_devices, loaded_config
from rascue.config.load import LoadedConfig


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_config(parser)
    add_data(parser)
    add_devices(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Print what is in force and what is there; fail when something needed is missing."""
    loaded = loaded_config(args)
    config = loaded.config
    sections = {
        "Devices": list(device_facts(config)),
        "Clocks": list(clock_facts()),
        "Disk": list(disk_facts(args.data, config.store.free_min_mb)),
        "Versions": list(version_facts()),
    }
    print("\n".join(["Configuration", *_in_columns(_effective(loaded))]))
    for title, facts in sections.items():
        print("\n".join(["", title, *_in_columns([(fact.subject, fact.text) for fact in facts])]))
    return _verdict([fact for facts in sections.values() for fact in facts])


def _effective(loaded: LoadedConfig) -> list[tuple[str, ...]]:
    """Return key, value and origin of everything that can be set."""
    return [
        (key := f"{section}.{name}", _shown(value), loaded.origins.get(key, "left out"))
        for section, values in loaded.config.model_dump().items()
        for name, value in values.items()
    ]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    if value == "":
        return '""'
    return "-" if value is None else str(value)


def _in_columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return indented lines whose cells begin below each other; the last column is ragged."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def _verdict(facts: Sequence[Fact]) -> int:
    """Say what is doubtful and what is missing; return the exit status."""
    doubts = [fact.doubt for fact in facts if fact.doubt]
    lacks = [fact.lack for fact in facts if fact.lack]
    told = [f"Note: {doubt}." for doubt in doubts]
    if not doubts and not lacks:
        told = ["Nothing is missing or doubtful."]
    print("\n".join(["", *told]))
    for lack in lacks:
        print(f"rascue check: {lack}", file=sys.stderr)
    return 1 if lacks else 0
