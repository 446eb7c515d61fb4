"""A fault campaign: injects faults into a running source, one after the other, and keeps account.

The product's own driver and source run in simulated time, which passes only while somebody waits:
a second of a chip's life takes some milliseconds. With a folder the transfers go through the
kernel all the same: smbus2, ioctl, FUSE. What the source gives out is compared, sample for sample,
with what the model took.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np

from rascue.core.clock import NS_PER_S, seconds_between
from rascue.core.errors import SensorUnavailable
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement
from rascue.sensor.chip import HostTime, Trouble
from rascue.sensor.i2c_choose import WEAR, I2cSpec, i2c_source
from rascue.session.source_thread import READ_TIMEOUT_S, RETRY_AFTER_S
from rascue.testing.i2c.account import EXPECTED, Account
from rascue.testing.i2c.faults import DAMAGES, FaultKind, FaultyLine
from rascue.testing.i2c.fuse_bus import FuseBus, bus_opener
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import Motion
from rascue.testing.i2c.simulated_time import SimulatedTime
from rascue.testing.i2c.truth import Truth
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
BUS_NAME = "i2c-1"
PLACEMENT = Placement.LOWER_BACK
OTHER_IDENTITY = 0x5A
CALM_S = 0.6
"""Undisturbed operation before each fault."""

RECEIVED_WITHIN_BYTES, SENT_WITHIN_BYTES = 500, 8
"""What goes over the bus in some tenths of a second: damage hits whatever is on the way then, and
not the next fault."""

WATCHED_S = 6.0
"""How long after a fault recovery is waited for."""

LASTING_MIN_S, LASTING_MAX_S = 1.2, 2.5
"""A look at the chip's identity and a stall take up to this to be noticed."""

TIME_WRONG_S = 0.02
"""A sample given out with a time further off than this, and not flagged, is wrong."""

ANY_TIME_S = 1e3


