"""Signs of trouble and doubts about sensors over all recordings: how often they are raised.

``python tests/benchmarks/signs_bench.py [DATA]`` prints the tables of docs/detectors.md: near-stops
and stumbles per minute of walking; doubts as recorded and when provoked; exchanged feet; freezing
with each subject left out. Needs scipy, which our tests have.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from heapq import merge
from itertools import product
from pathlib import Path

import numpy as np
from scipy.signal import cont2discrete, lfilter

from rascue.core.clock import NS_PER_S
from rascue.core.types import (
    GaitFlag,
    GaitSign,
    ImuBlock,
    SensorConcern,
    SensorHealth,
    SourceInfo,
    StepEvent,
)
from rascue.sensor.recording import Recording, load_recording
from rascue.sensor.replay import blocks
from rascue.session.pipeline import Measured, Pipeline
from rascue.steps.choose import detector_for
from rascue.steps.freezing import DEFAULT_PARAMS, FreezeDetector, FreezeParams

SHARED = Path(__file__).resolve().parents[3] / "shared"
FEET = ("left_foot", "right_foot")
AXES = "xyz"
MOUNTED_S = 2.0
"""The way up in the first two seconds is taken for how the sensor was mounted."""

LOOSE = ((6.0, 0.08), (9.0, 0.08), (13.0, 0.08), (6.0, 0.2), (9.0, 0.2))
"""Resonance, Hz, and damping of the straps that are simulated."""

LATE, EARLY = 1.25, 0.8
"""An interval of the reference against its neighbors that makes a near-stop or a stumble true."""

SENSITIVITY_AIM, SPECIFICITY_AIM = 0.93, 0.88
"""Of the freeze flag, per sample; the aims of issue 3."""

Row = dict[str, str]


def main(data: Path = SHARED / "data" / "gait") -> None:
    """Print all tables."""
    with (data / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    print_signs(data, rows)
    print_doubts(data, rows)
    print_swapped(data, rows)
    print_freezing([data / row["file"] for row in rows if row["location"] == "ankle"])


# --- near-stop and stumble -----------------------------------------------------------------------


def print_signs(data: Path, rows: list[Row]) -> None:
    """Print near-stops and stumbles of each set of recordings, and how many are false."""
    groups: dict[str, list[tuple[Path, ...]]] = defaultdict(list)
    for row in rows:
        groups[f"{row['dataset']} {place_of(row)}"].append((data / row["file"],))
    for pair in feet(data, rows):
        groups[f"{pair[0].name.split('_')[0]} two feet"].append(pair)
    print("signs of trouble: recordings, minutes of walking; raised (true), false per minute")
    for name, units in sorted(groups.items()):
        seen, true, walked_s = Counter(), Counter(), 0.0
        for paths in units:
            found, contacts_s = measured(paths), reference_s(paths)
            steps_s = [item.ic_ns / NS_PER_S for item in found if isinstance(item, StepEvent)]
            intervals = np.diff(np.sort(steps_s))
            walked_s += float(intervals[intervals < 2.0].sum())
            for flag in (item for item in found if isinstance(item, GaitFlag) and item.raised):
                seen[flag.sign] += 1
                true[flag.sign] += is_true(flag, contacts_s)
        told = [
            f"{sign.value} {seen[sign]} ({true[sign]}) "
            f"{60.0 * (seen[sign] - true[sign]) / max(walked_s, 1.0):.2f}/min"
            for sign in (GaitSign.NEAR_STOP, GaitSign.STUMBLE)
        ]
        print(f"  {name:22s} {len(units):4d} {walked_s / 60.0:6.1f} min  " + "  ".join(told))


def is_true(flag: GaitFlag, contacts_s: np.ndarray) -> bool:
    """Return whether the reference shows an interval that fits the sign."""
    if len(contacts_s) < 2:
        return False
    at_s, intervals = flag.at_ns / NS_PER_S, np.diff(contacts_s)
    if flag.sign is GaitSign.NEAR_STOP:
        k = int(np.searchsorted(contacts_s, at_s - 0.1))
        if k >= len(contacts_s):
            return True  # no contact follows
        return k == 0 or contacts_s[k] - contacts_s[k - 1] > LATE * usual(intervals, k)
    k = int(np.argmin(np.abs(contacts_s - at_s)))
    near = k > 0 and abs(contacts_s[k] - at_s) < 0.15
    return bool(near and intervals[k - 1] < EARLY * usual(intervals, k))


def usual(intervals: np.ndarray, k: int) -> float:
    """Return the median of up to four intervals before the one that ends with contact k."""
    return float(np.median(intervals[max(0, k - 5) : k - 1] if k > 2 else intervals))


# --- doubts about the sensor ---------------------------------------------------------------------


def print_doubts(data: Path, rows: list[Row]) -> None:
    """Print how many recordings raise each doubt as they are, upside down, and on a loose strap."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        recording, seen = (
            load_recording(data / row["file"]),
            counts[f"{row['dataset']} {place_of(row)}"],
        )
        info = replace(recording.info, up_axis=up_axis(recording))
        seen["recordings"] += 1
        seen.update(concern.value for concern in doubts(recording, info, recording.acc_mps2))
        over = turned_over(recording.acc_mps2, info.up_axis)
        seen["turned over: told"] += SensorConcern.UPSIDE_DOWN in doubts(recording, info, over)
        for ring_hz, damping in LOOSE:
            loose = loosened(recording, ring_hz, damping)
            told = SensorConcern.LOOSE in doubts(recording, info, loose)
            seen[f"loose {ring_hz:g} Hz, {damping:g}: told"] += told
    print("doubts about the sensor: as recorded; then provoked")
    for name, seen in sorted(counts.items()):
        print(f"  {name:22s} " + ", ".join(f"{what} {n}" for what, n in seen.items()))


