"""The InvenSense family MPU-6000 to 9255 as a register-level model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import Clock
from rascue.testing.i2c.motion import GRAVITY_MPS2, Motion
from rascue.testing.i2c.packet_model import PacketModel
from rascue.testing.i2c.register_chip import Samples

SMPLRT_DIV, CONFIG, GYRO_CONFIG, ACCEL_CONFIG, FIFO_EN = 0x19, 0x1A, 0x1B, 0x1C, 0x23
USER_CTRL, PWR_MGMT_1, WHO_AM_I = 0x6A, 0x6B, 0x75
RESET_BIT, SLEEP_BIT, FIFO_RESET_BIT, FIFO_ON_BIT = 0x80, 0x40, 0x04, 0x40
ALL_SENSORS = 0xF8
DELAY_S = 0.0049
TEMPERATURE = -3920
"""25 degrees by the formula of the 6050: raw / 340 + 36.53."""


class Mpu60x0Model(PacketModel):
    """One chip.

    Parameters
    ----------
    identity
        WHO_AM_I; clones show others.
    capacity_bytes
        1024 for a 6050, 512 for its successors.
    """

    count_register, data_register = 0x72, 0x74
    output_register, status_register, overflow_bit = 0x3B, 0x3A, 0x10

    def __init__(
        self,
        motion: Motion,
        clock: Clock,
        speed: float = 1.0,
        watch: Callable[[Samples], None] | None = None,
        *,
        identity: int = 0x68,
        capacity_bytes: int = 1024,
    ) -> None:
        self._identity = identity
        self.capacity_bytes = capacity_bytes
        super().__init__(motion, clock, speed, watch)
        self.delay_s = DELAY_S

    def _power_up(self) -> None:
        self.registers[WHO_AM_I] = self._identity
        self.registers[PWR_MGMT_1] = SLEEP_BIT
        self._empty()

    def _store(self, register: int, value: int) -> None:
        if register == WHO_AM_I:
            return
        if register == PWR_MGMT_1 and value & RESET_BIT:
            self.brown_out()
            return
        if register == USER_CTRL and value & FIFO_RESET_BIT:
            self._empty()
            value &= ~FIFO_RESET_BIT
        self.registers[register] = value
        if register in (SMPLRT_DIV, PWR_MGMT_1, CONFIG):
            asleep = self.registers[PWR_MGMT_1] & SLEEP_BIT
            self._sample_every(None if asleep else (1 + self.registers[SMPLRT_DIV]) / 1000.0)

    def scales(self) -> tuple[float, float]:
        """Return m/s2 and deg/s per LSB at the present settings."""
        acc_lsb_per_g = 16384 >> (self.registers[ACCEL_CONFIG] >> 3 & 3)
        gyr_lsb_per_dps = (131.0, 65.5, 32.8, 16.4)[self.registers[GYRO_CONFIG] >> 3 & 3]
        return GRAVITY_MPS2 / acc_lsb_per_g, 1.0 / gyr_lsb_per_dps

    def _is_filling(self) -> bool:
        on = self.registers[USER_CTRL] & FIFO_ON_BIT
        return bool(on) and self.registers[FIFO_EN] == ALL_SENSORS

    def _packets(self, _t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> bytes:
        return self._outputs(raw).tobytes()

    def _outputs(self, raw: NDArray[np.int16]) -> NDArray[np.uint8]:
        words = np.full((len(raw), 7), TEMPERATURE, ">i2")
        words[:, :3], words[:, 4:] = raw[:, :3], raw[:, 3:]
        return words.view(np.uint8)
