"""`python -m rascue.testing.i2c`: serves an I2C bus with a modelled chip until it is interrupted.

A simulated person wears the chip and hears the beats of the engine whose socket is named, or a
recorded walk is played; `rascue run --source i2c:...` then works as on hardware.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from time import sleep

from rascue.core.errors import RascueError
from rascue.core.types import Placement
from rascue.sensor.recording import load_recording
from rascue.session.host import HostClock
from rascue.simulate.scenario import load_scenario
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.hearing import BeatListener
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import Motion, RecordedMotion, WalkerMotion
from rascue.testing.i2c.wire import Wires

BUS_NAME = "i2c-1"


def main(argv: list[str] | None = None) -> int:
    """Serve; return the exit status."""
    args = _parser().parse_args(argv)
    try:
        _serve(args)
    except RascueError as error:
        print(f"i2c: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_status
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rascue.testing.i2c", description=__doc__)
    parser.add_argument("chip", choices=sorted(MODELS))
    parser.add_argument("--folder", type=Path, required=True, help="where the bus appears")
    parser.add_argument("--address", type=lambda text: int(text, 16), default=0x6A)
    parser.add_argument("--speed", type=float, default=1.0, help="true over nominal sampling rate")
    parser.add_argument("--scenario", default="demo", help="who wears the chip")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recording", type=Path, help="a recorded walk instead of a person")
    parser.add_argument("--engine", type=Path, help="socket of the engine that the person hears")
    return parser


def _serve(args: argparse.Namespace) -> None:
    clock = HostClock()
    motion: Motion
    listener = None
    if args.recording is not None:
        motion = RecordedMotion(load_recording(args.recording), clock.now_ns())
    else:
        scenario = load_scenario(args.scenario)
        motion = WalkerMotion(scenario, Placement.LOWER_BACK, args.seed, clock.now_ns())
        if args.engine is not None:
            listener = BeatListener(args.engine, motion.hear)
    chip = MODELS[args.chip](motion, clock, args.speed, None)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with FuseBus(args.folder, {BUS_NAME: Wires({args.address: chip}, sleep)}) as bus:
        where = f"i2c:{args.chip}@{bus.path(BUS_NAME)}:0x{args.address:02x}"
        print(f"Serving; now run: rascue run --source {where}", flush=True)  # noqa: T201
        stopping.wait()
    if listener is not None:
        listener.close()


if __name__ == "__main__":
    sys.exit(main())
