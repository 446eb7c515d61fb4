"""Runs one public step detector over the recordings; needs nothing of rascue.

``python detect.py PEER DATA OUT`` in an environment made from ``PEER.txt`` writes
``OUT/<detector>/<stem>.csv`` with the column ``t`` (s on the recording's clock). Each peer works
offline, on the whole recording at once, and is told how the sensor is mounted.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

STANDARD_GRAVITY_MPS2 = 9.80665

Found = dict[str, np.ndarray]
"""Detector -> contacts, s."""


def main(peer: str, data: Path, out: Path) -> None:
    """Run a peer over all recordings of the placement it is made for."""
    warnings.simplefilter("ignore")
    place, run = PEERS[peer]
    for row in rows(data):
        if place not in row["location"]:
            continue
        with np.load(data / row["file"], allow_pickle=False) as file:
            recording = dict(file)
        for detector, contacts_s in run(recording).items():
            write(out / detector / f"{Path(row['file']).stem}.csv", contacts_s)


def rows(data: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of the manifest with reference contacts."""
    with (data / "manifest.csv").open(newline="") as file:
        yield from (row for row in csv.DictReader(file) if int(row["n_ic"]))


def write(path: Path, contacts_s: np.ndarray) -> None:
    """Write contacts in the order of time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["t"], *([f"{t:.4f}"] for t in np.sort(contacts_s))])


def body_frame(recording: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return acceleration and rate at the lower back as up, left, forward, from its own words."""
    forward = -1.0 if "z backward" in str(recording["axes"]) else 1.0
    turn = np.diag([1.0, forward, forward])  # about the vertical, so that it stays right-handed
    return recording["acc"].astype(float) @ turn, recording["gyr"].astype(float) @ turn


# --- mobgap --------------------------------------------------------------------------------------


def run_mobgap(recording: dict[str, np.ndarray]) -> Found:
    """Return the contacts of its three detectors, inside the walking it finds itself."""
    import pandas as pd
    from mobgap.gait_sequences import GsdAdaptiveIonescu, GsdIluz
    from mobgap.initial_contacts import IcdHKLeeImproved, IcdIonescu, IcdShinImproved

    acc, gyr = body_frame(recording)
    names = [f"{kind}_{axis}" for kind in ("acc", "gyr") for axis in ("is", "ml", "pa")]
    frame = pd.DataFrame(np.hstack([acc, np.degrees(gyr)]), columns=names)
    rate_hz = float(recording["fs"])
    walking = GsdIluz(), GsdAdaptiveIonescu()
    contacts = IcdIonescu(), IcdShinImproved(), IcdHKLeeImproved()
    found: Found = {}
    for gsd in walking:
        bouts = quietly(lambda gsd=gsd: gsd.detect(frame, sampling_rate_hz=rate_hz).gs_list_)
        for icd in contacts:
            name = f"mobgap {type(gsd).__name__} {type(icd).__name__}"
            found[name] = mobgap_contacts(icd, frame, bouts, rate_hz)
    return found


def mobgap_contacts(icd: object, frame: object, bouts: object, rate_hz: float) -> np.ndarray:
    """Return what a detector finds in each walk, s."""
    parts = [np.empty(0)]
    for bout in [] if bouts is None else bouts.itertuples():
        part = frame.iloc[int(bout.start) : int(bout.end)].reset_index(drop=True)
        ics = quietly(lambda part=part: icd.clone().detect(part, sampling_rate_hz=rate_hz).ic_list_)
        if ics is not None:
            parts.append((ics["ic"].to_numpy(float) + float(bout.start)) / rate_hz)
    return np.unique(np.concatenate(parts))


# --- gaitmap -------------------------------------------------------------------------------------


def run_gaitmap(recording: dict[str, np.ndarray]) -> Found:
    """Return contacts by stride template (Barth) and event detection (Rampp)."""
    import pandas as pd
    from gaitmap.utils.coordinate_conversion import (
        convert_left_foot_to_fbf,
        convert_right_foot_to_fbf,
    )
    from gaitmap_mad.event_detection import RamppEventDetection
    from gaitmap_mad.stride_segmentation import BarthDtw

    rate_hz = float(recording["fs"])
    frame = pd.DataFrame(
        np.hstack(foot_frame(recording)),
        columns=[f"{kind}_{axis}" for kind in ("acc", "gyr") for axis in "xyz"],
    )
    left = "left" in str(recording["location"])
    body = (convert_left_foot_to_fbf if left else convert_right_foot_to_fbf)(frame)
    strides = quietly(lambda: BarthDtw().segment(body, sampling_rate_hz=rate_hz).stride_list_)
    if strides is None or not len(strides):
        return {"gaitmap BarthDtw Rampp": np.empty(0)}
    events = quietly(lambda: RamppEventDetection().detect(body, strides, sampling_rate_hz=rate_hz))
    if events is None:
        return {"gaitmap BarthDtw Rampp": np.empty(0)}
    table = events.segmented_event_list_
    names = [name for name in ("ic", "pre_ic") if name in table]
    contacts = np.unique(np.concatenate([table[name].to_numpy(float) for name in names]))
    return {"gaitmap BarthDtw Rampp": contacts[np.isfinite(contacts)] / rate_hz}


def foot_frame(recording: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return acceleration and rate (deg/s) as forward, left, up: turned round, and put upright."""
    acc, gyr = recording["acc"].astype(float), np.degrees(recording["gyr"].astype(float))
    if "towards the shin" in str(recording["axes"]):
        turn = np.diag([-1.0, -1.0, 1.0])
        acc, gyr = acc @ turn, gyr @ turn
    rest = acc[np.linalg.norm(gyr, axis=1) < np.percentile(np.linalg.norm(gyr, axis=1), 20)]
    tilt = np.arctan2(rest.mean(0)[0], rest.mean(0)[2])
    upright = np.array(
        [[np.cos(tilt), 0.0, -np.sin(tilt)], [0.0, 1.0, 0.0], [np.sin(tilt), 0.0, np.cos(tilt)]]
    )
    return acc @ upright.T, gyr @ upright.T


# --- scikit-digital-health -----------------------------------------------------------------------


def run_skdh(recording: dict[str, np.ndarray]) -> Found:
    """Return the contacts of its lumbar gait, which takes the whole recording for walking."""
    from skdh.gait import GaitLumbar

    acc, gyr = body_frame(recording)
    rate_hz = float(recording["fs"])
    time_s = 1.7e9 + np.arange(len(acc)) / rate_hz
    result = quietly(
        lambda: GaitLumbar(downsample=False).predict(
            time=time_s, accel=acc / STANDARD_GRAVITY_MPS2, gyro=gyr, fs=rate_hz,
            gait_pred=True, v_axis=0, ap_axis=2,
        )
    )  # fmt: skip
    stamps = [] if result is None else result.get("IC Timestamp", [])
    return {"skdh GaitLumbar": np.unique(np.asarray(stamps, float) - time_s[0])}


# -------------------------------------------------------------------------------------------------


def quietly(call: Callable[[], object]) -> object | None:
    """Return what a peer finds; None, with a line, where it gives up."""
    try:
        return call()
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return None


PEERS = {
    "mobgap": ("lower_back", run_mobgap),
    "gaitmap": ("foot", run_gaitmap),
    "skdh": ("lower_back", run_skdh),
}
"""Name -> (placement, how it is run)."""

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
