"""A chip on an I2C bus as a source of blocks: reads its memory, keeps time, gets over troubles.

Recovery, in this order (EMBEDDED section 2):

1. A failed transfer is repeated at once (``RegisterAccess``).
2. If it fails again, or what comes is impossible, the chip is looked at after a wait; if it still
   has identity and settings, nothing is lost: its memory went on filling meanwhile.
3. If not, it is set up anew. Its clock begins anew too, and the next block is marked as a gap.
4. Without a sample for ``LOST_AFTER_S`` the sensor is lost; whoever runs the source opens it again.

Runs in the source thread, which also owns the bus.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S, after, seconds_between
from rascue.core.errors import SensorUnavailable, UnavailableReason
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement, SourceInfo
from rascue.sensor.bus import BusError, BusErrorKind, I2cBus
from rascue.sensor.chip import (
    ChipError,
    ChipSetup,
    Drained,
    HostTime,
    Trouble,
    TroubleKind,
)
from rascue.sensor.chip_place import ChipPlace, SpikeLimits
from rascue.sensor.registers import RegisterAccess, SettingLostError
from rascue.sensor.sample_guard import Passed, SampleGuard
from rascue.sensor.sample_times import SampleClock, is_age_possible

LOOK_EVERY_S = 0.04
"""Time between two readings of the chip's memory, s. Source: ARCHITECTURE 3, "FIFO batch"."""

LOOK_UNTIL_TIED_S, LOOK_AT_FIRST_S = 0.009, 0.002
"""The same until the chip's clock is tied, and before anything is known of it: each look tells more
about when the chip samples, and nothing is given out before the first line."""

DITHER = (5**0.5 - 1) / 2
"""Golden ratio: readings fall evenly on all phases of the chip's sampling, never in step."""

RETRY_AFTER_S = (0.1, 0.5)
"""Waits before the chip is looked at again. Source: EMBEDDED section 2."""

LOST_AFTER_S = 0.8
"""Without a sample for so long the sensor is lost: the engine is to know within 1 s."""

STALLED_AFTER_S = 0.3
"""A chip that answers and gives no sample for so long is set up anew; default, not evidence."""

SURE_S = 0.001
"""A sample that is due for so long is in the chip's memory: five times what sample times may be
off (``LOCK_SD_S``)."""

VERIFY_EVERY_S = 1.0
"""How often identity and settings are read again; default, not evidence."""

REACH_S = 2.0
"""No chip's memory reaches further back than this, s: 512 words at 104 Hz are 1.6 s."""

GAP_SAMPLES = 1.5
RAIL = 32767
"""Largest number a chip can give."""

_TROUBLE_OF_BUS = {
    BusErrorKind.NO_ANSWER: TroubleKind.NO_ANSWER,
    BusErrorKind.TIMED_OUT: TroubleKind.TIMED_OUT,
    BusErrorKind.FAILED: TroubleKind.TRANSFER_FAILED,
    BusErrorKind.GONE: TroubleKind.BUS_GONE,
}

_REASONS = {
    TroubleKind.BUS_GONE: UnavailableReason.NOT_FOUND,
    TroubleKind.WRONG_CHIP: UnavailableReason.WRONG_DEVICE,
}
"""What a person should look at; for all other troubles it is the wiring."""

TroubleLog = Callable[[EngineNs, Trouble], None]


