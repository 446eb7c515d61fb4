"""Step detectors on recorded walks with reference contacts: the table of `rascue bench steps`.

The scoring itself is that of ``score_steps.py``, which lies beside the recordings and not in this
package; it is imported by path, so that everybody is measured by the same ruler.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rascue.cadence.robust_median import RobustMedianCadence
from rascue.core.clock import NS_PER_S
from rascue.core.errors import WrongUse
from rascue.core.types import FinalContactEvent, StepEvent
from rascue.sensor.recording import Recording, load_recording
from rascue.sensor.replay import blocks
from rascue.steps.choose import detector_for
from rascue.testing.prediction_scoring import Expected, expected, prediction_figures

OURS = "rascue"
"""Name of our detectors in the table."""

BLOCK_SAMPLES = 10
TOLERANCES_S = (0.25, 0.10)

WEAK_F1 = 0.9
"""Recordings below are told by name. Source: issue 3."""

QUIET_MARGIN_S = 1.5
"""A stretch counts as outside walking so far from any reference contact. Default, not evidence."""

QUIET_TOTAL_MIN_S = 60.0
"""With less than this outside walking no rate of false contacts is given. Default, not evidence."""

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Detections:
    """What one run over a recording announced; times in s on the recording's clock.

    Parameters
    ----------
    t_s, emit_s
        Contact, and sample after which it was announced.
    outlook
        The next contact of the other foot (of the same, for a sensor on one leg) as expected after
        each contact and each toe-off.
    shown
        Cadence as the display shows it after each contact, with the instant, s and steps/min.
    work_s
        Processor time of the detector alone.
    """

    t_s: list[float] = field(default_factory=list)
    emit_s: list[float] = field(default_factory=list)
    side: list[str] = field(default_factory=list)
    outlook: list[Expected] = field(default_factory=list)
    shown: list[tuple[float, float]] = field(default_factory=list)
    work_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What a recording's file says about its contacts, all in s.

    ``contacts_s`` are those that the sensor can see; ``all_contacts_s`` those of both feet;
    ``turns_s`` (k, 2) begin and end of turns, where the recording says them.
    """

    contacts_s: Floats
    all_contacts_s: Floats
    sides: tuple[str, ...]
    valid_s: Floats
    contacts_per_stride: int
    duration_s: float
    turns_s: Floats


@dataclass(frozen=True, slots=True)
class Scored:
    """One recording with its reference and what was found."""

    name: str
    dataset: str
    group: str
    placement: str
    reference: Reference
    found: Detections


def load_script(folder: Path, name: str) -> Any:
    """Import ``score_steps`` or ``naive_steps`` from the folder that holds them.

    Raises
    ------
    WrongUse
        When it is not there.
    """
    path = folder / f"{name}.py"
    spec = spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise WrongUse(f"{path} is absent; name the folder that holds score_steps.py with --tools")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_reference(path: Path) -> Reference:
    """Read the reference contacts of one ``.npz`` recording."""
    with np.load(path, allow_pickle=False) as file:
        seen = str(file["sides"])
        own = np.array([side in seen for side in file["ic_side"]], bool)
        return Reference(
            contacts_s=file["ic_t"][own],
            all_contacts_s=np.sort(file["ic_t"]),
            sides=tuple(str(side) for side in file["ic_side"][own]),
            valid_s=file["valid_t"].reshape(-1, 2),
            contacts_per_stride=1 if len(seen) == 1 else 2,
            duration_s=float(file["t"][-1]),
            turns_s=(file["turn_t"] if "turn_t" in file else np.empty(0)).reshape(-1, 2),
        )


def run_detector(recording: Recording, block_samples: int = BLOCK_SAMPLES) -> Detections:
    """Stream a recording through the detector for its placement and the cadence estimator."""
    detector = detector_for(recording.info)
    cadence = RobustMedianCadence(detector.contacts_per_stride)
    found = Detections()
    for block in blocks(recording, block_samples):
        start_s = thread_time()
        events = detector.process(block)
        found.work_s += thread_time() - start_s
        for event in events:
            if isinstance(event, StepEvent | FinalContactEvent):
                cadence.process([event])
                found.outlook.append(expected(event, cadence.estimate(event.detected_ns)))
            if isinstance(event, StepEvent):
                found.t_s.append(event.ic_ns / NS_PER_S)
                found.emit_s.append(event.detected_ns / NS_PER_S)
                found.side.append(event.side.value)
                shown_spm = cadence.display_spm()
                if shown_spm is not None:
                    found.shown.append((event.detected_ns / NS_PER_S, shown_spm))
    return found


