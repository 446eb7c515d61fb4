"""`rascue mount`: guided; the person stands, then walks ten steps. A verdict and a record."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import sleep

import numpy as np

from rascue.cli.options import number
from rascue.core.clock import seconds_between
from rascue.core.errors import RascueError, SensorUnavailable, UnavailableReason
from rascue.core.types import ImuBlock, Placement
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import i2c_source, parse_i2c_spec
from rascue.sensor.i2c_source import I2cSource
from rascue.sensor.mounting import Mounting, find_mounting
from rascue.session.host import HostClock

STAND_S, WALK_S = 5.0, 10.0
"""Ten steps take 6 to 10 s: default, not evidence."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("sensor", metavar="CHIP@BUS:ADDRESS", help="lsm6dsox@1:0x6a")
    seconds = number(float, 0.5, 60.0)
    parser.add_argument("--stand", type=seconds, default=STAND_S, metavar="S")
    parser.add_argument("--walk", type=seconds, default=WALK_S, metavar="S")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to save the record (JSON)")


def carry_out(args: argparse.Namespace) -> int:
    """Guide one person through both parts; fail when something is not as it should be."""
    spec = parse_i2c_spec(args.sensor)
    host = HostTime(HostClock(), sleep)
    source = i2c_source(spec, Placement.UNKNOWN, host)
    source.open()
    try:
        found = guide(source, host, args.stand, args.walk, lambda text: print(text, flush=True))
    finally:
        source.close()
    print(f"The sensor sits on the {found.place}; {found.up_axis} points up, ", end="")
    print(f"tilted by {found.tilt_deg:.0f} degrees.")
    if args.out is not None:
        record = {"sensor": str(spec), "well_worn": not found.concerns, **asdict(found)}
        args.out.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    if found.concerns:
        raise RascueError("; ".join(found.concerns))
    print("It is well worn.")
    print(f'With up_axis = "{found.up_axis}" in [sensor] of the configuration, rascue tells later')
    print("when it is worn upside down.")
    return 0


def guide(
    source: I2cSource, host: HostTime, stand_s: float, walk_s: float, say: Callable[[str], None]
) -> Mounting:
    """Tell the person what to do, and return what was found."""
    say(f"Please stand still for {stand_s:g} s.")
    standing = _read_for(source, host, stand_s)
    say(f"Please walk straight ahead, ten steps or {walk_s:g} s.")
    walking = _read_for(source, host, walk_s)
    return find_mounting(
        np.concatenate([block.acc_mps2 for block in standing]),
        np.concatenate([block.acc_mps2 for block in walking]),
        np.concatenate([block.gyr_dps for block in walking]),
    )


def _read_for(source: I2cSource, host: HostTime, seconds: float) -> list[ImuBlock]:
    start_ns = host.clock.now_ns()
    blocks: list[ImuBlock] = []
    while seconds_between(start_ns, host.clock.now_ns()) < seconds:
        block = source.read(0.25)
        blocks += [] if block is None else [block]
    if not blocks:
        raise SensorUnavailable(
            source.info.description, UnavailableReason.NO_ACK, "no samples came"
        )
    return blocks
