"""`python -m rascue.testing.i2c.campaign_run`: a long fault campaign in parts, and its result.

Each part is a process of its own with one chip and its own seed. A part that is done stands as one
line in a file; called again, the campaign goes on with the parts that are missing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rascue import __version__
from rascue.testing.i2c.account import Account
from rascue.testing.i2c.campaign import Campaign
from rascue.testing.i2c.faults import FaultKind
from rascue.testing.i2c.fuse_bus import is_fuse_usable
from rascue.testing.i2c.motion import EndlessWalk
from rascue.testing.i2c.simulated_time import START_NS
from rascue.testing.i2c.walks import walk

FAULTS_PER_PART = 250
CHIPS = ("lsm6dsox", "mpu6050", "icm42688", "ism330dhcx", "mpu9250")
OSCILLATOR_OFF_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """One chip, one seed, some hundred faults."""

    index: int
    n_faults: int
    through_kernel: bool

    @property
    def chip(self) -> str:
        """The chips take turns."""
        return CHIPS[self.index % len(CHIPS)]


def run_part(part: Part) -> Account:
    """Inject faults of all kinds in a random order into a chip on a walking person."""
    rng = np.random.default_rng(part.index)
    kinds = [list(FaultKind)[index] for index in rng.integers(len(FaultKind), size=part.n_faults)]
    speed = 1.0 + rng.uniform(-OSCILLATOR_OFF_MAX, OSCILLATOR_OFF_MAX)
    motion = EndlessWalk(walk(), START_NS)
    with tempfile.TemporaryDirectory(prefix="rascue-") as scratch:
        folder = Path(scratch) / "bus" if part.through_kernel else None
        with Campaign(part.chip, motion, part.index, speed, folder) as campaign:
            return campaign.run(kinds)


def summary(accounts: dict[Part, Account]) -> dict[str, Any]:
    """Return the figures of all parts together, and of each kind of fault."""
    whole = Account()
    for account in accounts.values():
        whole.add(account)
    kernel = sum(part.n_faults for part in accounts if part.through_kernel)
    by_kind = {
        kind.value: {
            name: getattr(whole, name)[kind.value]
            for name in ("injected", "noticed", "altered", "wrong")
        }
        for kind in FaultKind
    }
    chips = Counter(part.chip for part in accounts for _ in range(part.n_faults))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "version": __version__,
        "through_kernel": kernel,
        "chips": dict(sorted(chips.items())),
        **whole.figures(),
        "by_kind": by_kind,
    }


def main(argv: list[str] | None = None) -> int:
    """Run the parts that are missing; write and print the result."""
    args = _parser().parse_args(argv)
    n_parts = -(-args.faults // FAULTS_PER_PART)
    parts = [Part(index, FAULTS_PER_PART, is_fuse_usable()) for index in range(n_parts)]
    args.parts.parent.mkdir(parents=True, exist_ok=True)
    done = {index: one for index, one in _done(args.parts) if index < n_parts}
    missing = [part for part in parts if part.index not in done]
    with multiprocessing.get_context("spawn").Pool(args.processes, maxtasksperchild=1) as pool:
        for part, account in pool.imap_unordered(_with_part, missing):
            done[part.index] = (part, account)
            with args.parts.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"part": asdict(part), "account": account.to_dict()}) + "\n")
    result = json.dumps(summary(dict(done.values())), indent=1)
    print(result)  # noqa: T201
    if args.out is not None:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(result + "\n", "utf-8")
    return 0


def _with_part(part: Part) -> tuple[Part, Account]:
    return part, run_part(part)


def _done(path: Path) -> Iterator[tuple[int, tuple[Part, Account]]]:
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        read = json.loads(line)
        part = Part(**read["part"])
        yield part.index, (part, Account.from_dict(read["account"]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rascue.testing.i2c.campaign_run", description=__doc__
    )
    parser.add_argument("--faults", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--parts", type=Path, required=True, help="file of the parts that are done")
    parser.add_argument("--out", type=Path, help="where to write the result (JSON)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
