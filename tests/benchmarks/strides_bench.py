"""Stride measures against references: python tests/benchmarks/strides_bench.py [DATA].

Both feet of Voisard and gaitmap go through the engine's measuring half as two sensors. Times of
stance, swing and double support are compared stride by stride where both contacts of a stride match
a reference within 0.1 s; lengths with the length of the track. Lengths at the lower back are
compared bout by bout with mobgap's reference, and on voisard with those of both feet.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import Path

import numpy as np

from rascue.cadence.coordination import phase_coordination_index_pct
from rascue.core.clock import NS_PER_S
from rascue.core.types import Side, StrideRecord, StrideTravel
from rascue.sensor.recording import load_recording
from rascue.sensor.replay import blocks
from rascue.session.pipeline import Measured, Pipeline

SHARED = Path(__file__).resolve().parents[3] / "shared"
MATCH_S = 0.1
BLOCK_SAMPLES = 10
BOUT_STRIDES = 3
"""A bout with fewer told strides gives no mean."""
TRACK_M = {"voisard": 20.0, "gaitmap": 40.0}
FEET = ("left_foot", "right_foot")


def main(data: Path = SHARED / "data" / "gait") -> None:
    """Print one line for each measure and set of recordings."""
    for dataset, track_m in TRACK_M.items():
        found = [(measured(pair), references(pair[0])) for pair in pairs(data, dataset)]
        print(f"{dataset}: {len(found)} walks with both feet")
        for name in ("stride_time_s", "step_time_s", "stance_time_s", "swing_time_s",
                     "double_support_time_s"):  # fmt: skip
            errors = np.array([e for got, true in found for e in errors_s(got, true, name)])
            if len(errors):
                print(
                    f"  {name:22s} n {len(errors):4d}  bias {1e3 * errors.mean():6.1f} ms  "
                    f"SD {1e3 * errors.std():5.1f} ms  MAE {1e3 * np.abs(errors).mean():5.1f} ms"
                )
        print_lengths([got for got, _ in found], track_m)
        print_coordination(found)
    print_back(data)


def pairs(data: Path, dataset: str) -> Iterator[tuple[Path, Path]]:
    """Yield left and right file of each trial."""
    with (data / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["dataset"] == dataset]
    for row in rows:
        if row["location"] == FEET[0]:
            left = data / row["file"]
            yield left, left.with_name(left.name.replace(*FEET))


def measured(paths: Sequence[Path]) -> list[Measured]:
    """Return all that the sensors of a walk reveal, fed in the order of time."""
    recordings = [(load_recording(path), path.stem) for path in paths]
    infos = [replace(recording.info, source_id=name) for recording, name in recordings]
    streams = [
        [replace(block, source_id=name) for block in blocks(recording, BLOCK_SAMPLES)]
        for recording, name in recordings
    ]
    pipeline = Pipeline(infos, "", 0.15)
    return [
        item for block in merge(*streams, key=lambda b: b.last_ns) for item in pipeline.feed(block)
    ]


def references(path: Path) -> dict[Side, dict[str, np.ndarray]]:
    """Return contacts and lifts of each foot, s."""
    with np.load(path, allow_pickle=False) as file:
        lifts = (file["fc_t"], file["fc_side"]) if "fc_t" in file else (np.empty(0), np.empty(0))
        return {
            side: {
                "ic": np.sort(file["ic_t"][file["ic_side"] == side.value]),
                "fc": np.sort(lifts[0][lifts[1] == side.value]),
            }
            for side in (Side.LEFT, Side.RIGHT)
        }


def true_stride(
    true: dict[Side, dict[str, np.ndarray]], side: Side, ic_s: float, next_s: float
) -> dict[str, float]:
    """Return what is known of the reference stride at two contacts."""
    own, other = true[side], true[Side.LEFT if side is Side.RIGHT else Side.RIGHT]
    a, b = (nearest(own["ic"], t) for t in (ic_s, next_s))
    if max(abs(a - ic_s), abs(b - next_s)) > MATCH_S:
        return {}
    lifts, contacts = between(own["fc"], a, b), between(other["ic"], a, b)
    found = {"stride_time_s": b - a}
    if len(contacts) == 1:
        found["step_time_s"] = b - contacts[0]
    if len(lifts) == 1:
        found |= {"stance_time_s": lifts[0] - a, "swing_time_s": b - lifts[0]}
    before = between(other["fc"], a, contacts[0]) if len(contacts) == 1 else np.empty(0)
    if len(before) == len(lifts) == 1:
        found["double_support_time_s"] = (before[0] - a) + (lifts[0] - contacts[0])
    return found


def errors_s(
    got: list[Measured], true: dict[Side, dict[str, np.ndarray]], name: str
) -> list[float]:
    """Return measured minus true of one measure."""
    errors = []
    for stride in (item for item in got if isinstance(item, StrideRecord)):
        value = getattr(stride, name)
        known = true_stride(
            true, stride.side, stride.ic_ns / NS_PER_S, stride.next_ic_ns / NS_PER_S
        )
        if value is not None and name in known:
            errors.append(value - known[name])
    return errors


def print_lengths(walks: list[list[Measured]], track_m: float) -> None:
    """Print how far the told strides of a foot go in all, beside the track."""
    told = [
        sum(t.length_m for t in walk if isinstance(t, StrideTravel) and t.side is side)
        for walk in walks
        for side in (Side.LEFT, Side.RIGHT)
    ]
    strides = sum(isinstance(s, StrideRecord) for walk in walks for s in walk)
    travels = sum(isinstance(t, StrideTravel) for walk in walks for t in walk)
    print(
        f"  told lengths add up to {np.mean(told):.1f} m, SD {np.std(told):.1f} m, "
        f"of {track_m:g} m, RMS error {100 * rms(np.array(told) / track_m - 1):.1f} %; "
        f"{travels} of {strides} strides"
    )


@dataclass(frozen=True)
class Bout:
    """Told strides at the back beside the reference length and speed of their bout."""

    person: str
    trial: str
    told: list[StrideTravel]
    length_m: float
    speed_mps: float

    @property
    def length_ratio(self) -> float:
        return float(np.mean([one.length_m for one in self.told])) / self.length_m

    @property
    def speed_ratio(self) -> float:
        return float(np.mean([one.speed_mps for one in self.told])) / self.speed_mps


def print_back(data: Path) -> None:
    """Print the error of lengths at the lower back: mobgap's bouts, voisard's walks."""
    every = [bout for path in sorted(data.glob("mobgap_*.npz")) for bout in mobgap_bouts(path)]
    bouts = [bout for bout in every if len(bout.told) >= BOUT_STRIDES]
    print(f"mobgap, lower back: {len(bouts)} of {len(every)} bouts, {BOUT_STRIDES} strides or more")
    for bout in bouts:
        mean_m = bout.length_ratio * bout.length_m
        print(
            f"  {bout.person} {bout.trial:14s} {len(bout.told):2d} strides {mean_m:.2f} m, "
            f"reference {bout.length_m:.2f} m ({100 * (bout.length_ratio - 1):+.0f} %), "
            f"speed {100 * (bout.speed_ratio - 1):+.0f} %"
        )
    print_ratios("length", [bout.length_ratio for bout in bouts])
    straight = [bout for bout in bouts if "Test5" in bout.trial]
    print_ratios("length, straight walks", [bout.length_ratio for bout in straight])
    print_ratios("speed", [bout.speed_ratio for bout in bouts])
    scaled = [
        bout.length_ratio / np.mean([b.length_ratio for b in bouts if b.person != bout.person])
        for bout in bouts
    ]
    print_ratios("length, K fitted on the other person", scaled)
    walks = voisard_walks(data)
    print(f"voisard, lower back: {len(walks)} walks beside the feet of the same walk")
    print_ratios("length", [walk.length_ratio for walk in walks])
    print_ratios("speed", [walk.speed_ratio for walk in walks])


def print_ratios(name: str, ratios: Sequence[float]) -> None:
    """Print bias, spread and size of the errors that ratios to a reference tell."""
    errors = 100.0 * (np.array(ratios) - 1.0)
    print(
        f"  {name}: bias {errors.mean():+.1f} %  SD {errors.std():.1f} %  "
        f"MAE {np.abs(errors).mean():.1f} %  RMS {rms(errors):.1f} %"
    )


def mobgap_bouts(path: Path) -> list[Bout]:
    """Return the walking bouts of a recording with the strides told in them."""
    told = [item for item in measured([path]) if isinstance(item, StrideTravel)]
    with np.load(path, allow_pickle=False) as file:
        person, trial, rows = str(file["subject"]), str(file["trial"]), file["wb"]
    return [
        Bout(
            person,
            trial,
            [
                one
                for one in told
                if start_s - MATCH_S < one.ic_ns / NS_PER_S
                and one.next_ic_ns / NS_PER_S < end_s + MATCH_S
            ],
            length_m,
            speed_mps,
        )
        for start_s, end_s, _, speed_mps, length_m in rows
    ]


def voisard_walks(data: Path) -> list[Bout]:
    """Return each walk with a back and two feet; the feet's medians are the reference."""
    walks = []
    for left, right in pairs(data, "voisard"):
        back = left.with_name(left.name.replace(FEET[0], "lower_back"))
        feet = [item for item in measured([left, right]) if isinstance(item, StrideTravel)]
        told = [item for item in measured([back]) if isinstance(item, StrideTravel)]
        if len(told) >= BOUT_STRIDES:
            length_m = float(np.median([one.length_m for one in feet]))
            speed_mps = float(np.median([one.speed_mps for one in feet]))
            walks.append(Bout(back.stem, "", told, length_m, speed_mps))
    return walks


