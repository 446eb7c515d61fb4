from __future__ import annotations

import numpy as np
import pytest

RATE_HZ = 100.0


@pytest.fixture
def walk():
    """Keys of a recording of 5 s: gravity, a swing of 2 Hz, a turning rate of 1 rad/s."""
    t = np.arange(500) / RATE_HZ
    acc = np.zeros((500, 3))
    acc[:, 0] = 9.81 + 3.0 * np.sin(2 * np.pi * 2.0 * t)
    gyr = np.zeros((500, 3))
    gyr[:, 1] = np.sin(2 * np.pi * 1.0 * t)
    return {"t": t, "fs": RATE_HZ, "acc": acc, "gyr": gyr, "location": "lower_back", "sides": "LR"}


@pytest.fixture
def npz(tmp_path, walk):
    """Write a recording in which some keys are replaced, or left out where the value is None."""

    def write(**replaced):
        path = tmp_path / "walk.npz"
        kept = {key: value for key, value in {**walk, **replaced}.items() if value is not None}
        np.savez(path, **kept)
        return path

    return write


@pytest.fixture
def csv_file(tmp_path, walk):
    """Write a recording as text; ``edit`` may change its lines."""

    def write(edit=lambda lines: lines, header="t,ax,ay,az,gx,gy,gz", gyr_factor=57.29577951308232):
        table = np.column_stack([walk["t"], walk["acc"], walk["gyr"] * gyr_factor])
        rows = [",".join(f"{value:.6f}" for value in row) for row in table]
        path = tmp_path / "walk.csv"
        path.write_text("\n".join(edit([header, *rows])) + "\n")
        return path

    return write
