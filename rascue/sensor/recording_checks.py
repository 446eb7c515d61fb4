"""What a recording must satisfy before anything is computed from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.recording_table import SampleTable

Told = tuple[str, ...]

GRAVITY_MPS2 = 9.80665
"""Standard acceleration of gravity (CGPM 1901)."""

ACC_MEDIAN_MPS2 = (6.0, 14.0)
"""Bounds of the median of ``|acc|``: walking adds little to gravity most of the time. Over all
recordings we develop with it lies between 8.7 and 11.2 m/s2."""

ACC_MAX_MPS2 = 2000.0
"""Twice the range of common high-g chips (100 g); more is no measurement: default, not evidence."""

GYR_MAX_DPS = 5000.0
"""Above the widest range of common gyroscopes (4000 deg/s)."""

GYR_WRONG_SHARE = 0.01
"""Share of samples beyond ``GYR_MAX_DPS`` from which on the unit is doubted: default."""

GYR_SMALL_DPS = 25.0
MOVING_SD_MPS2 = 0.8
"""A sensor that is shaken this much and never turns faster than that probably speaks rad/s: the
slowest peak over our walks, at the lower back, is 48 deg/s. Defaults, not evidence."""

RATE_MIN_HZ = 25.0
"""Contacts are told from peaks of some 80 ms, which need two samples: default, not evidence."""

RATE_MAX_HZ = 5000.0
"""No motion sensor is faster; what seems so has its times in another unit."""

RATE_LAG = 10
"""The rate comes from times so many samples apart, so that jitter from one to the next cancels."""

TIME_MAX_S = 1e12
"""Beyond any clock that counts seconds; it also keeps differences finite."""

DURATION_MAX_S = 7 * 86400.0
"""A week: default, not evidence."""

RATE_TOLERANCE = 0.02
"""Largest difference between the stated rate and that of the times, as a share: default."""

GAP_PERIODS = 1.5
"""More than so many sampling periods from one sample to the next is a gap."""


def check_time(table: SampleTable) -> None:
    """Refuse times that are absent, not finite or do not increase."""
    t_s = table.t_s
    if len(t_s) < 2:  # noqa: PLR2004 - an interval needs two
        raise table.refuse(f"holds {len(t_s)} samples; record again")
    bad = np.flatnonzero(~(np.abs(t_s) < TIME_MAX_S))
    if len(bad):
        raise table.refuse(f"{table.where(int(bad[0]))}: the time is not a number; remove it")
    back = np.flatnonzero(t_s[1:] <= t_s[:-1])
    if len(back):
        at = int(back[0]) + 1
        raise table.refuse(
            f"{table.where(at)}: time does not increase ({t_s[at - 1]:g} s, then {t_s[at]:g} s); "
            "sort the samples and remove doubles"
        )
    if t_s[-1] - t_s[0] > DURATION_MAX_S:
        raise table.refuse(
            f"spans {(t_s[-1] - t_s[0]) / 86400:.3g} days; times must be in seconds, and a "
            "recording longer than a week must be cut"
        )


def check_rate(table: SampleTable) -> float:
    """Return the sampling rate, samples/s; refuse one that cannot show steps."""
    lag = min(RATE_LAG, len(table.t_s) - 1)
    rate_hz = lag / float(np.median(table.t_s[lag:] - table.t_s[:-lag]))
    if rate_hz < 1.0:
        raise table.refuse(
            f"{rate_hz:.3g} samples/s; times must be in seconds (these look like milliseconds: "
            "divide by 1000)"
        )
    if rate_hz > RATE_MAX_HZ:
        raise table.refuse(f"{rate_hz:.3g} samples/s is not plausible; times must be in seconds")
    if rate_hz < RATE_MIN_HZ:
        raise table.refuse(
            f"{rate_hz:.3g} samples/s are too few to find steps; record at {RATE_MIN_HZ:g} or more"
        )
    if table.rate_hz is None:
        return round(rate_hz, 3)
    if abs(table.rate_hz / rate_hz - 1.0) > RATE_TOLERANCE:
        raise table.refuse(
            f"fs states {table.rate_hz:g} samples/s, the times say {rate_hz:.4g}; correct one"
        )
    return table.rate_hz


def check_acc_units(table: SampleTable) -> None:
    """Refuse accelerations that are not in m/s2 with gravity included."""
    size = np.linalg.norm(table.acc_mps2, axis=1)
    size = size[np.isfinite(size)]
    if not len(size):
        raise table.refuse("no sample has an acceleration; record again")
    median = float(np.median(size))
    low, high = ACC_MEDIAN_MPS2
    if low <= median <= high:
        return
    if low <= median * GRAVITY_MPS2 <= high:
        remedy = "it looks like g: multiply by 9.80665"
    elif low <= median * GRAVITY_MPS2 / 1000.0 <= high:
        remedy = "it looks like mg: multiply by 0.00980665"
    elif median < low:
        remedy = "gravity seems to have been removed; export the acceleration with it"
    else:
        remedy = f"multiply by about {GRAVITY_MPS2 / median:.3g}, from the data sheet"
    raise table.refuse(
        f"the acceleration is {median:.4g} in the median where rest gives 9.81 m/s2; {remedy}"
    )


def check_gyr_units(table: SampleTable) -> Told:
    """Refuse angular rates no gyroscope gives; return a doubt about too small ones."""
    if not len(table.gyr_dps):
        return ()
    rate = np.abs(table.gyr_dps[np.isfinite(table.gyr_dps).all(axis=1)])
    if np.mean(rate > GYR_MAX_DPS) > GYR_WRONG_SHARE:
        raise table.refuse(
            f"angular rates up to {rate.max():.3g} deg/s are not plausible; this kind of file "
            f"holds {table.gyr_unit}"
        )
    moving = float(np.nanstd(np.linalg.norm(table.acc_mps2, axis=1))) > MOVING_SD_MPS2
    if moving and len(rate) and rate.max() < GYR_SMALL_DPS:
        return (
            f"the sensor moves but turns at {rate.max():.2g} deg/s at most; this kind of file "
            f"holds {table.gyr_unit}: check the unit",
        )
    return ()


def sample_times_ns(table: SampleTable) -> NDArray[np.int64]:
    """Return ns from the first sample; the even grid of the stated rate where the times are on it.

    Times in single precision are off by up to 4 us after a minute; the grid takes that away.
    """
    from_first = table.t_s - table.t_s[0]
    if table.rate_hz is not None:
        grid = np.arange(len(from_first)) / table.rate_hz
        rounding = 4.0 * np.finfo(np.float32).eps * float(np.abs(table.t_s).max()) + 1e-6
        if float(np.abs(from_first - grid).max()) <= rounding:
            from_first = grid
    times_ns: NDArray[np.int64] = np.rint(from_first * 1e9).astype(np.int64)
    return times_ns


def without_unusable(table: SampleTable) -> tuple[NDArray[np.intp], Told]:
    """Return the indices of usable samples, and one line about those left out.

    Unusable is what is not a number or lies beyond any sensor's range.
    """
    within = np.abs(table.acc_mps2) <= ACC_MAX_MPS2
    if len(table.gyr_dps):
        within = np.hstack([within, np.abs(table.gyr_dps) <= GYR_MAX_DPS])
    usable: NDArray[np.bool_] = np.logical_and.reduce(within, axis=1)
    left_out = np.flatnonzero(~usable)
    if not len(left_out):
        return np.flatnonzero(usable), ()
    first = table.where(int(left_out[0]))
    if 2 * len(left_out) > len(usable):
        raise table.refuse(
            f"{len(left_out)} of {len(usable)} samples hold no usable value, the first is {first}; "
            "record again"
        )
    return np.flatnonzero(usable), (
        f"{len(left_out)} samples without usable values were left out, the first is {first}",
    )


def gaps(t_ns: NDArray[np.int64], rate_hz: float) -> tuple[NDArray[np.bool_], Told]:
    """Return where samples are missing before a sample, and one line about it."""
    step_s = np.diff(t_ns) / 1e9
    gap_before = np.concatenate([[False], step_s > GAP_PERIODS / rate_hz])
    if not gap_before.any():
        return gap_before, ()
    longest = int(np.argmax(step_s))
    return gap_before, (
        f"{int(gap_before.sum())} gaps, the longest of {step_s[longest]:.3g} s "
        f"at {(t_ns[longest] - t_ns[0]) / 1e9:.4g} s",
    )