def rms(values: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def print_coordination(
    found: list[tuple[list[Measured], dict[Side, dict[str, np.ndarray]]]],
) -> None:
    """Print the phase coordination index beside that of the reference contacts."""
    rows = []
    for got, true in found:
        strides = [item for item in got if isinstance(item, StrideRecord)]
        exact = [
            replace(s, stride_time_s=known["stride_time_s"], step_time_s=known["step_time_s"])
            for s in strides
            if "step_time_s" in (known := true_stride(
                true, s.side, s.ic_ns / NS_PER_S, s.next_ic_ns / NS_PER_S
            ))
        ]  # fmt: skip
        both = phase_coordination_index_pct(strides), phase_coordination_index_pct(exact)
        if all(isinstance(one, float) for one in both):
            rows.append(both)
    if rows:
        ours, theirs = np.array(rows, float).T
        print(
            f"  phase coordination index: {ours.mean():.1f} %, reference {theirs.mean():.1f} %,"
            f" MAE {np.abs(ours - theirs).mean():.1f} % over {len(rows)} walks"
        )
    else:
        print("  phase coordination index: not enough strides in any walk (23 of one foot)")


def nearest(values: np.ndarray, at: float) -> float:
    """Return the value nearest to ``at``; far away where there is none."""
    return float(values[np.argmin(np.abs(values - at))]) if len(values) else np.inf


def between(values: np.ndarray, a: float, b: float) -> np.ndarray:
    """Return the values in the open interval."""
    return values[(values > a) & (values < b)]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