class I2cSource:
    """One chip, as ``ImuSource``.

    Parameters
    ----------
    placement
        Where it is worn; also its name in the session.
    spikes
        What is still movement there.
    on_trouble
        Told of every trouble, also of those that were got over; None writes to the log.
    """

    def __init__(
        self,
        place: ChipPlace,
        placement: Placement,
        host: HostTime,
        spikes: SpikeLimits,
        on_trouble: TroubleLog | None = None,
    ) -> None:
        self._place = place
        self._host = host
        self._on_trouble = on_trouble or self._log_trouble
        self._access = RegisterAccess(place.address, self._note_retry)
        self._chip = place.chip(self._access)
        setup = self._chip.setup
        self._info = _info_of(setup, placement, place.name)
        self._clock = SampleClock(setup)
        limits = (spikes.acc_mps2 / setup.acc_mps2_per_lsb, spikes.gyr_dps / setup.gyr_dps_per_lsb)
        self._guard = SampleGuard(np.repeat(limits, 3))
        self._bus: I2cBus | None = None
        self._ready: deque[ImuBlock] = deque()
        self._seq = 0
        self._look_count = 0
        self._gap = False
        self._last_count: int | None = None
        self._retry_ns: EngineNs | None = None
        self._failures = 0
        self._restart_needed = False
        self._last_sample_ns = self._last_good_ns = self._verified_ns = EngineNs(0)
        self._next_look_ns = EngineNs(0)

    @property
    def info(self) -> SourceInfo:
        """Rate and ranges as the chip is set up; the description is the name of the place."""
        return self._info

    @property
    def rate_ratio(self) -> float | None:
        """Measured over nominal sampling rate; None until the clock is tied."""
        return self._clock.rate_ratio

    def open(self) -> None:
        """Find the chip, set it up and begin to deliver.

        Raises
        ------
        SensorUnavailable
            When bus or chip cannot be used.
        """
        self.close()
        self._take_turn()
        self._bus = self._place.open_bus()
        self._access.attach(self._bus)
        self._ready.clear()
        self._retry_ns = None
        self._failures = 0
        try:
            self._start()
        except (BusError, ChipError, SettingLostError) as error:
            raise self._unavailable(self._noted(error)) from None

    def read(self, timeout_s: float) -> ImuBlock | None:
        """Return the next block, or None when none came within ``timeout_s``.

        Raises
        ------
        SensorUnavailable
            When no sample could be had for ``LOST_AFTER_S``.
        """
        if not self._ready:
            wait_s = seconds_between(self._host.clock.now_ns(), self._next_look_ns)
            if wait_s > 0:
                self._host.sleep(min(wait_s, timeout_s))
            if wait_s > timeout_s:
                return None
            self._look()
        return self._ready.popleft() if self._ready else None

    def close(self) -> None:
        """Release the bus; harmless when called twice."""
        if self._bus is not None:
            self._bus.close()
            self._bus = None
            self._access.attach(None)
        if self._place.turn is not None:
            self._place.turn.offer()

    def _take_turn(self) -> None:
        if self._place.turn is not None:
            self._place.turn.take()

    # --- one look ------------------------------------------------------------------------------

    def _look(self) -> None:
        now_ns = self._host.clock.now_ns()
        self._plan_next_look(now_ns)
        self._take_turn()
        if self._retry_ns is not None and now_ns < self._retry_ns:
            return
        try:
            if self._retry_ns is not None:
                self._recover()
            surely_ns = after(now_ns, -SURE_S)
            self._take(self._chip.drain(self._clock.shown_at(surely_ns)))
            self._look_closer(now_ns)
        except (BusError, ChipError, SettingLostError) as error:
            self._fail(self._noted(error))

    def _plan_next_look(self, now_ns: EngineNs) -> None:
        self._look_count += 1
        setup = self._chip.setup
        dither = (self._look_count * DITHER) % 1.0
        wait_s = LOOK_EVERY_S if self._clock.is_locked else LOOK_UNTIL_TIED_S
        expected = self._clock.sample_after(after(now_ns, wait_s))
        if expected is None:
            self._next_look_ns = after(now_ns, LOOK_AT_FIRST_S + dither / setup.rate_hz)
            return
        sample_ns, sd_s = expected
        from_s, to_s = setup.look_from_s - sd_s, setup.look_to_s + sd_s
        self._next_look_ns = after(sample_ns, from_s + dither * (to_s - from_s))

    def _take(self, drained: Drained) -> None:
        passed = self._guard.take(drained.counts, drained.raw)
        for trouble in (*drained.troubles, *passed.troubles):
            self._note(trouble)
        self._clock.take(drained.pairs)
        if any(trouble.kind is TroubleKind.FROZEN for trouble in passed.troubles):
            raise ChipError(TroubleKind.FROZEN, "setting it up anew")
        if len(drained.counts):
            self._last_sample_ns = self._host.clock.now_ns()
        for part in _unbroken(passed, self._chip.setup.counts_per_sample):
            self._deliver(part)

    def _look_closer(self, now_ns: EngineNs) -> None:
        """Raise when the chip gives no samples or, looked at now and then, is not as it was."""
        if seconds_between(self._last_sample_ns, now_ns) > STALLED_AFTER_S:
            raise ChipError(TroubleKind.STALLED, f"none for {STALLED_AFTER_S:g} s")
        if seconds_between(self._verified_ns, now_ns) > VERIFY_EVERY_S:
            self._chip.verify()
            self._verified_ns = now_ns
            if self._place.turn is not None:
                self._place.turn.offer()  # until the next look

    # --- troubles ------------------------------------------------------------------------------

    def _start(self) -> None:
        self._chip.start()
        self._clock.restart()
        self._guard.restart()
        self._last_count = None
        self._gap = self._seq > 0
        now_ns = self._host.clock.now_ns()
        self._last_sample_ns = self._verified_ns = now_ns
        self._next_look_ns = after(now_ns, LOOK_EVERY_S)
        self._last_good_ns = now_ns
        self._restart_needed = False

    def _recover(self) -> None:
        """Look whether the chip still is what it was; set it up anew if not."""
        if not self._restart_needed:
            try:
                self._chip.verify()
            except (ChipError, SettingLostError) as error:
                self._noted(error)
                self._restart_needed = True
        if self._restart_needed:
            good_ns = self._last_good_ns
            self._start()
            self._last_good_ns = good_ns
        self._retry_ns = None

    def _fail(self, trouble: Trouble) -> None:
        now_ns = self._host.clock.now_ns()
        left_s = LOST_AFTER_S - seconds_between(self._last_good_ns, now_ns)
        if left_s <= 0:
            raise self._unavailable(trouble)
        on_bus = trouble.kind in set(_TROUBLE_OF_BUS.values())
        self._restart_needed = self._restart_needed or not on_bus
        wait_s = RETRY_AFTER_S[min(self._failures, len(RETRY_AFTER_S) - 1)]
        self._failures += 1
        self._retry_ns = after(now_ns, min(wait_s, left_s))
        self._next_look_ns = self._retry_ns

    def _unavailable(self, trouble: Trouble) -> SensorUnavailable:
        reason = _REASONS.get(trouble.kind, UnavailableReason.NO_ACK)
        detail = f"{trouble.kind}: {trouble.detail}" if trouble.detail else trouble.kind
        return SensorUnavailable(self._place.name, reason, detail)

    def _noted(self, error: Exception) -> Trouble:
        trouble = _trouble_of(error)
        self._note(trouble)
        return trouble

    def _note_retry(self, error: BusError) -> None:
        self._note(_trouble_of(error))

    def _note(self, trouble: Trouble) -> None:
        self._on_trouble(self._host.clock.now_ns(), trouble)

    def _log_trouble(self, at_ns: EngineNs, trouble: Trouble) -> None:
        logging.getLogger(__name__).warning(
            "%s at_s=%.3f kind=%s %s",
            self._place.name,
            at_ns / NS_PER_S,
            trouble.kind,
            trouble.detail,
        )

    # --- blocks --------------------------------------------------------------------------------

    def _deliver(self, part: Passed) -> None:
        times = self._clock.assign(part.counts)
        now_ns = self._host.clock.now_ns()
        possible = times is not None and is_age_possible(int(times.t_ns[-1]), now_ns, REACH_S)
        if times is None or not (possible or times.locked):
            self._gap = self._gap or self._seq > 0
            return
        if not possible:
            raise ChipError(TroubleKind.CLOCK, "sample times do not fit the engine's")
        flags = BlockFlag.NONE if times.locked else BlockFlag.TIME_UNLOCKED
        if part.raw.max() >= RAIL or part.raw.min() <= -RAIL:
            flags |= BlockFlag.SATURATED
        if self._gap or self._is_after_gap(int(part.counts[0])):
            flags |= BlockFlag.GAP_BEFORE
        self._queue(part, times.t_ns, flags, times.sd_s)
        self._gap = False
        self._last_count = int(part.counts[-1])
        self._last_good_ns = now_ns
        self._failures = 0

    def _is_after_gap(self, count: int) -> bool:
        if self._last_count is None:
            return False
        return count - self._last_count > GAP_SAMPLES * self._chip.setup.counts_per_sample

    def _queue(
        self, part: Passed, t_ns: NDArray[np.int64], flags: BlockFlag, time_sd_s: float
    ) -> None:
        setup = self._chip.setup
        acc = part.raw[:, :3] * np.float32(setup.acc_mps2_per_lsb)
        gyr = part.raw[:, 3:] * np.float32(setup.gyr_dps_per_lsb)
        self._ready.append(
            ImuBlock(
                self._info.source_id,
                self._seq,
                t_ns,
                acc,
                gyr,
                flags=flags,
                time_sd_s=time_sd_s,
            )
        )
        self._seq += 1


