"""Driver of the ST family LSM6DSO, LSM6DSOX and ISM330DHCX.

Register numbers, fields and factors: ST data sheets LSM6DSO (DS12140), LSM6DSOX and ISM330DHCX
(DS13012), chapters "Register mapping" and "FIFO". Checked against a second source: the headers
``lsm6dso_reg.h`` and ``lsm6dsox_reg.h`` that ST publishes (addresses, 0.061 to 0.488 mg and 4.375
to 70 mdps) and the Linux driver ``st_lsm6dsx`` (tags, tick of 25 us, start-up order). Not checked
on a chip.

The chip batches accelerometer, gyroscope and a time stamp for every sample; all three follow one
oscillator, which may be several percent off, so sample times come from the stamps.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.sensor.bracket import Bracket
from rascue.sensor.bus import BusError
from rascue.sensor.chip import (
    NO_COUNTS,
    NO_RAW,
    STANDARD_GRAVITY_MPS2,
    ChipError,
    ChipSettings,
    ChipSetup,
    ClockPair,
    Drained,
    HostTime,
    Trouble,
    TroubleKind,
)
from rascue.sensor.lsm6dsox_fifo import WORD_BYTES, TaggedWords
from rascue.sensor.registers import Field, Register, RegisterAccess, Setting

FUNC_CFG_ACCESS = Register(0x01, "FUNC_CFG_ACCESS")
FIFO_CTRL3 = Register(0x09, "FIFO_CTRL3")
FIFO_CTRL4 = Register(0x0A, "FIFO_CTRL4")
WHO_AM_I = Register(0x0F, "WHO_AM_I")
CTRL1_XL = Register(0x10, "CTRL1_XL")
CTRL2_G = Register(0x11, "CTRL2_G")
CTRL3_C = Register(0x12, "CTRL3_C", kept_bits=0x7E)
CTRL9_XL = Register(0x18, "CTRL9_XL")
CTRL10_C = Register(0x19, "CTRL10_C")
OUTX_L_G = Register(0x22, "OUTX_L_G")
FIFO_STATUS1 = Register(0x3A, "FIFO_STATUS1")
TIMESTAMP0 = Register(0x40, "TIMESTAMP0")
FIFO_DATA_OUT_TAG = Register(0x78, "FIFO_DATA_OUT_TAG")

BDR_GYRO, BDR_ACC = Field(FIFO_CTRL3, 4, 4), Field(FIFO_CTRL3, 0, 4)
STAMP_BATCHING, FIFO_MODE = Field(FIFO_CTRL4, 6, 2), Field(FIFO_CTRL4, 0, 3)
ODR_XL, FS_XL = Field(CTRL1_XL, 4, 4), Field(CTRL1_XL, 2, 2)
ODR_G, FS_G = Field(CTRL2_G, 4, 4), Field(CTRL2_G, 2, 2)
SOFT_RESET, AUTO_INCREMENT, HOLD_UNTIL_READ = (
    Field(CTRL3_C, 0),
    Field(CTRL3_C, 2),
    Field(CTRL3_C, 6),
)
I3C_OFF, STAMPS_ON = Field(CTRL9_XL, 1), Field(CTRL10_C, 5)

EVERY_SAMPLE, CONTINUOUS, BYPASS = 1, 6, 0
CTRL9_XL_DEFAULT = 0xE0
"""Source: data sheet, "CTRL9_XL"; the upper bits must stay set."""

Row = TypeVar("Row", tuple[float, int], tuple[float, int, float])

IDENTITIES = MappingProxyType({"lsm6dso": 0x6C, "lsm6dsox": 0x6C, "ism330dhcx": 0x6B})

RATE_CODES = ((52.0, 3), (104.0, 4), (208.0, 5), (416.0, 6))
"""Names of the rates; they are 6667 Hz / 2**n. Source: data sheet, "CTRL1_XL"."""

BASE_RATE_HZ = 6667.0
TOP_CODE = 10
"""Code of the base rate: code c samples at 6667 / 2**(10 - c) Hz."""

ACC_RANGES = ((2, 0, 0.061e-3), (4, 2, 0.122e-3), (8, 3, 0.244e-3), (16, 1, 0.488e-3))
"""Range in g, code, g per LSB."""

GYR_RANGES = ((250, 0, 8.75e-3), (500, 1, 17.5e-3), (1000, 2, 35e-3), (2000, 3, 70e-3))
"""Range in deg/s, code, deg/s per LSB."""

TICK_HZ = 40_000.0
"""Stamps count 25 us."""

RATE_SD = 0.05
"""Spread of oscillators: +4 % was measured on one part (EMBEDDED 3.1), several percent told."""

PAIR_SD_S = 3e-4
"""Half of the time that reading the clock takes; default, not evidence."""

FIFO_WORDS = 512
FIFO_LEVEL_MASK = 0x3FF
OVERRUN_BITS = 0x48
"""FIFO_STATUS2: overrun now, and overrun since it was last read."""

RESET_POLL_S, RESET_POLLS, BOOT_S = 0.005, 10, 0.035
"""Reset is done within 50 ms, settings load for 35 ms. Source: EMBEDDED 3.1, application note."""

SETTLE_S = 0.1
"""First samples are those of filters that fill (data sheet, turn-on times: 70 ms at most)."""

QUICKEST_OF = 5
"""Of so many readings of the chip's clock the quickest counts, once it is tied: on a busy machine
most are slow, and each may be wrong by half of what it took; default, not evidence."""

LOOK_FROM_S, LOOK_TO_S = 0.0012, 0.0016
"""As soon as a sample is certainly there (``SURE_S`` of the source)."""

WORDS_PER_SAMPLE = 3
LEVEL_EVERY = 8
"""Drains from one reading of the level to the next, once the chip's clock is tied: what it tells
beyond the words themselves, that the memory was full, shows in their stamps too; default."""

DUE_WORDS_MAX = 128
"""More words than are due in 0.2 s at 208 Hz: somebody was held up, the level is asked."""

DUE_SLACK_WORDS = 12
"""Words that may have come in the two milliseconds that are not certain, and more than enough."""

PAIR_EVERY = 3
"""Drains from one reading of the chip's clock to the next, once it is tied; default."""


