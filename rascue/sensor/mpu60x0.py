"""Driver of the InvenSense family MPU-6000, 6050, 6500, 9250, 9255, and of its clones on request.

Register numbers, fields, factors and filter delays: InvenSense RM-MPU-6000A-00 and RM-MPU-9250A,
"Register Map". Checked against a second source: the Linux driver ``inv_mpu6050`` (addresses of
FIFO_COUNT, FIFO_R_W, USER_CTRL and PWR_MGMT_1, their bits, waits, 598 and 1064724 as smallest and
largest factor). Not checked on a chip.

Nothing in a packet but the temperature is known beforehand, so damage to the end of a read would
pass: the newest packet is compared with the output registers, which hold the same sample.

These parts are obsolete and most modules carry clones (EMBEDDED 3). A clone is taken only when it
was asked for by name ("mpu6050-clone"); it must then pass the same checks in operation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.chip import (
    STANDARD_GRAVITY_MPS2,
    ChipError,
    ChipSettings,
    ChipSetup,
    ClockPair,
    Drained,
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

SMPLRT_DIV = Register(0x19, "SMPLRT_DIV")
CONFIG = Register(0x1A, "CONFIG")
GYRO_CONFIG = Register(0x1B, "GYRO_CONFIG")
ACCEL_CONFIG = Register(0x1C, "ACCEL_CONFIG", kept_bits=0x18)
ACCEL_CONFIG_2 = Register(0x1D, "ACCEL_CONFIG_2")
FIFO_EN = Register(0x23, "FIFO_EN")
INT_ENABLE = Register(0x38, "INT_ENABLE")
INT_STATUS = Register(0x3A, "INT_STATUS")
USER_CTRL = Register(0x6A, "USER_CTRL")
PWR_MGMT_1 = Register(0x6B, "PWR_MGMT_1")
FIFO_COUNTH = Register(0x72, "FIFO_COUNTH")
FIFO_R_W = Register(0x74, "FIFO_R_W")
WHO_AM_I = Register(0x75, "WHO_AM_I")

DLPF, FS_GYRO, FS_ACC = Field(CONFIG, 0, 3), Field(GYRO_CONFIG, 3, 2), Field(ACCEL_CONFIG, 3, 2)
FIFO_RESET, FIFO_ON = Field(USER_CTRL, 2), Field(USER_CTRL, 6)
DEVICE_RESET, CLOCK_SOURCE = Field(PWR_MGMT_1, 7), Field(PWR_MGMT_1, 0, 3)
OVERFLOW_WANTED, OVERFLOW = Field(INT_ENABLE, 4), Field(INT_STATUS, 4)

TEMPERATURE_GYRO_ACC = 0xF8
"""FIFO_EN: temperature too, whose slow change shows in each packet that nothing has shifted."""

GYRO_CLOCK = 1
IDENTITIES = MappingProxyType(
    {"mpu6000": 0x68, "mpu6050": 0x68, "mpu6500": 0x70, "mpu9250": 0x71, "mpu9255": 0x73}
)
CLONE_SUFFIX = "-clone"
WITH_SECOND_FILTER = frozenset(("mpu6500", "mpu9250", "mpu9255"))

LOW_PASS_CODE, LOW_PASS_DELAY_S = 3, 0.0049
"""About 42 Hz: accelerometer delay 4.9 ms, gyroscope 4.8 ms (6.0 ms on the 6500).
Source: register maps, "CONFIG" and "ACCEL_CONFIG 2"."""

BASE_RATE_HZ = 1000.0
NEARLY = 1.05
"""200 Hz will do when 208 are asked, as with the ICM: 250 fill the 9250's memory in 0.15 s."""

ACC_LSB_PER_G = ((2, 16384.0), (4, 8192.0), (8, 4096.0), (16, 2048.0))
GYR_LSB_PER_DPS = ((250, 131.0), (500, 65.5), (1000, 32.8), (2000, 16.4))
RATE_SD = 0.05
"""Default, not evidence: wide enough for the ST parts that were measured."""