def doubts(recording: Recording, info: SourceInfo, acc_mps2: np.ndarray) -> set[SensorConcern]:
    """Return the doubts raised on other accelerations of a recording."""
    block = ImuBlock(info.source_id, 0, recording.t_ns, acc_mps2, recording.gyr_dps)
    events = detector_for(info).process(block)
    return {e.concern for e in events if isinstance(e, SensorHealth) and e.raised}


def up_axis(recording: Recording) -> str:
    """Return the axis that points up at the start, of the first samples that measure gravity."""
    first = int(np.argmax(np.linalg.norm(recording.acc_mps2, axis=1) > 5.0))
    count = round(MOUNTED_S * recording.info.rate_hz)
    mean = recording.acc_mps2[first : first + count].mean(axis=0)
    axis = int(np.argmax(np.abs(mean)))
    return f"{'+' if mean[axis] > 0 else '-'}{AXES[axis]}"


def turned_over(acc_mps2: np.ndarray, up: str) -> np.ndarray:
    """Return the accelerations of a sensor turned by half a turn about a level axis."""
    signs = np.full(3, -1.0, np.float32)
    signs[(AXES.index(up[1]) + 1) % 3] = 1.0
    return acc_mps2 * signs


def loosened(recording: Recording, ring_hz: float, damping: float) -> np.ndarray:
    """Return the accelerations of a sensor that hangs on a spring: x'' + 2 d w x' + w^2 x = -a."""
    w = 2.0 * np.pi * ring_hz
    spring = ([-1.0, 0.0, 0.0], [1.0, 2.0 * damping * w, w * w])
    b, a, _ = cont2discrete(spring, 1.0 / recording.info.rate_hz, method="bilinear")
    acc = recording.acc_mps2.astype(float)
    return (acc + lfilter(np.ravel(b), a, acc - acc[0], axis=0)).astype(np.float32)


# --- exchanged feet ------------------------------------------------------------------------------


