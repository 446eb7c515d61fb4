"""`rascue imucheck`: is this chip, on this bus, fit to be worn? A verdict and a record."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import numpy as np

from rascue.core.clock import seconds_between
from rascue.core.errors import RascueError, SensorUnavailable, UnavailableReason
from rascue.core.types import BlockFlag, ImuBlock, Placement
from rascue.sensor.bus import BusError, SmbusBus
from rascue.sensor.bus_turn import ToolTurn
from rascue.sensor.chip import STANDARD_GRAVITY_MPS2, ChipError, HostTime, Trouble
from rascue.sensor.chips import chip_maker
from rascue.sensor.i2c_choose import WEAR, I2cSpec, i2c_source, parse_i2c_spec
from rascue.sensor.registers import RegisterAccess
from rascue.sensor.scan import buses, scan
from rascue.session.host import HostClock

IDENTITY_READS = 2000
"""As the imud project does before it trusts a bus (EMBEDDED section 2)."""

WATCH_S = 8.0
GRAVITY_OFF_MAX_MPS2 = 0.5
"""Zero-g offset and sensitivity of these parts add up to less: default, not evidence."""

RATE_OFF_MAX_RATIO = 0.06
"""Parts 4 % off are known (EMBEDDED 3.1)."""

REST_SPREAD_MAX_MPS2 = 0.3
DIRECT_OFF_MAX_MPS2 = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and its answer."""

    name: str
    passed: bool
    detail: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "sensor", nargs="?", metavar="CHIP@BUS:ADDRESS", help="lsm6dsox@1:0x6a; none: list them"
    )
    parser.add_argument("--bus", action="append", metavar="PATH", help="look here for chips too")
    parser.add_argument("--reads", type=int, default=IDENTITY_READS, metavar="N")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to save the record (JSON)")


def carry_out(args: argparse.Namespace) -> int:
    """Check one chip that lies still; fail when it should not be worn."""
    if args.sensor is None:
        return _list(args.bus or [])
    spec = parse_i2c_spec(args.sensor)
    print(f"Lay the sensor down and leave it still for {WATCH_S + 2:g} s.", flush=True)
    with ToolTurn(spec.bus_path, sleep):
        findings = examine(spec, args.reads)
    for finding in findings:
        print(f"{'ok    ' if finding.passed else 'FAILED'}  {finding.name:26} {finding.detail}")
    failed = [finding.name for finding in findings if not finding.passed]
    if args.out is not None:
        save_record(
            args.out,
            {
                "kind": "imucheck",
                "sensor": str(spec),
                "good": not failed,
                "findings": [*map(asdict, findings)],
            },
        )
    if failed:
        raise RascueError(f"{spec} is not fit to be worn: {', '.join(failed)}")
    print(f"{spec} is fit to be worn.")
    return 0


def save_record(path: Path, record: dict[str, object]) -> None:
    """Write what a bring-up tool found, with the date."""
    made = {"made_utc": datetime.now(UTC).isoformat(timespec="seconds"), **record}
    path.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def _list(more_buses: list[str]) -> int:
    """Print the chips found on all buses, one a line."""
    for path in dict.fromkeys((*buses(), *more_buses)):
        scanned = scan(path)
        for spec in scanned.found:
            print(spec)
        if scanned.problem:
            print(f"# {scanned.problem}")
    return 0


def examine(spec: I2cSpec, n_reads: int) -> list[Finding]:
    """Answer all questions about a chip.

    Raises
    ------
    SensorUnavailable
        When it cannot be reached at all.
    """
    host = HostTime(HostClock(), sleep)
    troubles: list[Trouble] = []
    findings = [_identity(spec, host, n_reads)]
    source = i2c_source(
        spec, Placement.UNKNOWN, host, on_trouble=lambda _, trouble: troubles.append(trouble)
    )
    source.open()
    blocks: list[ImuBlock] = []
    start_ns = host.clock.now_ns()
    while seconds_between(start_ns, host.clock.now_ns()) < WATCH_S:
        block = source.read(0.25)
        blocks += [] if block is None else [block]
    ratio = source.rate_ratio
    source.close()
    if not blocks:
        raise SensorUnavailable(str(spec), UnavailableReason.NO_ACK, "no samples came")
    findings += _rest(blocks)
    findings.append(_rate(ratio, source.info.rate_hz))
    findings.append(_unbroken(blocks, troubles))
    findings.append(_direct(spec, host, blocks))
    return findings


