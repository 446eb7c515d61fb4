"""The InvenSense ICM-42688-P as a register-level model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.testing.i2c.motion import GRAVITY_MPS2
from rascue.testing.i2c.packet_model import PacketModel

DEVICE_CONFIG, FIFO_CONFIG, SIGNAL_PATH_RESET, INTF_CONFIG0 = 0x11, 0x16, 0x4B, 0x4C
PWR_MGMT0, GYRO_CONFIG0, ACCEL_CONFIG0, FIFO_CONFIG1 = 0x4E, 0x4F, 0x50, 0x5F
WHO_AM_I = 0x75
IDENTITY, HEADER, STREAM, BOTH_ON, ACC_GYRO_STAMP = 0x47, 0x68, 0x40, 0x0F, 0x0B
RATES_HZ = {6: 1000.0, 7: 200.0, 8: 100.0, 9: 50.0, 10: 25.0, 15: 500.0}
TICK_HZ = 30e6 / 32


class Icm42688Model(PacketModel):
    """One chip."""

    capacity_bytes = 2048
    count_register, data_register = 0x2E, 0x30
    output_register, status_register, overflow_bit = 0x1F, 0x2D, 0x02

    def _power_up(self) -> None:
        self.registers[WHO_AM_I] = IDENTITY
        self.registers[INTF_CONFIG0] = 0x30
        self.registers[GYRO_CONFIG0] = self.registers[ACCEL_CONFIG0] = 0x06
        self._stamp_origin_ns = float(self._clock.now_ns())
        self._empty()

    def _store(self, register: int, value: int) -> None:
        if register == WHO_AM_I:
            return
        if register == DEVICE_CONFIG and value & 1:
            self.brown_out()
            return
        if register == SIGNAL_PATH_RESET and value & 2:
            self._empty()
            value &= ~2
        self.registers[register] = value
        if register in (PWR_MGMT0, GYRO_CONFIG0, ACCEL_CONFIG0):
            self._set_rate()
        elif register == FIFO_CONFIG and not value & 0xC0:
            self._empty()

    def _set_rate(self) -> None:
        rate_hz = RATES_HZ.get(self.registers[ACCEL_CONFIG0] & 0x0F)
        on = self.registers[PWR_MGMT0] & 0x0F == BOTH_ON
        self._sample_every(1.0 / rate_hz if on and rate_hz else None)

    def scales(self) -> tuple[float, float]:
        """Return m/s2 and deg/s per LSB at the present settings."""
        acc_g = 16 >> (self.registers[ACCEL_CONFIG0] >> 5)
        gyr_dps = 2000 >> (self.registers[GYRO_CONFIG0] >> 5)
        return acc_g * GRAVITY_MPS2 / 32768, gyr_dps / 32768

    def _is_filling(self) -> bool:
        streaming = self.registers[FIFO_CONFIG] & 0xC0 == STREAM
        return streaming and self.registers[FIFO_CONFIG1] & 0x0F == ACC_GYRO_STAMP

    def _packets(self, t_ns: NDArray[np.int64], raw: NDArray[np.int16]) -> bytes:
        made = np.zeros((len(raw), 16), np.uint8)
        made[:, 0] = HEADER
        made[:, 1:13] = self._outputs(raw)
        since_s = (t_ns - self._stamp_origin_ns) / NS_PER_S * self._speed
        ticks = (since_s * TICK_HZ).astype(np.int64) % 2**16
        made[:, 14], made[:, 15] = ticks >> 8, ticks & 0xFF
        return made.tobytes()

    def _outputs(self, raw: NDArray[np.int16]) -> NDArray[np.uint8]:
        # -32768 marks an invalid value, so the chip never states it for a valid one.
        return np.maximum(raw, -32767).astype(">i2").view(np.uint8)