RESET_S, WAKE_S = 0.1, 0.1
"""Source: Linux, INV_MPU6050_POWER_UP_TIME; the gyroscope needs 30 to 100 ms."""

TEMPERATURE_STEP_MAX = 1000
"""Temperature may differ from the last packet's by 3 K (340 LSB/K); default, not evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubtful:
    """The newest packet, and what the output registers showed instead, each (6,)."""

    count: int
    row: NDArray[np.int16]
    shown: NDArray[np.int16]


class Mpu60x0(PacketChip):
    """One chip of this family.

    Parameters
    ----------
    name
        One of ``IDENTITIES``, with ``CLONE_SUFFIX`` to accept any identity.
    settings
        Rounded up to what the chip offers; more than it offers gives its most.
    """

    level_register = FIFO_COUNTH
    data_register = FIFO_R_W
    packet_bytes = 14
    scl_max_hz = 400e3
    capacity_bytes = 512
    """The 6050 has 1024; a memory as full as that was not read for 0.3 s in any case."""

    def __init__(
        self, name: str, access: RegisterAccess, settings: ChipSettings, host: HostTime
    ) -> None:
        self._name = name.removesuffix(CLONE_SUFFIX)
        self._any_identity = name.endswith(CLONE_SUFFIX)
        self._divider = max(0, int(BASE_RATE_HZ * NEARLY // settings.rate_hz) - 1)
        self._acc_code = _code(settings.acc_range_g, ACC_LSB_PER_G)
        self._gyr_code = _code(settings.gyr_range_dps, GYR_LSB_PER_DPS)
        self._temperature: int | None = None
        self._doubtful: Doubtful | None = None
        self._outputs = np.zeros(6, np.int16)
        setup = ChipSetup(
            rate_hz=BASE_RATE_HZ / (1 + self._divider),
            counts_per_sample=1.0,
            rate_sd=RATE_SD,
            pair_sd_s=PAIR_SD_SAMPLES * (1 + self._divider) / BASE_RATE_HZ,
            acc_mps2_per_lsb=STANDARD_GRAVITY_MPS2 / ACC_LSB_PER_G[self._acc_code][1],
            gyr_dps_per_lsb=1.0 / GYR_LSB_PER_DPS[self._gyr_code][1],
            look_from_s=LOOK_FROM_S,
            look_to_s=LOOK_TO_S,
            delay_s=LOW_PASS_DELAY_S,
        )
        super().__init__(access, host, setup)

    def start(self) -> None:
        """Identify the chip, reset and wake it, set it up and begin to sample.

        Raises
        ------
        ChipError
            WRONG_CHIP.
        SettingLostError
            When the chip does not take its settings.
        BusError
            When the chip does not answer.
        """
        self.identify()
        self._access.write(PWR_MGMT_1, DEVICE_RESET.at(1))
        self._host.sleep(RESET_S)
        self._access.apply([(PWR_MGMT_1, CLOCK_SOURCE.at(GYRO_CLOCK))])
        self._host.sleep(WAKE_S)
        settings = self._settings()
        self._access.apply(settings[:-1])
        self._access.write(USER_CTRL, FIFO_RESET.at(1))
        self._forget()
        self._temperature = None
        self._doubtful = None
        self._access.read(INT_STATUS)
        self._access.apply(settings[-1:])
        self.verify()

    def identify(self) -> None:
        """Raise ``ChipError`` when another chip answers; a clone may say what it likes."""
        expected = IDENTITIES[self._name]
        found = self._access.read(WHO_AM_I)
        if self._any_identity or found == expected or self._access.read(WHO_AM_I) == expected:
            return
        detail = (
            f"{self._name} says 0x{expected:02x}, this one 0x{found:02x}; "
            f"if it is a clone, call it {self._name}{CLONE_SUFFIX}"
        )
        raise ChipError(TroubleKind.WRONG_CHIP, detail)

    def drain(self, shown: float | None) -> Drained:
        """Read all whole packets; hold the newest back while the output registers disagree.

        They may already show a later sample; that one must then be among the next.

        Raises
        ------
        ChipError
            Also DAMAGED when they agree with neither, and OVERFLOW by the interrupt status, which
            is the byte before the output registers and comes along with them.
        """
        drained = super().drain(shown)
        if not len(drained.counts):
            return drained
        counts, raw = self._with_doubtful(drained)
        if (self._outputs == raw[-1]).all():
            return replace(drained, counts=counts, raw=raw)
        self._doubtful = Doubtful(int(counts[-1]), raw[-1], self._outputs)
        return replace(drained, counts=counts[:-1], raw=raw[:-1])

    def direct(self) -> NDArray[np.int16]:
        """Return the newest sample from the output registers, (6,)."""
        return self._status_and_outputs()[1]

    def _look_again(self, raw: NDArray[np.int16]) -> tuple[ClockPair, ...]:
        """Look at the output registers, which also tell whether a sample has come meanwhile."""
        before_ns = self._host.clock.now_ns()
        status, self._outputs = self._status_and_outputs()
        after_ns = self._host.clock.now_ns()
        if OVERFLOW.of(status):
            raise ChipError(TroubleKind.OVERFLOW, "the memory was full before it was read")
        if (self._outputs != raw[-1]).any():
            return ()
        n_bytes = 1 + self.packet_bytes
        return self._edges.take(self._look(self._n_taken, before_ns, after_ns, n_bytes))

    def _status_and_outputs(self) -> tuple[int, NDArray[np.int16]]:
        data = self._access.read_from(INT_STATUS, 1 + self.packet_bytes)
        outputs = np.frombuffer(data, np.uint8, offset=1).reshape(1, -1)
        return data[0], _six(outputs).reshape(-1)

    def _settings(self) -> list[Setting]:
        second = [(ACCEL_CONFIG_2, LOW_PASS_CODE)] if self._name in WITH_SECOND_FILTER else []
        return [
            (PWR_MGMT_1, CLOCK_SOURCE.at(GYRO_CLOCK)),
            (CONFIG, DLPF.at(LOW_PASS_CODE)),
            (SMPLRT_DIV, self._divider),
            (GYRO_CONFIG, FS_GYRO.at(self._gyr_code)),
            (ACCEL_CONFIG, FS_ACC.at(self._acc_code)),
            *second,
            (INT_ENABLE, OVERFLOW_WANTED.at(1)),
            (FIFO_EN, TEMPERATURE_GYRO_ACC),
            (USER_CTRL, FIFO_ON.at(1)),
        ]

    def _with_doubtful(self, drained: Drained) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        held, self._doubtful = self._doubtful, None
        if held is None:
            return drained.counts, drained.raw
        if not (held.shown == drained.raw).all(axis=1).any():
            raise ChipError(TroubleKind.DAMAGED, "memory and output registers disagree")
        counts = np.concatenate(([held.count], drained.counts))
        return counts, np.concatenate((held.row[np.newaxis], drained.raw))

    def _decoded(self, packets: NDArray[np.uint8]) -> NDArray[np.int16]:
        temperature = big_endian(packets, 6, 1)[:, 0].astype(np.int32)
        if self._temperature is None:
            self._temperature = int(np.median(temperature))
        if (np.abs(temperature - self._temperature) > TEMPERATURE_STEP_MAX).any():
            raise ChipError(TroubleKind.DAMAGED, "temperature jumps: packets have shifted")
        self._temperature = int(temperature[-1])
        return _six(packets)


def _six(packets: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return accelerometer and gyroscope of packets: acc xyz, temperature, gyr xyz."""
    return np.hstack((big_endian(packets, 0, 3), big_endian(packets, 8, 3)))


def _code(asked: int, rows: tuple[tuple[int, float], ...]) -> int:
    return next((code for code, row in enumerate(rows) if row[0] >= asked), len(rows) - 1)