def _info_of(setup: ChipSetup, placement: Placement, name: str) -> SourceInfo:
    return SourceInfo(
        source_id=placement.value,
        placement=placement,
        rate_hz=setup.rate_hz,
        has_gyro=True,
        acc_range_mps2=RAIL * setup.acc_mps2_per_lsb,
        gyr_range_dps=RAIL * setup.gyr_dps_per_lsb,
        description=name,
    )


def _unbroken(passed: Passed, counts_per_sample: float) -> Iterator[Passed]:
    """Yield the samples in parts without a gap inside."""
    if not len(passed.counts):
        return
    if passed.counts[-1] - passed.counts[0] < (len(passed.counts) - 0.5) * counts_per_sample:
        yield passed
        return
    cuts = np.flatnonzero(np.diff(passed.counts) > GAP_SAMPLES * counts_per_sample) + 1
    for start, stop in pairwise([0, *cuts.tolist(), len(passed.counts)]):
        yield Passed(passed.counts[start:stop], passed.raw[start:stop])


def _trouble_of(error: Exception) -> Trouble:
    if isinstance(error, BusError):
        return Trouble(_TROUBLE_OF_BUS[error.kind], str(error))
    if isinstance(error, ChipError):
        return error.trouble
    return Trouble(TroubleKind.RESTARTED, str(error))
