"""False steps of a sensor at the trunk while the sensors at a leg lie still.

Recordings without annotated steps serve too when the same person wore accelerometers at the leg:
while those do not move nobody steps, whatever the trunk does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rascue.sensor.recording import load_recording
from rascue.testing.steps_scoring import run_detector

STILL_MPS2 = 0.3
"""A leg is still while the acceleration's standard deviation over one second stays below it.
On Daphnet it is 0.15 to 0.2 in a leg at rest and 1 to 9 in one that walks."""

MARGIN_S = 0.5
"""Left out at both ends of a still stretch. Default, not evidence."""

LEGS = ("ankle", "thigh")


def false_steps_while_still(data: Path) -> tuple[float, int]:
    """Return how long a leg lay still in all recordings of a trunk, s, and the steps told then.

    Only inside the experiment, which ``fog_label`` tells: before and after it the sensors are put
    on and taken off.

    Parameters
    ----------
    data
        Folder with ``*_trunk.npz`` (with ``fog_label``) and, of the same recording,
        ``*_ankle.npz`` and ``*_thigh.npz``; either may be absent.
    """
    total_s, false = 0.0, 0
    for trunk in sorted(data.glob("*_trunk.npz")):
        legs = [trunk.with_name(trunk.name.replace("trunk", leg)) for leg in LEGS]
        still = _both(_worn_s(trunk), _still_in_all([leg for leg in legs if leg.exists()]))
        steps_s = np.array(run_detector(load_recording(trunk)).t_s)
        for start_s, end_s in still:
            total_s += end_s - start_s
            false += int(((steps_s > start_s) & (steps_s < end_s)).sum())
    return total_s, false


def still_stretches_s(acc_mps2: NDArray[np.float32], rate_hz: float) -> list[tuple[float, float]]:
    """Return from when to when an accelerometer did not move, without the margins, s.

    Parameters
    ----------
    acc_mps2
        float32 (n, 3), evenly sampled. All zero means that the sensor was not on yet.
    rate_hz
        Samples per second.
    """
    window = round(rate_hz)
    means = [_running_mean(acc_mps2[:, k].astype(float), window) for k in range(3)]
    squares = [_running_mean(acc_mps2[:, k].astype(float) ** 2, window) for k in range(3)]
    variance = sum(square - mean**2 for square, mean in zip(squares, means, strict=True))
    on = _running_mean((np.abs(acc_mps2).sum(axis=1) == 0).astype(float), window) == 0
    still = (np.asarray(variance) < STILL_MPS2**2) & on
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
    return [
        (start / rate_hz + MARGIN_S, (end + window) / rate_hz - MARGIN_S)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if (end - start + window) / rate_hz > 2 * MARGIN_S
    ]


def _running_mean(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return the mean of samples k to k + window - 1 for every k that has them all."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[window:] - total[:-window]) / window)


def _worn_s(trunk: Path) -> list[tuple[float, float]]:
    with np.load(trunk, allow_pickle=False) as file:
        inside_s = file["t"][file["fog_label"] > 0]
    return [(float(inside_s[0]), float(inside_s[-1]))]


def _still_in_all(legs: list[Path]) -> list[tuple[float, float]]:
    common: list[tuple[float, float]] | None = None
    for leg in legs:
        recording = load_recording(leg)
        found = still_stretches_s(recording.acc_mps2, recording.info.rate_hz)
        common = found if common is None else _both(common, found)
    return common or []


def _both(
    some: list[tuple[float, float]], others: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    overlaps = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(start, end) for start, end in overlaps if start < end]
