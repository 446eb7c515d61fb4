"""The freeze flag on made movement, and on Daphnet's ankles."""

from __future__ import annotations

import numpy as np
import pytest

from rascue.core.types import ImuBlock, Placement, SourceInfo
from rascue.sensor.recording import load_recording
from rascue.steps.freezing import FreezeDetector

RATE_HZ = 64.0
INFO = SourceInfo("ankle", Placement.RIGHT_SHANK, RATE_HZ, has_gyro=False)

# Walking at a stride a second, trembling at 5 Hz, standing.
WALK_HZ, TREMBLE_HZ = 1.0, 5.0


# A walk whose every step shakes: a freeze index near 1 in plain walking.
SHAKY = 6.0


def block(*parts: tuple[str, float]) -> ImuBlock:
    """Return walking, trembling and standing in turn, each for so many seconds."""
    signals = []
    for kind, seconds in parts:
        t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        walks = kind in ("walk", "shaky")
        walk = 6.0 * np.sin(2 * np.pi * WALK_HZ * t) if walks else np.zeros_like(t)
        walk = walk + SHAKY * np.sin(2 * np.pi * TREMBLE_HZ * t) if kind == "shaky" else walk
        tremble = 6.0 * np.sin(2 * np.pi * TREMBLE_HZ * t) if kind == "tremble" else 0.0
        signals.append(walk + tremble)
    moved = np.concatenate(signals)
    acc = np.random.default_rng(0).normal(0.0, 0.05, (len(moved), 3))
    acc[:, 0] += moved
    acc[:, 2] += 9.81
    t_ns = np.round(np.arange(len(moved)) / RATE_HZ * 1e9).astype(np.int64)
    return ImuBlock("ankle", 0, t_ns, acc.astype(np.float32), np.zeros((0, 3), np.float32))


def changes(samples: ImuBlock, size: int | None = None) -> list[tuple[bool, float]]:
    detector, found = FreezeDetector(INFO), []
    for start in range(0, samples.n, size or samples.n):
        part = slice(start, start + (size or samples.n))
        found += detector.process(
            ImuBlock("ankle", 0, samples.t_ns[part], samples.acc_mps2[part], samples.gyr_dps[part])
        )
    return [(change.raised, change.at_ns / 1e9) for change in found]


def test_trembling_raises_the_flag_within_a_second_and_walking_clears_it() -> None:
    raised, cleared = changes(block(("walk", 10.0), ("tremble", 5.0), ("walk", 10.0)))
    assert raised == (True, pytest.approx(10.5, abs=0.5))
    assert cleared == (False, pytest.approx(15.7, abs=0.7))


@pytest.mark.parametrize("kind", ["walk", "stand"])
def test_walking_and_standing_raise_nothing(kind) -> None:
    assert changes(block((kind, 30.0))) == []


def test_a_freeze_is_measured_by_the_own_walking() -> None:
    # The same movement: a freeze for who walked smoothly, not for somebody whose every step shakes.
    smooth, shaky = block(("walk", 20.0), ("shaky", 20.0)), block(("shaky", 40.0))
    assert changes(smooth)[0] == (True, pytest.approx(20.5, abs=0.5))
    assert [change for change in changes(shaky) if change[1] > 1.0] == []


def test_blocks_of_any_size_give_the_same_flags() -> None:
    samples = block(("walk", 10.0), ("tremble", 5.0), ("walk", 10.0))
    assert changes(samples, 1) == changes(samples, 7) == changes(samples)


def test_every_freeze_of_a_recording_is_flagged(gait_file) -> None:
    path = gait_file("daphnet_S02R01_ankle.npz")
    recording = load_recording(path)
    detector = FreezeDetector(recording.info)
    whole = ImuBlock("ankle", 0, recording.t_ns, recording.acc_mps2, recording.gyr_dps)
    with np.load(path, allow_pickle=False) as file:
        labels, freezes_s = file["fog_label"], file["fog_t"]
    flag = np.zeros(recording.t_ns[-1] // 10**6 + 1, bool)
    for change in detector.process(whole):
        flag[change.at_ns // 10**6 :] = change.raised
    for start_s, end_s in freezes_s:
        assert flag[round(start_s * 1e3) : round(end_s * 1e3)].any()
    walked_ms = np.round(np.flatnonzero(labels == 1) / 64.0 * 1e3).astype(int)
    assert flag[walked_ms[walked_ms < len(flag)]].mean() < 0.15