def _identity(spec: I2cSpec, host: HostTime, n_reads: int) -> Finding:
    """Read the identity so often that a bus with bit errors shows itself."""
    retries: list[BusError] = []
    access, bus = _access(spec, retries)
    wrong = 0
    try:
        chip = chip_maker(spec.chip)(spec.chip, access, WEAR[Placement.UNKNOWN].settings, host)
        for _ in range(n_reads):
            try:
                chip.identify()
            except (ChipError, BusError):
                wrong += 1
    finally:
        bus.close()
    detail = f"{n_reads} reads, {wrong} wrong, {len(retries)} repeated"
    return Finding("identity", not wrong and not retries, detail)


def _rest(blocks: list[ImuBlock]) -> list[Finding]:
    acc = np.concatenate([block.acc_mps2 for block in blocks]).astype(np.float64)
    both = np.hstack((acc, np.concatenate([block.gyr_dps for block in blocks])))
    size = float(np.linalg.norm(acc.mean(axis=0)))
    spread = float(acc.std(axis=0).max())
    stuck = [name for name, sd in zip("xyzuvw", both.std(axis=0), strict=True) if sd == 0.0]
    off = abs(size - STANDARD_GRAVITY_MPS2)
    return [
        Finding("at rest", spread < REST_SPREAD_MAX_MPS2, f"spread {spread:.3f} m/s2"),
        Finding("gravity", off < GRAVITY_OFF_MAX_MPS2, f"{size:.3f} m/s2"),
        Finding("no axis is stuck", not stuck, f"stuck: {', '.join(stuck) or 'none'}"),
    ]


def _rate(ratio: float | None, nominal_hz: float) -> Finding:
    if ratio is None:
        return Finding("sampling rate", passed=False, detail="the clock was never tied")
    detail = f"{nominal_hz * ratio:.2f} Hz, {100 * (ratio - 1):+.2f} % of nominal"
    return Finding("sampling rate", abs(ratio - 1.0) < RATE_OFF_MAX_RATIO, detail)


def _unbroken(blocks: list[ImuBlock], troubles: list[Trouble]) -> Finding:
    gaps = sum(bool(block.flags & BlockFlag.GAP_BEFORE) for block in blocks)
    kinds = sorted({trouble.kind.value for trouble in troubles})
    detail = f"{gaps} gaps; troubles: {', '.join(kinds) or 'none'}"
    return Finding("no samples missing", not gaps and not kinds, detail)


def _direct(spec: I2cSpec, host: HostTime, blocks: list[ImuBlock]) -> Finding:
    """Compare the output registers with what the memory gave, at rest."""
    access, bus = _access(spec, [])
    try:
        chip = chip_maker(spec.chip)(spec.chip, access, WEAR[Placement.UNKNOWN].settings, host)
        direct = chip.direct()[:3] * chip.setup.acc_mps2_per_lsb
    finally:
        bus.close()
    off = float(np.abs(direct - blocks[-1].acc_mps2.mean(axis=0)).max())
    return Finding("memory and registers", off < DIRECT_OFF_MAX_MPS2, f"apart {off:.3f} m/s2")


def _access(spec: I2cSpec, retries: list[BusError]) -> tuple[RegisterAccess, SmbusBus]:
    bus = SmbusBus(spec.bus_path)
    access = RegisterAccess(spec.address, retries.append)
    access.attach(bus)
    return access, bus