class Lsm6dsox:
    """One chip of this family.

    Parameters
    ----------
    name
        One of ``IDENTITIES``.
    settings
        Rounded up to what the chip offers; more than it offers gives its most.
    """

    def __init__(
        self, name: str, access: RegisterAccess, settings: ChipSettings, host: HostTime
    ) -> None:
        self._identity = IDENTITIES[name]
        self._name = name
        self._access = access
        self._host = host
        _, self._rate_code = _at_least(settings.rate_hz, RATE_CODES)
        _, self._acc_code, acc_g = _at_least(settings.acc_range_g, ACC_RANGES)
        _, self._gyr_code, gyr_dps = _at_least(settings.gyr_range_dps, GYR_RANGES)
        rate_hz = BASE_RATE_HZ / 2 ** (TOP_CODE - self._rate_code)
        self._setup = ChipSetup(
            rate_hz=rate_hz,
            counts_per_sample=TICK_HZ / rate_hz,
            rate_sd=RATE_SD,
            pair_sd_s=PAIR_SD_S,
            acc_mps2_per_lsb=acc_g * STANDARD_GRAVITY_MPS2,
            gyr_dps_per_lsb=gyr_dps,
            look_from_s=LOOK_FROM_S,
            look_to_s=LOOK_TO_S,
        )
        self._forget()

    @property
    def setup(self) -> ChipSetup:
        """What the chip does with its settings."""
        return self._setup

    def start(self) -> None:
        """Identify the chip, reset it, set it up and begin to sample.

        The memory is emptied before the reset: a chip with data in it does not acknowledge the
        very write that resets it (EMBEDDED 3.1).

        Raises
        ------
        ChipError
            WRONG_CHIP, or RESTARTED when it does not take its settings.
        BusError
            When the chip does not answer.
        """
        self._access.write(FUNC_CFG_ACCESS, 0)
        self.identify()
        self._access.write(FIFO_CTRL4, BYPASS)
        self._reset()
        self._access.apply(self._settings())
        self._forget()
        self._host.sleep(SETTLE_S)
        self._access.apply(self._empty_and_fill())
        self.verify()

    def identify(self) -> None:
        """Raise ``ChipError`` when another chip answers."""
        found = self._access.read(WHO_AM_I)
        if found != self._identity and self._access.read(WHO_AM_I) != self._identity:
            detail = f"{self._name} says 0x{self._identity:02x}, this one 0x{found:02x}"
            raise ChipError(TroubleKind.WRONG_CHIP, detail)

    def verify(self) -> None:
        """Read identity and every setting."""
        self.identify()
        self._access.verify([*self._settings(), *self._filling()])

    def drain(self, shown: float | None) -> Drained:
        """Read the words in the memory, and now and then its level and the chip's clock.

        The level need not be asked each time: by the chip's own clock it is known how many samples
        there are at least, and what is left is read with the next.
        """
        self._drains += 1
        due = self._due_words(shown)
        if due is None or not 0 < due <= DUE_WORDS_MAX or self._drains % LEVEL_EVERY == 0:
            words, troubles = self._level(due)
        else:
            words, troubles = due, ()
        if not words:
            return Drained(NO_COUNTS, NO_RAW, troubles=troubles)
        taken = self._taken(words)
        pairs = self._pairs(tied=shown is not None)
        return Drained(taken.counts, taken.raw, pairs, troubles + taken.troubles)

    def direct(self) -> NDArray[np.int16]:
        """Return the newest sample from the output registers, (6,): accelerometer, gyroscope."""
        both = np.frombuffer(self._access.read_from(OUTX_L_G, 12), "<i2").astype(np.int16)
        return np.concatenate((both[3:], both[:3]))

    def _due_words(self, shown: float | None) -> int | None:
        """Return how many words there are at least; None when that is not known."""
        newest = self._words.last_ticks
        if shown is None or newest is None or not self._is_level_known:
            return None
        samples = int((shown - newest) / self._setup.counts_per_sample)
        return WORDS_PER_SAMPLE * samples - self._words.n_begun

    def _taken(self, words: int) -> Drained:
        """Read so many words; if all of them were samples, the level is known from now on."""
        self._is_level_known = False
        begun = self._words.n_begun
        taken = self._words.take(self._access.read_from(FIFO_DATA_OUT_TAG, words * WORD_BYTES))
        used = WORDS_PER_SAMPLE * len(taken.counts) + self._words.n_begun - begun
        self._is_level_known = used == words
        return taken

    def _level(self, due: int | None) -> tuple[int, tuple[Trouble, ...]]:
        """Return how many words there are, and what was wrong with that.

        A level that cannot be by the chip's clock is read again, and then believed.
        """
        words, was_full = self._stated_level()
        troubles = [Trouble(TroubleKind.OVERFLOW)] if was_full else []
        if due is not None and not min(due, FIFO_WORDS) <= words <= due + DUE_SLACK_WORDS:
            again, is_full = self._stated_level()
            if is_full and not was_full:
                troubles.append(Trouble(TroubleKind.OVERFLOW))
            if abs(again - words) > DUE_SLACK_WORDS:
                detail = f"level {words}, then {again}"
                troubles.append(Trouble(TroubleKind.DAMAGED, detail))
            words = again
        return words, tuple(troubles)

    def _stated_level(self) -> tuple[int, bool]:
        """Return the level in words, and whether the memory was full since the last look at it."""
        status = self._access.read_from(FIFO_STATUS1, 2)
        words = (status[0] | status[1] << 8) & FIFO_LEVEL_MASK
        return min(words, FIFO_WORDS), bool(status[1] & OVERRUN_BITS)

    def _forget(self) -> None:
        self._is_level_known = False
        """Whether all words up to the newest sample are known to have been taken."""
        self._words = TaggedWords(self._setup.counts_per_sample)
        self._bracket = Bracket()
        self._readings: list[tuple[float, ClockPair]] = []
        """How long each of the last readings of the clock took, s, and what it gave."""
        self._drains = 0

    def _reset(self) -> None:
        self._access.write(CTRL3_C, SOFT_RESET.at(1))
        for _ in range(RESET_POLLS):
            self._host.sleep(RESET_POLL_S)
            if not SOFT_RESET.of(self._access.read(CTRL3_C)):
                break
        else:
            raise ChipError(TroubleKind.RESTARTED, "the chip does not come out of its reset")
        self._host.sleep(BOOT_S)
        self.identify()

    def _settings(self) -> list[Setting]:
        return [
            (CTRL3_C, HOLD_UNTIL_READ.at(1) | AUTO_INCREMENT.at(1)),
            (CTRL9_XL, CTRL9_XL_DEFAULT | I3C_OFF.at(1)),
            (CTRL10_C, STAMPS_ON.at(1)),
            (CTRL1_XL, ODR_XL.at(self._rate_code) | FS_XL.at(self._acc_code)),
            (CTRL2_G, ODR_G.at(self._rate_code) | FS_G.at(self._gyr_code)),
        ]

    def _filling(self) -> list[Setting]:
        return [
            (FIFO_CTRL3, BDR_GYRO.at(self._rate_code) | BDR_ACC.at(self._rate_code)),
            (FIFO_CTRL4, STAMP_BATCHING.at(EVERY_SAMPLE) | FIFO_MODE.at(CONTINUOUS)),
        ]

    def _empty_and_fill(self) -> list[Setting]:
        return [(FIFO_CTRL4, FIFO_MODE.at(BYPASS)), *self._filling()]

    def _pairs(self, *, tied: bool) -> tuple[ClockPair, ...]:
        newest = self._words.last_ticks
        if newest is None or (tied and self._drains % PAIR_EVERY):
            return ()
        try:
            pair = self._pair(newest, QUICKEST_OF if tied else 1)
        except BusError:
            return ()  # samples at hand must not be lost for a reading that can be repeated
        return () if pair is None else (pair,)

    def _pair(self, newest_ticks: int, quickest_of: int) -> ClockPair | None:
        """Read the chip's clock; return the quickest of some readings, or None before that."""
        before_ns = self._host.clock.now_ns()
        stamp = int.from_bytes(self._access.read_from(TIMESTAMP0, 4), "little")
        after_ns = self._host.clock.now_ns()
        took_s = seconds_between(before_ns, after_ns)
        ticks = self._words.unwrapped(stamp)
        oldest = newest_ticks - self._setup.counts_per_sample
        latest = newest_ticks + 3 * self._setup.counts_per_sample + 2 * TICK_HZ * took_s
        if not oldest <= ticks <= latest:
            return None
        at_ns = EngineNs((before_ns + after_ns) // 2)
        self._readings.append((took_s, ClockPair(ticks, at_ns)))
        return self._quickest() if len(self._readings) >= quickest_of else None

    def _quickest(self) -> ClockPair | None:
        """Return the reading with the least room for error, if it is good enough."""
        took_s, pair = min(self._readings, key=lambda reading: reading[0])
        self._readings.clear()
        return pair if self._bracket.accepts(took_s) else None


def _at_least(asked: float, rows: tuple[Row, ...]) -> Row:
    return next((row for row in rows if row[0] >= asked), rows[-1])