class Campaign:
    """One chip under fire.

    Parameters
    ----------
    chip
        Name of the driver and its model.
    motion
        What the chip feels.
    speed
        True over nominal sampling rate.
    folder
        Where the bus is mounted, so that transfers go through the kernel; None for without.
    """

    def __init__(
        self, chip: str, motion: Motion, seed: int, speed: float = 1.0, folder: Path | None = None
    ) -> None:
        self.account = Account()
        self._time = SimulatedTime()
        self._rng = np.random.default_rng(seed)
        self._line = FaultyLine(self._time, seed)
        self._model = MODELS[chip](motion, self._time, speed, self._took)
        self._truth = Truth(self._model.scales)
        self._identity = self._find_identity(chip)
        wires = Wires({ADDRESS: self._model}, self._time.sleep, line=self._line)
        self._fuse = None if folder is None else FuseBus(folder, {BUS_NAME: wires})
        self._source = i2c_source(
            I2cSpec(chip, "modelled wires", ADDRESS),
            PLACEMENT,
            HostTime(self._time, self._time.sleep),
            open_bus=bus_opener(wires, self._fuse, BUS_NAME),
            on_trouble=self._note,
        )
        self._troubles: list[Trouble] = []
        self._kind = FaultKind.NO_ACKNOWLEDGE
        self._attempt = 0
        self._open = False
        self._good_ns = self._time.now_ns()

    def __enter__(self) -> Campaign:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._source.close()
        if self._fuse is not None:
            self._fuse.close()

    def run(self, kinds: list[FaultKind]) -> Account:
        """Inject these faults in order."""
        self._work_for(2 * CALM_S)
        for kind in kinds:
            self._one(kind)
        return self.account

    # --- one fault -----------------------------------------------------------------------------

    def _one(self, kind: FaultKind) -> None:
        self._troubles.clear()
        self._kind = kind
        self.account.injected[kind.value] += 1
        lasts_s = float(self._rng.uniform(LASTING_MIN_S, LASTING_MAX_S))
        ends_ns = self._inject(kind, lasts_s)
        began_ns = self._time.now_ns()
        while self._time.now_ns() < ends_ns:
            self._work_once()
        self._mend()
        self._await_recovery(EngineNs(max(ends_ns, began_ns)))
        self._work_for(float(self._rng.uniform(0.5, 1.0)) * CALM_S)
        seen = {trouble.kind for trouble in self._troubles}
        self.account.noticed[kind.value] += bool(seen & EXPECTED.get(kind, seen))

    def _inject(self, kind: FaultKind, lasts_s: float) -> int:
        """Begin a fault; return when it ends, engine ns."""
        now_ns = self._time.now_ns()
        if kind is FaultKind.NO_ACKNOWLEDGE:
            self._line.refuse(int(self._rng.integers(1, 6)))
            return now_ns
        if kind in DAMAGES:
            sent = kind is FaultKind.FLIP_SENT
            self._line.damage(kind, SENT_WITHIN_BYTES if sent else RECEIVED_WITHIN_BYTES)
            return now_ns
        if kind is FaultKind.OVERFLOW:
            self._time.sleep(3.0)
            return self._time.now_ns()
        if kind is FaultKind.BROWN_OUT:
            self._model.brown_out()
            return now_ns
        self._begin_lasting(kind, lasts_s)
        return now_ns + round(lasts_s * NS_PER_S)

    def _begin_lasting(self, kind: FaultKind, lasts_s: float) -> None:
        if kind is FaultKind.NO_ANSWER_AWHILE:
            self._line.silence(lasts_s)
        elif kind is FaultKind.STUCK_LINE:
            self._line.hold_low(lasts_s)
        elif kind is FaultKind.FROZEN:
            self._model.frozen = True
        elif kind is FaultKind.STOPPED:
            self._model.stopped = True
        else:
            self._model.registers[self._identity[0]] = OTHER_IDENTITY

    def _mend(self) -> None:
        self._model.frozen = self._model.stopped = False
        self._model.registers[self._identity[0]] = self._identity[1]

    def _await_recovery(self, ended_ns: EngineNs) -> None:
        self._good_ns = EngineNs(0)
        give_up_ns = ended_ns + round(WATCHED_S * NS_PER_S)
        while self._good_ns <= ended_ns and self._time.now_ns() < give_up_ns:
            self._work_once()
        if self._good_ns <= ended_ns:
            self.account.never_recovered += 1
        else:
            took_s = seconds_between(ended_ns, self._time.now_ns())
            self.account.recovery_s.append(took_s)

    # --- the source, run as the service runs it ------------------------------------------------

    def _work_for(self, seconds: float) -> None:
        end_ns = self._time.now_ns() + round(seconds * NS_PER_S)
        while self._time.now_ns() < end_ns:
            self._work_once()

    def _work_once(self) -> None:
        try:
            if not self._open:
                self._source.open()
                self._open, self._attempt = True, 0
            block = self._source.read(READ_TIMEOUT_S)
            if block is not None:
                self._compare(block)
        except SensorUnavailable:
            self._source.close()
            self._open = False
            self.account.lost += 1
            self._time.sleep(RETRY_AFTER_S[min(self._attempt, len(RETRY_AFTER_S) - 1)])
            self._attempt += 1

    def _note(self, _at_ns: EngineNs, trouble: Trouble) -> None:
        self._troubles.append(trouble)

    def _took(self, samples: tuple[np.ndarray, np.ndarray]) -> None:
        self._truth.take(samples)

    def _compare(self, block: ImuBlock) -> None:
        self.account.n_samples += block.n
        self._good_ns = block.last_ns
        given = np.hstack((block.acc_mps2, block.gyr_dps)).astype(np.float64)
        unlocked = block.flags & BlockFlag.TIME_UNLOCKED
        found = self._truth.compare(block.t_ns, given, ANY_TIME_S if unlocked else TIME_WRONG_S)
        altered = found.is_altered
        if not altered.any():
            return
        lsb = self._model.scales()
        limits = (WEAR[PLACEMENT].spikes.acc_mps2 / lsb[0], WEAR[PLACEMENT].spikes.gyr_dps / lsb[1])
        wrong = (found.outside > np.repeat(limits, 3) + 1.0).any(axis=1) | np.isinf(found.off).any(
            axis=1
        )
        self.account.altered[self._kind.value] += int(altered.sum())
        self.account.wrong[self._kind.value] += int(wrong.sum())
        worst = np.where(np.isinf(found.off), 0.0, found.off).max(axis=0)
        self.account.worst_mps2 = max(self.account.worst_mps2, float(worst[:3].max() * lsb[0]))
        self.account.worst_dps = max(self.account.worst_dps, float(worst[3:].max() * lsb[1]))

    def _find_identity(self, chip: str) -> tuple[int, int]:
        register = 0x0F if chip.startswith(("lsm", "ism")) else 0x75
        return register, self._model.registers[register]
