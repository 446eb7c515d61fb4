"""`rascue bus`: an I2C bus without hardware, with modelled chips that a simulated person wears.

The bus is a file that answers the kernel's I2C calls; `rascue run --source i2c:...` works on it as
on hardware. The person hears the engine's beats. With --run the service is started on the bus too,
and both stop together.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep

from rascue.cli.options import add_address, add_config, add_data, number, socket_path
from rascue.cli.run import words_of
from rascue.core.errors import RascueError
from rascue.core.types import EngineNs, Placement
from rascue.sensor.recording import load_recording
from rascue.session.host import HostClock
from rascue.simulate.scenario import load_scenario
from rascue.testing.i2c.fuse_bus import FuseBus
from rascue.testing.i2c.hearing import BeatListener
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import Motion, RecordedMotion, WalkerMotion, worn_motions
from rascue.testing.i2c.wire import Wires

BUS_NAME = "i2c-1"
FEET = (Placement.LEFT_FOOT, Placement.RIGHT_FOOT)
LOOK_EVERY_S = 0.2


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("chip", choices=sorted(MODELS), metavar="CHIP", help=", ".join(MODELS))
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the bus appears")
    parser.add_argument("--address", type=lambda text: int(text, 16), default=0x6A, metavar="HEX")
    speed = number(float, 0.9, 1.1)
    parser.add_argument("--speed", type=speed, default=1.0, help="true over nominal sampling rate")
    parser.add_argument("--scenario", default="demo", help="who wears the chip")
    worn = parser.add_mutually_exclusive_group()
    worn.add_argument("--recording", type=Path, help="a recorded walk instead of a person")
    worn.add_argument("--feet", action="store_true", help="a chip on each foot, at two addresses")
    parser.add_argument("--seed", type=number(int, 0, 2**31 - 1), default=0)
    parser.add_argument("--run", action="store_true", help="start the service on the bus as well")
    parser.add_argument("--audio", help="with --run, as for rascue run")
    add_config(parser)
    add_data(parser)
    add_address(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT, or until the service ends."""
    clock = HostClock()
    motions = _motions(args, clock.now_ns())
    chips = {
        args.address + place: MODELS[args.chip](motion, clock, args.speed, None)
        for place, motion in enumerate(motions)
    }
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    listener = None
    if isinstance(motions[0], WalkerMotion):
        listener = BeatListener(socket_path(args.data), motions[0].hear)
    with tempfile.TemporaryDirectory(prefix="rascue-") as scratch:
        folder = args.folder or Path(scratch) / "bus"
        with FuseBus(folder, {BUS_NAME: Wires(chips, sleep)}) as bus:
            worn = [f"{placement}=" for placement in FEET] if args.feet else [""]
            sources = [
                f"{place}i2c:{args.chip}@{bus.path(BUS_NAME)}:0x{address:02x}"
                for place, address in zip(worn, chips, strict=True)
            ]
            _serve(args, sources, stopping)
    if listener is not None:
        listener.close()
    return 0


def _motions(args: argparse.Namespace, start_ns: EngineNs) -> Sequence[Motion]:
    """Return what is felt at each place where a chip is worn."""
    if args.recording is not None:
        return [RecordedMotion(load_recording(args.recording), start_ns)]
    worn = FEET if args.feet else (Placement.LOWER_BACK,)
    scenario = replace(load_scenario(args.scenario), placements=worn)
    return worn_motions(scenario, args.seed, start_ns)


def _serve(args: argparse.Namespace, sources: Sequence[str], stopping: threading.Event) -> None:
    named = [word for source in sources for word in ("--source", source)]
    if not args.run:
        print(f"Serving; now run: rascue run --data {args.data} {' '.join(named)}", flush=True)
        stopping.wait()
        return
    words = [*named, *words_of(args, "audio", "host", "port")]
    service = subprocess.Popen([sys.executable, "-m", "rascue.cli", "run", *words])
    while service.poll() is None and not stopping.wait(LOOK_EVERY_S):
        pass
    service.terminate()  # before the bus goes
    if service.wait() not in (0, -signal.SIGTERM):
        raise RascueError("the service ended by itself; see above why")