def run_naive(path: Path, naive: Any) -> Detections:
    """Run the simple detector of ``naive_steps.py`` on one recording, as that script does."""
    with np.load(path, allow_pickle=False) as file:
        rate_hz, one_foot = float(file["fs"]), len(str(file["sides"])) == 1
        sign = float(file["swing_sign"]) if "swing_sign" in file else 1.0
        acc, gyr = file["acc"].astype(float).tolist(), file["gyr"].astype(float).tolist()
    on_foot = one_foot and bool(gyr)
    detector = (
        naive.GyroZero(rate_hz, one_foot, sign) if on_foot else naive.NormPeak(rate_hz, one_foot)
    )
    gyr = gyr or [(0.0, 0.0, 0.0)] * len(acc)
    found = Detections()
    for k, (a, g) in enumerate(zip(acc, gyr, strict=True)):
        t_s = detector.step(k / rate_hz, a, g)
        if t_s is not None:
            found.t_s.append(t_s)
            found.emit_s.append(k / rate_hz)
    return found


def score_folder(
    data: Path, run: Callable[[Path], Detections | None], keep: Callable[[dict[str, str]], bool]
) -> list[Scored]:
    """Run a detector over the recordings of ``data/manifest.csv`` that have references.

    Recordings for which ``run`` returns None are left out.

    Raises
    ------
    WrongUse
        When there is no manifest.
    """
    manifest = data / "manifest.csv"
    if not manifest.is_file():
        raise WrongUse(f"{manifest} is absent; name the folder of recordings with --data")
    with manifest.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["n_ic"]) and keep(row)]
    found = ((row, run(data / row["file"])) for row in rows)
    return [
        Scored(
            Path(row["file"]).stem,
            row["dataset"],
            row["group"],
            row["location"].replace("left_", "").replace("right_", ""),
            load_reference(data / row["file"]),
            detections,
        )
        for row, detections in found
        if detections is not None
    ]


def our_detector(path: Path) -> Detections:
    """Stream one file through our detector."""
    return run_detector(load_recording(path))


def figures(rows: Sequence[Scored], scorer: Any) -> dict[str, float]:
    """Return what the table shows of a group of recordings.

    The group's median error is its constant offset and is removed before anything else.
    """
    offset_s = float(np.median(_errors(rows, scorer, 0.0)))
    wide, narrow = (_pooled(rows, scorer, tolerance, offset_s) for tolerance in TOLERANCES_S)
    quiet_s, false = _quiet(rows)
    turns_s, false_in_turns = _turns(rows, scorer, offset_s)
    work_s = sum(row.found.work_s for row in rows)
    return {
        "recordings": len(rows),
        "f1_025": wide["f1"],
        "f1_010": narrow["f1"],
        "mae_ms": narrow.get("mae_ms", float("nan")),
        "offset_ms": 1000.0 * offset_s,
        "delay_p50_ms": wide.get("delay_median_ms", float("nan")),
        "delay_p95_ms": wide.get("delay_p95_ms", float("nan")),
        "cadence_error_spm": wide.get("cadence_mae_spm", float("nan")),
        "shown_error_spm": wide.get("stream_cadence_mae_spm", float("nan")),
        "false_per_min": 60.0 * false / quiet_s if quiet_s > QUIET_TOTAL_MIN_S else float("nan"),
        "false_per_turn_min": 60.0 * false_in_turns / turns_s if turns_s else float("nan"),
        "below_090": wide["recordings_below_f1_090"],
        "side_right": wide.get("side_right_share", float("nan")),
        **prediction_figures(rows, scorer, offset_s),
        "times_real_time": sum(r.reference.duration_s for r in rows) / work_s
        if work_s
        else float("nan"),
    }


def weak_recordings(rows: Sequence[Scored], scorer: Any) -> list[str]:
    """Return those below F1 0.9 at 0.25 s, worst first, each with what was false and missed."""
    offset_s = float(np.median(_errors(rows, scorer, 0.0)))
    scores = [(row.name, _score(row, scorer, TOLERANCES_S[0], offset_s)) for row in rows]
    weak = sorted((s["f1"], name, s) for name, s in scores if not s["f1"] >= WEAK_F1)
    return [f"{name} {f1:.3f} ({s['fp']} false, {s['fn']} missed)" for f1, name, s in weak]


