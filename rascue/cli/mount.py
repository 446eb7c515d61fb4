"""`rascue mount`: guided; the person stands, then walks ten steps. A verdict and a record."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from time import sleep

import numpy as np

from rascue.cli.imucheck import save_record
from rascue.cli.options import number
from rascue.core.clock import seconds_between
from rascue.core.errors import RascueError, SensorUnavailable, UnavailableReason
from rascue.core.types import ImuBlock, Placement
from rascue.sensor.bus_turn import ToolTurn
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import USUAL_PLACEMENT, i2c_source, parse_i2c_spec
from rascue.sensor.i2c_source import I2cSource
from rascue.sensor.mounting import Mounting, find_mounting
from rascue.sensor.worn import keep_worn
from rascue.session.host import HostClock

PLACES = (
    Placement.LOWER_BACK,
    Placement.LEFT_FOOT,
    Placement.RIGHT_FOOT,
    Placement.LEFT_SHANK,
    Placement.RIGHT_SHANK,
)
"""Where a sensor on a cable may be worn; which side it is, a person has to say."""

STAND_S, WALK_S = 5.0, 10.0
"""Ten steps take 6 to 10 s: default, not evidence."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("sensor", metavar="CHIP@BUS:ADDRESS", help="lsm6dsox@1:0x6a")
    seconds = number(float, 0.5, 60.0)
    parser.add_argument("--stand", type=seconds, default=STAND_S, metavar="S")
    parser.add_argument("--walk", type=seconds, default=WALK_S, metavar="S")
    parser.add_argument(
        "--placement",
        choices=[place.value for place in PLACES],
        default=USUAL_PLACEMENT.value,
        metavar="PLACE",
        help=", ".join(PLACES),
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep the placement for the service of this folder"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to save the record (JSON)")


def carry_out(args: argparse.Namespace) -> int:
    """Guide one person through both parts; fail when something is not as it should be."""
    spec = parse_i2c_spec(args.sensor)
    host = HostTime(HostClock(), sleep)
    source = i2c_source(spec, Placement.UNKNOWN, host)
    with ToolTurn(spec.bus_path, sleep):
        source.open()
        try:
            found = guide(source, host, args.stand, args.walk, lambda text: print(text, flush=True))
        finally:
            source.close()
    concerns = [*found.concerns, *_elsewhere(found, Placement(args.placement))]
    found = replace(found, concerns=tuple(concerns))
    print(f"The sensor sits on the {found.place}; {found.up_axis} points up, ", end="")
    print(f"tilted by {found.tilt_deg:.0f} degrees.")
    if args.out is not None:
        record = {"kind": "mount", "sensor": str(spec), "placement": args.placement}
        save_record(args.out, record | {"good": not concerns, **asdict(found)})
    if concerns:
        raise RascueError("; ".join(concerns))
    if args.data is not None:
        keep_worn(args.data, spec, Placement(args.placement))
    print("It is well worn.")
    print(f'With up_axis = "{found.up_axis}" in [sensor] of the configuration, rascue tells later')
    print("when it is worn upside down.")
    return 0


def _elsewhere(found: Mounting, meant: Placement) -> list[str]:
    """Say so when the sensor moves otherwise than where it is meant to be."""
    expected = "trunk" if meant is Placement.LOWER_BACK else "leg"
    if found.place == expected:
        return []
    return [f"it moves as on the {found.place}, which {meant} is not: is it in its place?"]


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
