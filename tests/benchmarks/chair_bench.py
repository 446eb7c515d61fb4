"""False steps while somebody sits down and stands up, simulated: no recording at hand labels it.

``python tests/benchmarks/chair_bench.py`` prints the contacts told at the lower back, with and
without a gyroscope, and at a foot; at the back also where the person sits down right after a walk.

The shape is that of the literature: to stand up the trunk leans forward by 20 to 45 degrees and
back again in 1.2 to 3 s while the body rises by 0.3 to 0.45 m; sitting down is the same backwards,
and ends in a bump that rings at 5 to 8 Hz (default, not evidence). The feet turn by up to 15 deg
as they are drawn back. Smooth curves in place of a body: a real person wobbles more.

Source of durations and angles: Schenkman et al., Phys Ther 70 (1990) 638-648; Kerr et al., Clin
Biomech 12 (1997) 236-245.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rascue.core.types import ImuBlock, Placement, SourceInfo, StepEvent
from rascue.steps.choose import detector_for

RATE_HZ = 100.0
G_MPS2 = 9.81
TRANSITIONS = 200
REST_S = 6.0
LAST_STEP_S = 0.3
"""A contact so soon after the end of a walk is that of its last step."""

Floats = np.ndarray
Part = tuple[Floats, Floats, Floats]
"""Acceleration (m/s2) and rate (deg/s), both (n, 3), and which samples are no walk (n)."""


def main() -> None:
    """Print the contacts told in all transitions."""
    print(f"contacts told in {TRANSITIONS} simulated transitions: standing up; sitting down")
    for name, sensor, placement in (
        ("lower back", back, Placement.LOWER_BACK),
        ("lower back, no gyroscope", back, Placement.LOWER_BACK),
        ("foot", foot, Placement.RIGHT_FOOT),
    ):
        has_gyro = "no gyroscope" not in name
        counts = [told(sensor, placement, has_gyro=has_gyro, down=down) for down in (False, True)]
        print(f"  {name:44s} {counts[0]}; {counts[1]}")
    for has_gyro in (True, False):
        name = f"lower back after a walk{'' if has_gyro else ', no gyroscope'}"
        count = told(walk_and_sit, Placement.LOWER_BACK, has_gyro=has_gyro, down=True)
        print(f"  {name:44s} -; {count}")


def told(sensor: Callable[..., Part], placement: Placement, *, has_gyro: bool, down: bool) -> int:
    """Return how many contacts were told in transitions of one kind, each after a rest."""
    rng = np.random.default_rng(1)
    parts = [sensor(rng, down=down) for _ in range(TRANSITIONS)]
    acc, gyr = (np.concatenate([part[k] for part in parts]).astype(np.float32) for k in (0, 1))
    t_ns = np.round(np.arange(len(acc)) * 1e9 / RATE_HZ).astype(np.int64)
    gyr = gyr if has_gyro else np.zeros((0, 3), np.float32)
    detector = detector_for(SourceInfo("chair", placement, RATE_HZ, has_gyro=has_gyro))
    events = detector.process(ImuBlock("chair", 0, t_ns, acc, gyr))
    steps = [event.ic_ns for event in events if isinstance(event, StepEvent)]
    counts = np.concatenate([part[2] for part in parts])
    return int(counts[np.searchsorted(t_ns, steps).clip(max=len(counts) - 1)].sum())


def back(rng: np.random.Generator, *, down: bool) -> Part:
    """Return a back (x up, z backward) that rests, sits down or stands up, and rests."""
    duration_s, lean_deg = rng.uniform(1.2, 3.0), rng.uniform(20.0, 45.0)
    t = np.arange(0.0, REST_S + duration_s, 1.0 / RATE_HZ)
    share = np.clip((t - REST_S / 2) / duration_s, 0.0, 1.0)
    lean = np.radians(lean_deg) * np.sin(np.pi * share) ** 2
    rise = minimum_jerk(np.clip((share - 0.35) / 0.65, 0.0, 1.0)) * rng.uniform(0.3, 0.45)
    ahead = minimum_jerk(np.clip(share / 0.7, 0.0, 1.0)) * rng.uniform(0.2, 0.35)
    if down:
        lean, rise, ahead = lean[::-1], rise[::-1], ahead[::-1]
    up, forward = second_derivative(rise) + G_MPS2, second_derivative(ahead)
    if down:
        up = up + bump(rng, t - REST_S / 2 - duration_s)
    acc = np.stack(
        [
            up * np.cos(lean) + forward * np.sin(lean),
            np.zeros_like(t),
            up * np.sin(lean) - forward * np.cos(lean),
        ],
        axis=1,
    )
    gyr = np.zeros_like(acc)
    gyr[:, 1] = np.degrees(np.gradient(lean, 1.0 / RATE_HZ))
    return noisy(rng, acc, gyr)


def walk_and_sit(rng: np.random.Generator, *, down: bool) -> Part:
    """Return a back that walks twelve steps and sits down at most 1.5 s after the last one."""
    acc, gyr, counts = back(rng, down=down)
    soon = round((REST_S / 2 - rng.uniform(0.6, 1.5)) * RATE_HZ)
    step_s, steps = rng.uniform(0.5, 0.65), 12
    landed = round(LAST_STEP_S * RATE_HZ)
    t = np.arange(0.0, steps * step_s, 1.0 / RATE_HZ)
    phase = 2 * np.pi * t / step_s
    sway, braking = -0.8 * np.sin(phase / 2), 1.5 * np.sin(phase - 0.4)
    walk = np.stack([G_MPS2 + 2.0 * np.sin(phase), sway, braking], axis=1)
    turning = np.stack([-20.0 * np.cos(phase / 2), 0.0 * t, 0.0 * t], axis=1)
    rest = np.concatenate([acc[:soon], acc[:soon]]), np.concatenate([gyr[:soon], gyr[:soon]])
    return (
        np.concatenate([rest[0], walk, acc[soon:]]),
        np.concatenate([rest[1], turning, gyr[soon:]]),
        np.concatenate([np.zeros(2 * soon + len(walk) + landed), counts[soon + landed :]]),
    )


def foot(rng: np.random.Generator, *, down: bool) -> Part:
    """Return a foot (y across, z up) that is drawn back on its toes and set down."""
    t = np.arange(0.0, REST_S + 1.0, 1.0 / RATE_HZ)
    share = np.clip((t - REST_S / 2) / rng.uniform(0.4, 1.0), 0.0, 1.0)
    heel = np.radians(rng.uniform(0.0, 15.0)) * np.sin(np.pi * share) ** 2
    slide = minimum_jerk(share) * rng.uniform(0.0, 0.15)
    if down:
        slide = slide[::-1]
    acc = np.stack(
        [second_derivative(slide) - G_MPS2 * np.sin(heel), 0.0 * t, G_MPS2 * np.cos(heel)], axis=1
    )
    gyr = np.zeros_like(acc)
    gyr[:, 1] = np.degrees(np.gradient(heel, 1.0 / RATE_HZ))
    return noisy(rng, acc, gyr)


def noisy(rng: np.random.Generator, acc: Floats, gyr: Floats) -> Part:
    """Return what a sensor makes of it, all of it no walk."""
    acc = acc + rng.normal(0.0, 0.03, acc.shape)
    return acc, gyr + rng.normal(0.0, 0.3, gyr.shape), np.ones(len(acc))


def minimum_jerk(share: Floats) -> Floats:
    """Return the smoothest way from 0 to 1 (Flash, Hogan, J Neurosci 5 (1985) 1688-1703)."""
    return share**3 * (10.0 - 15.0 * share + 6.0 * share**2)


def second_derivative(position: Floats) -> Floats:
    """Return the acceleration of an evenly sampled position."""
    return np.gradient(np.gradient(position, 1.0 / RATE_HZ), 1.0 / RATE_HZ)


def bump(rng: np.random.Generator, t_s: Floats) -> Floats:
    """Return the acceleration of a body that meets the chair at zero: rings and dies away."""
    ring_hz, strength = rng.uniform(5.0, 8.0), rng.uniform(1.0, 8.0)
    after_s = np.maximum(t_s, 0.0)
    return np.where(
        t_s >= 0.0, strength * np.exp(-after_s / 0.1) * np.sin(2 * np.pi * ring_hz * after_s), 0.0
    )


if __name__ == "__main__":
    main()
