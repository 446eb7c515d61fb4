"""A fault campaign: injects faults into a running source, one after the other, and keeps account.

Runs in simulated time with the product's own driver and source; what the source gives out is
compared, sample for sample, with what the model took.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np

from rascue.core.clock import NS_PER_S, seconds_between
from rascue.core.errors import SensorUnavailable
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement
from rascue.sensor.chip import HostTime, Trouble, TroubleKind
from rascue.sensor.i2c_choose import WEAR, I2cSpec, i2c_source
from rascue.session.source_thread import READ_TIMEOUT_S, RETRY_AFTER_S
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.faults import FaultKind, FaultyLine
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import Motion
from rascue.testing.i2c.register_chip import Samples
from rascue.testing.i2c.simulated_time import SimulatedTime
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
OTHER_IDENTITY = 0x5A
CALM_S = 1.0
"""Undisturbed operation before each fault."""

FLIP_WITHIN_BYTES = {FaultKind.FLIP_RECEIVED: 500, FaultKind.FLIP_SENT: 20}
"""What goes over the bus in some tenths of a second: a flip hits whatever is on the way then."""

WATCHED_S = 6.0
"""How long after a fault recovery is waited for."""

LASTING_MIN_S, LASTING_MAX_S = 1.2, 2.5
"""A look at the chip's identity and a stall take up to this to be noticed."""

TRUTH_KEPT = 4096
TIME_WRONG_S = 0.02
"""A sample given out with a time further off than this, and not flagged, is wrong."""

EXPECTED: dict[FaultKind, frozenset[TroubleKind]] = {
    FaultKind.NO_ACKNOWLEDGE: frozenset({TroubleKind.NO_ANSWER}),
    FaultKind.NO_ANSWER_AWHILE: frozenset({TroubleKind.NO_ANSWER}),
    FaultKind.STUCK_LINE: frozenset({TroubleKind.TIMED_OUT}),
    FaultKind.OVERFLOW: frozenset({TroubleKind.OVERFLOW}),
    FaultKind.BROWN_OUT: frozenset(
        {TroubleKind.STALLED, TroubleKind.RESTARTED, TroubleKind.DAMAGED}
    ),
    FaultKind.FROZEN: frozenset({TroubleKind.FROZEN}),
    FaultKind.STOPPED: frozenset({TroubleKind.STALLED}),
    FaultKind.SWAPPED: frozenset({TroubleKind.WRONG_CHIP}),
}
"""How each fault must stand in the log; a single flipped bit may do nothing at all."""