def print_swapped(data: Path, rows: list[Row]) -> None:
    """Print how many pairs look exchanged as they are, and when they were exchanged."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in feet(data, rows):
        seen = counts[pair[0].name.split("_")[0]]
        seen["walks"] += 1
        seen["told as recorded"] += looks_swapped(measured(pair))
        seen["told when exchanged"] += looks_swapped(measured((pair[1], pair[0])))
    print("left and right foot exchanged")
    for name, seen in counts.items():
        print(f"  {name:22s} " + ", ".join(f"{what} {n}" for what, n in seen.items()))


def looks_swapped(found: list[Measured]) -> bool:
    """Return whether the doubt was raised."""
    health = (item for item in found if isinstance(item, SensorHealth))
    return any(h.concern is SensorConcern.SWAPPED_FEET and h.raised for h in health)


# --- freezing ------------------------------------------------------------------------------------


def print_freezing(paths: list[Path]) -> None:
    """Print sensitivity, specificity and delay as shipped, and with each subject left out."""
    print("freezing at the ankle: sensitivity, specificity, delay p50 / p90 s, freezes missed")
    print("  shipped, all", freezing([(path, DEFAULT_PARAMS) for path in paths]))
    for subject, own in by_subject(paths).items():
        print(f"  {subject}, shipped", freezing([(path, DEFAULT_PARAMS) for path in own]))
    ratios = [replace(DEFAULT_PARAMS, raise_ratio=ratio) for ratio in np.arange(1.5, 3.01, 0.1)]
    print_left_out("ratio", paths, ratios)
    more = product(ratios, (0.6, 0.8, 1.0), (4.0, 5.0, 7.0))
    wide = [replace(one, memory_s=memory, power_min=power) for one, memory, power in more]
    print_left_out("ratio, memory, power", paths, wide)


def print_left_out(what: str, paths: list[Path], choices: list[FreezeParams]) -> None:
    """Print each subject with what is best for the others, and all of them together."""
    runs: list[tuple[Path, FreezeParams]] = []
    for subject, own in by_subject(paths).items():
        others = [path for path in paths if path not in own]
        best = max(choices, key=lambda params: score(others, params))
        print(f"  {subject}, {what} chosen on others", freezing([(path, best) for path in own]))
        runs += [(path, best) for path in own]
    print(f"  joined, {what} chosen on others", freezing(runs))


def by_subject(paths: list[Path]) -> dict[str, list[Path]]:
    """Return the files of each subject."""
    files: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        files[subject_of(path)].append(path)
    return dict(sorted(files.items()))


def subject_of(path: Path) -> str:
    """Return the subject of a Daphnet file."""
    return path.name.split("_")[1][:3]


def score(paths: list[Path], params: FreezeParams) -> float:
    """Return what is maximized: the smaller distance above what issue 3 asks for."""
    sensitivity, specificity, _, _ = freezing([(path, params) for path in paths])
    return min(sensitivity - SENSITIVITY_AIM, specificity - SPECIFICITY_AIM)


def freezing(
    runs: list[tuple[Path, FreezeParams]],
) -> tuple[float, float, tuple[float, float], int]:
    """Return sensitivity and specificity per sample, delays, and how many freezes were missed."""
    right, total, delays, missed = Counter[int](), Counter[int](), [], 0
    for path, params in runs:
        with np.load(path, allow_pickle=False) as file:
            labels, freezes_s = file["fog_label"], file["fog_t"]
        flagged, rate_hz = flags_of(path, params, len(labels))
        for label, wanted in ((1, False), (2, True)):
            right[label] += int((flagged[labels == label] == wanted).sum())
            total[label] += int((labels == label).sum())
        for start_s, end_s in freezes_s:
            told = np.flatnonzero(flagged[int(start_s * rate_hz) : int(end_s * rate_hz)])
            missed += not len(told)
            delays += [float(told[0]) / rate_hz] if len(told) else []
    p50, p90 = np.percentile(delays or [0.0], [50, 90]).round(2).tolist()
    shares = [round(right[label] / max(1, total[label]), 3) for label in (2, 1)]
    return shares[0], shares[1], (p50, p90), missed


def flags_of(path: Path, params: FreezeParams, n: int) -> tuple[np.ndarray, float]:
    """Return the flag at each sample, and the rate, Hz."""
    recording = load_recording(path)
    block = ImuBlock("leg", 0, recording.t_ns, recording.acc_mps2, recording.gyr_dps)
    flagged = np.zeros(n, bool)
    for change in FreezeDetector(recording.info, params).process(block):
        flagged[int(np.searchsorted(recording.t_ns, change.at_ns)) :] = change.raised
    return flagged, recording.info.rate_hz


# --- recordings ----------------------------------------------------------------------------------


def place_of(row: Row) -> str:
    """Return where a sensor was worn, both feet alike."""
    return "foot" if row["location"] in FEET else row["location"]


def feet(data: Path, rows: list[Row]) -> Iterator[tuple[Path, Path]]:
    """Yield left and right file of each trial with both."""
    for row in rows:
        if row["location"] == FEET[0]:
            left = data / row["file"]
            right = left.with_name(left.name.replace(*FEET))
            if right.is_file():
                yield left, right


def measured(paths: tuple[Path, ...]) -> list[Measured]:
    """Return all that one sensor, or the left and the right one, reveal."""
    recordings = [load_recording(path) for path in paths]
    infos = [one.info for one in recordings]
    if len(paths) > 1:
        worn = sorted(info.placement for info in infos)
        infos = [
            replace(info, source_id=place, placement=place)
            for info, place in zip(infos, worn, strict=True)
        ]
    streams = [
        [replace(block, source_id=info.source_id) for block in blocks(one, 20)]
        for one, info in zip(recordings, infos, strict=True)
    ]
    pipeline = Pipeline(infos, "", 1.0)
    ordered = merge(*streams, key=lambda block: block.last_ns)
    return [item for block in ordered for item in pipeline.feed(block)]


def reference_s(paths: tuple[Path, ...]) -> np.ndarray:
    """Return the reference contacts that the sensors see, s."""
    with np.load(paths[0], allow_pickle=False) as file:
        seen = "LR" if len(paths) > 1 else str(file["sides"])
        return np.sort(file["ic_t"][[side in seen for side in file["ic_side"]]])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
