"""The ST family LSM6DSO, LSM6DSOX, ISM330DHCX as a register-level model."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import Clock
from rascue.testing.i2c.motion import GRAVITY_MPS2, Motion
from rascue.testing.i2c.register_chip import RegisterChip, Samples

FUNC_CFG_ACCESS, FIFO_CTRL3, FIFO_CTRL4, WHO_AM_I = 0x01, 0x09, 0x0A, 0x0F
CTRL1_XL, CTRL2_G, CTRL3_C, CTRL9_XL, CTRL10_C = 0x10, 0x11, 0x12, 0x18, 0x19
OUTX_L_G, FIFO_STATUS1, TIMESTAMP0, TIMESTAMP2 = 0x22, 0x3A, 0x40, 0x42
INTERNAL_FREQ_FINE, FIFO_TAG, FIFO_LAST = 0x63, 0x78, 0x7E

WORD_BYTES, CAPACITY_WORDS = 7, 512
GYRO_TAG, ACC_TAG, STAMP_TAG = 1, 2, 4
READ_ONLY = frozenset((WHO_AM_I, INTERNAL_FREQ_FINE))
ACC_MG_PER_LSB = (0.061, 0.488, 0.122, 0.244)
GYR_MDPS_PER_LSB = (8.75, 17.5, 35.0, 70.0)
TICK_HZ = 40_000
GYRO_START_S = 0.07
INVALID = 0x7FFE
"""What the gyroscope puts out while it starts."""


class Lsm6dsoxModel(RegisterChip):
    """One chip.

    Parameters
    ----------
    speed
        Also shown in INTERNAL_FREQ_FINE, as the maker would have measured it.
    identity
        WHO_AM_I: 0x6C, or 0x6B for ISM330DHCX.
    first_stamp
        What the stamp counter begins with, for trying its overflow.
    """

    def __init__(
        self,
        motion: Motion,
        clock: Clock,
        speed: float = 1.0,
        watch: Callable[[Samples], None] | None = None,
        *,
        identity: int = 0x6C,
        first_stamp: int = 0,
    ) -> None:
        self._identity = identity
        self._first_stamp = first_stamp
        self._words: deque[bytes] = deque()
        super().__init__(motion, clock, speed, watch)

    def _power_up(self) -> None:
        self.registers[WHO_AM_I] = self._identity
        self.registers[CTRL3_C] = 0x04
        self.registers[CTRL9_XL] = 0xE0
        self.registers[INTERNAL_FREQ_FINE] = round((self._speed - 1.0) / 0.0015) & 0xFF
        self._words.clear()
        self._slot = 0
        self._overrun = False
        self._stamp_origin_ns = float(self._clock.now_ns())

    # --- registers -----------------------------------------------------------------------------

    def _store(self, register: int, value: int) -> None:
        if register in READ_ONLY:
            return
        if register == CTRL3_C and value & 1:
            self._soft_reset()
            return
        before = self.registers[register]
        self.registers[register] = value
        if register in (CTRL1_XL, CTRL2_G):
            self._set_rate()
        elif register == FIFO_CTRL4 and value & 7 == 0:
            self._words.clear()
            self._overrun = False
        elif (register == CTRL10_C and value & ~before & 0x20) or (
            register == TIMESTAMP2 and value == 0xAA  # noqa: PLR2004 - the word that resets it
        ):
            self._stamp_origin_ns = float(self._clock.now_ns())

    def _soft_reset(self) -> None:
        refused = bool(self._words)
        self.brown_out()
        if refused:
            # Seen on real parts: with data in its memory the chip resets, but not in silence.
            raise OSError(errno.EREMOTEIO, "no acknowledge")

    def _set_rate(self) -> None:
        code = self.registers[CTRL1_XL] >> 4
        both = code and self.registers[CTRL2_G] >> 4 == code
        self._sample_every(2 ** (10 - code) / 6667 if both else None)

    def _fetch(self, register: int, count: int) -> bytes:
        if register == FIFO_TAG:
            return self._popped(count)
        if register <= FIFO_STATUS1 + 1 and register + count > FIFO_STATUS1:
            self._show_level()
        if register == TIMESTAMP0:
            stamp = self._stamp(float(self._asked_ns))
            self.registers[TIMESTAMP0 : TIMESTAMP0 + 4] = stamp.to_bytes(4, "little")
        return self._shown(register, count)

    def _show_level(self) -> None:
        level = len(self._words)
        self.registers[FIFO_STATUS1] = level & 0xFF
        self.registers[FIFO_STATUS1 + 1] = level >> 8 | (0x48 if self._overrun else 0)
        self._overrun = False

    def _popped(self, count: int) -> bytes:
        words = -(-count // WORD_BYTES)
        taken = [self._words.popleft() for _ in range(min(words, len(self._words)))]
        return b"".join(taken).ljust(count, b"\0")[:count]

    # --- samples -------------------------------------------------------------------------------

    def scales(self) -> tuple[float, float]:
        """Return m/s2 and deg/s per LSB at the present settings."""
        acc_mg = ACC_MG_PER_LSB[self.registers[CTRL1_XL] >> 2 & 3]
        gyr_mdps = GYR_MDPS_PER_LSB[self.registers[CTRL2_G] >> 2 & 3]
        return acc_mg * 1e-3 * GRAVITY_MPS2, gyr_mdps * 1e-3

    def _stamp(self, instant_ns: float) -> int:
        ticks = int(self._since_s(instant_ns, self._stamp_origin_ns) * TICK_HZ)
        return (self._first_stamp + ticks) % 2**32

    def _keep(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        newest = np.concatenate((raw[-1, 3:], raw[-1, :3])).astype("<i2").tobytes()
        self.registers[OUTX_L_G : OUTX_L_G + 12] = newest
        if self.registers[FIFO_CTRL4] & 7 == 0 or not self.registers[FIFO_CTRL3]:
            return
        first = max(0, len(t_ns) - CAPACITY_WORDS // 3 - 1)
        self._overrun = self._overrun or first > 0
        for instant_ns, row in islice(zip(t_ns, raw, strict=True), first, None):
            self._batch(float(instant_ns), row)

    def _batch(self, instant_ns: float, row: NDArray[np.int16]) -> None:
        self._slot = (self._slot + 1) % 4
        little = row.astype("<i2")
        gyro = little[3:]
        if self._since_s(instant_ns, self._origin_ns) < GYRO_START_S:
            gyro = np.full(3, INVALID, "<i2")
        self._push(GYRO_TAG, gyro.tobytes())
        self._push(ACC_TAG, little[:3].tobytes())
        if self.registers[FIFO_CTRL4] >> 6 == 1 and self.registers[CTRL10_C] & 0x20:
            self._push(STAMP_TAG, self._stamp(instant_ns).to_bytes(4, "little") + b"\0\0")

    def _push(self, tag: int, data: bytes) -> None:
        byte = tag << 3 | self._slot << 1
        byte |= byte.bit_count() & 1
        if len(self._words) == CAPACITY_WORDS:
            self._words.popleft()
            self._overrun = True
        self._words.append(bytes((byte,)) + data)