@dataclass(slots=True)
class Account:
    """What became of the faults.

    Parameters
    ----------
    injected
        Faults by kind.
    unlogged
        Faults that must be noticed and are not in the log under their kind.
    recovery_s
        From the end of each fault to the next good sample.
    n_wrong
        Samples given out without a flag whose value or time is wrong beyond what is stated.
    worst_mps2, worst_dps
        Largest deviation from the truth of a sample given out.
    never_recovered
        Faults after which no sample came any more.
    """

    injected: Counter[FaultKind] = field(default_factory=Counter)
    unlogged: Counter[FaultKind] = field(default_factory=Counter)
    noticed_flips: int = 0
    recovery_s: list[float] = field(default_factory=list)
    n_samples: int = 0
    n_wrong: int = 0
    worst_mps2: float = 0.0
    worst_dps: float = 0.0
    never_recovered: int = 0
    lost: int = 0


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
    """

    def __init__(self, chip: str, motion: Motion, seed: int, speed: float = 1.0) -> None:
        self.account = Account()
        self._time = SimulatedTime()
        self._rng = np.random.default_rng(seed)
        self._line = FaultyLine(self._time, seed)
        self._model = MODELS[chip](motion, self._time, speed, self._took)
        self._identity = self._find_identity(chip)
        wires = Wires({ADDRESS: self._model}, self._time.sleep, line=self._line)
        self._source = i2c_source(
            I2cSpec(chip, "modelled wires", ADDRESS),
            Placement.LOWER_BACK,
            HostTime(self._time, self._time.sleep),
            open_bus=lambda: DirectBus(wires),
            on_trouble=self._note,
        )
        self._truth_ns: deque[int] = deque(maxlen=TRUTH_KEPT)
        self._truth: deque[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = deque(
            maxlen=TRUTH_KEPT
        )
        self._troubles: list[Trouble] = []
        self._attempt = 0
        self._open = False
        self._good_ns = self._time.now_ns()

    def run(self, kinds: list[FaultKind]) -> Account:
        """Inject these faults in order."""
        self._work_for(2 * CALM_S)
        for kind in kinds:
            self._one(kind)
        return self.account

    # --- one fault -----------------------------------------------------------------------------

    def _one(self, kind: FaultKind) -> None:
        self._troubles.clear()
        self.account.injected[kind] += 1
        lasts_s = float(self._rng.uniform(LASTING_MIN_S, LASTING_MAX_S))
        ends_ns = self._inject(kind, lasts_s)
        began_ns = self._time.now_ns()
        while self._time.now_ns() < ends_ns:
            self._work_once()
        self._mend()
        self._await_recovery(EngineNs(max(ends_ns, began_ns)))
        self._work_for(float(self._rng.uniform(0.5, 1.0)) * CALM_S)
        self._judge(kind)

    def _inject(self, kind: FaultKind, lasts_s: float) -> int:
        """Begin a fault; return when it ends, engine ns."""
        now_ns = self._time.now_ns()
        if kind is FaultKind.NO_ACKNOWLEDGE:
            self._line.refuse(int(self._rng.integers(1, 6)))
            return now_ns
        if kind in (FaultKind.FLIP_RECEIVED, FaultKind.FLIP_SENT):
            self._line.flip(kind, FLIP_WITHIN_BYTES[kind])
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

    def _judge(self, kind: FaultKind) -> None:
        seen = {trouble.kind for trouble in self._troubles}
        if kind in EXPECTED:
            self.account.unlogged[kind] += not (seen & EXPECTED[kind])
        else:
            self.account.noticed_flips += bool(seen)

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

    def _took(self, samples: Samples) -> None:
        t_ns, raw = samples
        wear = self._model.scales()
        self._truth_ns.extend(t_ns.tolist())
        self._truth.extend(raw * np.repeat(wear, 3))

    def _compare(self, block: ImuBlock) -> None:
        self.account.n_samples += block.n
        self._good_ns = block.last_ns
        given = np.hstack((block.acc_mps2, block.gyr_dps)).astype(np.float64)
        checked_time = not block.flags & BlockFlag.TIME_UNLOCKED
        for t_ns, row in zip(block.t_ns.tolist(), given, strict=True):
            self._compare_one(t_ns, row, checked_time=checked_time)

    def _compare_one(
        self,
        t_ns: int,
        row: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
        *,
        checked_time: bool,
    ) -> None:
        """Look for the sample among those that were taken near that time."""
        reach_ns = TIME_WRONG_S * NS_PER_S
        near = bisect_left(self._truth_ns, t_ns)
        best = None
        for index in range(max(0, near - 4), min(len(self._truth_ns), near + 4)):
            off_ns = abs(self._truth_ns[index] - t_ns)
            apart = np.abs(self._truth[index] - row)
            if (best is None or apart.sum() < best.sum()) and (
                off_ns < reach_ns or not checked_time
            ):
                best = apart
        if best is None:
            self.account.n_wrong += 1
            return
        self.account.worst_mps2 = max(self.account.worst_mps2, float(best[:3].max()))
        self.account.worst_dps = max(self.account.worst_dps, float(best[3:].max()))
        spikes = WEAR[Placement.LOWER_BACK].spikes
        wrong = best[:3].max() > spikes.acc_mps2 or best[3:].max() > spikes.gyr_dps
        self.account.n_wrong += bool(wrong)

    def _find_identity(self, chip: str) -> tuple[int, int]:
        register = 0x0F if chip.startswith(("lsm", "ism")) else 0x75
        return register, self._model.registers[register]
