"""Driver of the InvenSense ICM-42688-P.

Register numbers, fields and factors: InvenSense DS-000347, "User bank 0 register map" and section
6, "FIFO". Checked against a second source: the Linux driver ``inv_icm42600`` (packet of two
sensors, header bits, -32768 as invalid) and EMBEDDED 3.3 (tick of 32/30 us). Not checked on a chip.

Each packet tells when it was sampled, but in 16 bits that overflow every 70 ms: enough to notice a
lost packet, too little to keep time by. Sample times come from the number of samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.chip import (
    STANDARD_GRAVITY_MPS2,
    ChipError,
    ChipSettings,
    ChipSetup,
    HostTime,
    TroubleKind,
)
from rascue.sensor.packet_chip import (
    LOOK_FROM_S,
    LOOK_TO_S,
    PAIR_SD_SAMPLES,
    PacketChip,
    big_endian,
)
from rascue.sensor.registers import Field, Register, RegisterAccess, Setting

DEVICE_CONFIG = Register(0x11, "DEVICE_CONFIG")
FIFO_CONFIG = Register(0x16, "FIFO_CONFIG")
ACCEL_DATA_X1 = Register(0x1F, "ACCEL_DATA_X1")
INT_STATUS = Register(0x2D, "INT_STATUS")
FIFO_DATA = Register(0x30, "FIFO_DATA")
SIGNAL_PATH_RESET = Register(0x4B, "SIGNAL_PATH_RESET")
INTF_CONFIG0 = Register(0x4C, "INTF_CONFIG0", kept_bits=0xF0)
PWR_MGMT0 = Register(0x4E, "PWR_MGMT0")
GYRO_CONFIG0 = Register(0x4F, "GYRO_CONFIG0")
ACCEL_CONFIG0 = Register(0x50, "ACCEL_CONFIG0")
TMST_CONFIG = Register(0x54, "TMST_CONFIG")
FIFO_CONFIG1 = Register(0x5F, "FIFO_CONFIG1")
WHO_AM_I = Register(0x75, "WHO_AM_I")
REG_BANK_SEL = Register(0x76, "REG_BANK_SEL")

SOFT_RESET, FLUSH, FIFO_FULL = Field(DEVICE_CONFIG, 0), Field(SIGNAL_PATH_RESET, 1), 0x02
FS_GYRO, ODR_GYRO = Field(GYRO_CONFIG0, 5, 3), Field(GYRO_CONFIG0, 0, 4)
FS_ACC, ODR_ACC = Field(ACCEL_CONFIG0, 5, 3), Field(ACCEL_CONFIG0, 0, 4)

IDENTITY = 0x47
STREAM, BOTH_LOW_NOISE = 0x40, 0x0F
BYTES_BIG_ENDIAN = 0x30
STAMPS_ON = 0x21
ACC_GYRO_STAMP = 0x0B
RATE_CODES = ((50.0, 9), (100.0, 8), (200.0, 7), (500.0, 15))
"""Note the 15: 500 Hz stands out of the row. Source: DS-000347, "GYRO_CONFIG0"."""

ACC_RANGES = ((2, 3), (4, 2), (8, 1), (16, 0))
GYR_RANGES = ((250, 3), (500, 2), (1000, 1), (2000, 0))
"""Range and code; the range spans 32768 LSB."""

FULL_SCALE = 32768.0
INVALID = -32768
HEADER_MASK, HEADER = 0xFC, 0x68
"""Accelerometer, gyroscope and a stamp of the output rate; the low bits tell of changed rates."""

TICK_HZ = 30e6 / 32
STAMP_MODULUS = 2**16
STAMP_SLACK_RATIO = 0.01
"""A stamp may be off the grid of samples by this share of a period; default, not evidence."""

RATE_SD = 0.05
"""Default, not evidence: wide enough for the ST parts that were measured."""

RESET_S, GYRO_START_S = 0.01, 0.06
"""1 ms and 45 ms by data sheet."""


class Icm42688(PacketChip):
    """One chip.

    Parameters
    ----------
    settings
        Rounded up to what the chip offers; more than it offers gives its most.
    """

    level_register = INT_STATUS
    level_bytes = 3
    """INT_STATUS, FIFO_COUNTH and FIFO_COUNTL are neighbors: one transfer for all."""
    data_register = FIFO_DATA
    output_register = ACCEL_DATA_X1
    packet_bytes = 16
    scl_max_hz = 1e6
    capacity_bytes = 2048

    def __init__(
        self, _name: str, access: RegisterAccess, settings: ChipSettings, host: HostTime
    ) -> None:
        rate_hz, self._rate_code = next(
            (row for row in RATE_CODES if row[0] * 1.05 >= settings.rate_hz), RATE_CODES[-1]
        )
        acc_g, self._acc_code = _at_least(settings.acc_range_g, ACC_RANGES)
        gyr_dps, self._gyr_code = _at_least(settings.gyr_range_dps, GYR_RANGES)
        self._stamp: int | None = None
        setup = ChipSetup(
            rate_hz=rate_hz,
            counts_per_sample=1.0,
            rate_sd=RATE_SD,
            pair_sd_s=PAIR_SD_SAMPLES / rate_hz,
            acc_mps2_per_lsb=acc_g * STANDARD_GRAVITY_MPS2 / FULL_SCALE,
            gyr_dps_per_lsb=gyr_dps / FULL_SCALE,
            look_from_s=LOOK_FROM_S,
            look_to_s=LOOK_TO_S,
        )
        super().__init__(access, host, setup)

    def start(self) -> None:
        """Identify the chip, reset it, set it up and begin to sample.

        Raises
        ------
        ChipError
            WRONG_CHIP.
        SettingLostError
            When the chip does not take its settings.
        BusError
            When the chip does not answer.
        """
        self._access.write(REG_BANK_SEL, 0)
        self.identify()
        self._access.write(DEVICE_CONFIG, SOFT_RESET.at(1))
        self._host.sleep(RESET_S)
        settings = self._settings()
        self._access.apply(settings[:-1])
        self._host.sleep(GYRO_START_S)
        self._access.write(SIGNAL_PATH_RESET, FLUSH.at(1))
        self._forget()
        self._stamp = None
        self._access.read(INT_STATUS)
        self._access.apply(settings[-1:])
        # The first count after a flush is 0, whatever is there. Source: Linux, inv_icm42600.
        self._access.read_from(self.level_register, self.level_bytes)
        self.verify()

    def identify(self) -> None:
        """Raise ``ChipError`` when another chip answers."""
        found = self._access.read(WHO_AM_I)
        if found != IDENTITY and self._access.read(WHO_AM_I) != IDENTITY:
            detail = f"icm42688 says 0x{IDENTITY:02x}, this one 0x{found:02x}"
            raise ChipError(TroubleKind.WRONG_CHIP, detail)

    def direct(self) -> NDArray[np.int16]:
        """Return the newest sample from the output registers, (6,)."""
        data = self._access.read_from(self.output_register, 12)
        return big_endian(np.frombuffer(data, np.uint8).reshape(1, -1), 0, 6).reshape(-1)

    def _settings(self) -> list[Setting]:
        return [
            (INTF_CONFIG0, BYTES_BIG_ENDIAN),
            (TMST_CONFIG, STAMPS_ON),
            (FIFO_CONFIG1, ACC_GYRO_STAMP),
            (GYRO_CONFIG0, FS_GYRO.at(self._gyr_code) | ODR_GYRO.at(self._rate_code)),
            (ACCEL_CONFIG0, FS_ACC.at(self._acc_code) | ODR_ACC.at(self._rate_code)),
            (PWR_MGMT0, BOTH_LOW_NOISE),
            (FIFO_CONFIG, STREAM),
        ]

    def _stated_level(self, data: bytes) -> int:
        if data[0] & FIFO_FULL:
            raise ChipError(TroubleKind.OVERFLOW, "the memory was full before it was read")
        return super()._stated_level(data[1:])

    def _decoded(self, packets: NDArray[np.uint8]) -> NDArray[np.int16]:
        if ((packets[:, 0] & HEADER_MASK) != HEADER).any():
            raise ChipError(TroubleKind.DAMAGED, "a packet has another header")
        raw = big_endian(packets, 1, 6)
        if (raw == INVALID).any():
            raise ChipError(TroubleKind.DAMAGED, "a packet is marked invalid")
        self._check_stamps(big_endian(packets, 14, 1)[:, 0].astype(np.int64))
        return raw

    def _check_stamps(self, stamps: NDArray[np.int64]) -> None:
        if self._stamp is not None:
            stamps = np.concatenate(([self._stamp], stamps))
        self._stamp = int(stamps[-1])
        expected = TICK_HZ / self._setup.rate_hz
        advance = np.diff(stamps) % STAMP_MODULUS
        if (np.abs(advance - expected) > STAMP_SLACK_RATIO * expected + 1.0).any():
            raise ChipError(TroubleKind.DAMAGED, "a packet is missing by its stamp")


def _at_least(asked: int, rows: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    return next((row for row in rows if row[0] >= asked), rows[-1])