def _errors(rows: Sequence[Scored], scorer: Any, offset_s: float) -> Floats:
    parts = [_score(row, scorer, TOLERANCES_S[0], offset_s)["err"] for row in rows]
    joined = np.concatenate(parts)
    return joined if len(joined) else np.zeros(1)


def _pooled(rows: Sequence[Scored], scorer: Any, tolerance_s: float, offset_s: float) -> Any:
    return scorer.pool([_score(row, scorer, tolerance_s, offset_s) for row in rows])


def _score(row: Scored, scorer: Any, tolerance_s: float, offset_s: float) -> Any:
    reference, found = row.reference, row.found
    return scorer.score(
        reference.contacts_s,
        found.t_s,
        tolerance_s,
        reference.valid_s,
        found.emit_s or None,
        2 // reference.contacts_per_stride,
        offset_s,
        found.shown or None,
        found.side or None,
        reference.sides,
    )


def _quiet(rows: Sequence[Scored]) -> tuple[float, int]:
    """Return the time outside walking, s, and how many contacts were found there."""
    total_s, false = 0.0, 0
    for row in rows:
        found_s = np.array(row.found.t_s)
        for start_s, end_s in quiet_stretches_s(row.reference):
            total_s += end_s - start_s
            false += int(((found_s > start_s) & (found_s < end_s)).sum())
    return total_s, false


def _turns(rows: Sequence[Scored], scorer: Any, offset_s: float) -> tuple[float, int]:
    """Return the time spent turning, s, and how many contacts without a true one were found in it.

    Contacts of turns are in the reference; only a found one without a partner is false.
    """
    total_s, false = 0.0, 0
    for row in rows:
        found_s = np.array(row.found.t_s) - offset_s
        pairs = scorer.match_events(row.reference.contacts_s, found_s, TOLERANCES_S[0])
        unmatched = np.delete(found_s, [j for _, j in pairs])
        for start_s, end_s in row.reference.turns_s:
            total_s += end_s - start_s
            false += int(((unmatched > start_s) & (unmatched < end_s)).sum())
    return total_s, false


def quiet_stretches_s(reference: Reference) -> list[tuple[float, float]]:
    """Return the stretches far from any contact of either foot, inside the valid spans."""
    stretches = []
    for start_s, end_s in reference.valid_s:
        inside = [t for t in reference.all_contacts_s if start_s <= t <= end_s]
        marks = [start_s - QUIET_MARGIN_S, *inside, end_s + QUIET_MARGIN_S]
        for before, after in pairwise(marks):
            if after - before > 2 * QUIET_MARGIN_S:
                stretches.append((before + QUIET_MARGIN_S, after - QUIET_MARGIN_S))
    return stretches


def table(
    data: Path,
    tools: Path,
    *,
    with_naive: bool = True,
    peers: Mapping[str, Callable[[Path], Detections | None]] | None = None,
) -> list[dict[str, str | float]]:
    """Return the benchmark: one row for each data set, group, placement and detector.

    Parameters
    ----------
    data
        Folder with ``manifest.csv`` and the recordings.
    tools
        Folder with ``score_steps.py`` and ``naive_steps.py``.
    with_naive
        Score the simple detector of ``naive_steps.py`` on the same recordings too.
    peers
        Other detectors by name, as ``rascue.testing.peers`` finds them.
    """
    scorer = load_script(tools, "score_steps")
    runs: dict[str, Callable[[Path], Detections | None]] = {OURS: our_detector}
    if with_naive:
        naive = load_script(tools, "naive_steps")
        runs["naive"] = lambda path: run_naive(path, naive)
    rows: list[dict[str, str | float]] = []
    for detector, run in (runs | dict(peers or {})).items():
        scored = score_folder(data, run, lambda _row: True)
        for name, members in _groups(scored).items():
            weak = "; ".join(weak_recordings(members, scorer))
            numbers = figures(members, scorer)
            rows.append({"detector": detector, "group": name, "weak": weak, **numbers})
    return rows


def _groups(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    """Return the recordings by placement, and by data set, group and placement."""
    groups: dict[str, list[Scored]] = {}
    for row in scored:
        where = "pockets and pouch" if row.dataset == "oxford" else row.placement
        groups.setdefault(f"all: {where}", []).append(row)
        groups.setdefault(f"{row.dataset} {row.group} {row.placement}", []).append(row)
    return dict(sorted(groups.items()))
