"""Walks made of a few formulas, with contacts known exactly; no recording is needed for them."""

from __future__ import annotations

import numpy as np

from rascue.core.types import ImuBlock

GRAVITY_MPS2 = 9.81
STANDING_S = 2.0


def foot_walk(
    rate_hz: float = 100.0, stride_s: float = 1.1, strides: int = 12
) -> tuple[ImuBlock, np.ndarray]:
    """Return a foot that stands, walks and stands, and the times of its contacts, s.

    Each stride: rest, heel rises by 60 degrees, leg swings by 80, foot comes flat by 20. The swing
    ends at the contact.
    """
    t = np.arange(0.0, 2 * STANDING_S + stride_s * strides, 1.0 / rate_hz)
    rate = np.zeros_like(t)
    contacts = STANDING_S + stride_s * (np.arange(strides) + 0.85)
    for contact in contacts:
        rate += _lobe(t, contact - 0.58, 0.25, -60.0)
        rate += _lobe(t, contact - 0.33, 0.33, 80.0)
        rate += _lobe(t, contact, 0.12, -20.0)
    noise = np.random.default_rng(1).normal(0.0, 0.5, (len(t), 3))
    gyr = noise + np.outer(rate, [0.0, 1.0, 0.0])
    acc = np.tile([0.0, 0.0, GRAVITY_MPS2], (len(t), 1)) + 0.02 * noise
    return _block(t, acc, gyr), contacts


def back_walk(
    rate_hz: float = 100.0, step_s: float = 0.55, steps: int = 30
) -> tuple[ImuBlock, np.ndarray]:
    """Return a lower back (x up, y left, z backward) that stands, walks and stands, and contacts.

    The body is pushed up and braked after each contact; it sways away from the foot that landed.
    """
    t = np.arange(0.0, 2 * STANDING_S + step_s * steps, 1.0 / rate_hz)
    contacts = STANDING_S + step_s * (np.arange(steps) + 0.5)
    walking = (t > contacts[0] - step_s / 2) & (t < contacts[-1] + step_s / 2)
    phase = 2 * np.pi * (t - contacts[0]) / step_s
    acc = np.random.default_rng(2).normal(0.0, 0.02, (len(t), 3))
    acc[:, 0] += GRAVITY_MPS2 + walking * 2.0 * np.sin(phase)
    acc[:, 1] -= walking * 0.8 * np.sin(phase / 2)
    acc[:, 2] += walking * 1.5 * np.sin(phase - 0.4)
    gyr = np.zeros((len(t), 3))
    gyr[:, 0] = walking * -20.0 * np.cos(phase / 2)
    return _block(t, acc, gyr), contacts


def still(seconds: float, rate_hz: float = 100.0, seed: int = 3) -> ImuBlock:
    """Return a sensor at rest, with the noise of a real one."""
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (len(t), 6))
    acc = np.array([0.0, 0.0, GRAVITY_MPS2]) + 0.03 * noise[:, :3]
    return _block(t, acc, 0.2 * noise[:, 3:])


def _lobe(t: np.ndarray, start: float, length: float, angle_deg: float) -> np.ndarray:
    inside = (t >= start) & (t <= start + length)
    peak = angle_deg * np.pi / (2.0 * length)
    return inside * peak * np.sin(np.pi * (t - start) / length)


def _block(t: np.ndarray, acc: np.ndarray, gyr: np.ndarray) -> ImuBlock:
    t_ns = np.round(t * 1e9).astype(np.int64)
    return ImuBlock("sensor", 0, t_ns, acc.astype(np.float32), gyr.astype(np.float32))
