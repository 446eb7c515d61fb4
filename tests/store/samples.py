"""Made-up sessions that hold every kind of input and record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rascue.core.clockmap import ClockMap
from rascue.core.events import AudioStatus, EngineInput, Record, Tick
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import (
    Activity,
    ActivityChange,
    AudioState,
    Beat,
    BeatOutcome,
    BlockFlag,
    CadenceEstimate,
    CadenceStatus,
    Command,
    CueDecision,
    DacFrame,
    EngineNs,
    FinalContactEvent,
    GaitFlag,
    GaitSign,
    ImuBlock,
    Note,
    Placement,
    PlayedBeat,
    PlayedFrame,
    ProgramStep,
    Reason,
    SensorConcern,
    SensorHealth,
    SessionHeader,
    SessionProgram,
    Side,
    SoundDose,
    SourceInfo,
    StepEvent,
    StepKind,
    StepRefined,
    StrideRecord,
    StrideTravel,
    Target,
    TargetKind,
)
from rascue.store.reader import SessionReader
from rascue.store.writer import SessionWriter

Item = tuple[EngineInput, list[Record]]

STEP_NS = 500_000_000
"""Half a second from step to step: 120 steps/min."""


def a_header(subject_code: str = "P-017") -> SessionHeader:
    """Return a header with one sensor and a programme of two blocks."""
    cued = ProgramStep(
        StepKind.CUED,
        duration_s=60.0,
        target=Target(TargetKind.PERCENT_OF_BASELINE, 100.0, 110.0),
        strategy="fixed",
        params={"gain": 0.25, "n": 3, "on": True, "name": "x"},
    )
    return SessionHeader(
        session_id="0123abcd",
        subject_code=subject_code,
        started_utc="2026-01-31T09:45:00Z",
        anchor_ns=EngineNs(1_000_000_000),
        boot_id="boot",
        software="rascue 0.1.0",
        config_sha256="00" * 32,
        program=SessionProgram(
            "plain", "1", "A plain one", "because", (ProgramStep(StepKind.BASELINE, 30.0), cued)
        ),
        sources=(SourceInfo("waist", Placement.LOWER_BACK, 100.0, has_gyro=True),),
        audio_name="offline",
        audio_rate_hz=48_000,
        audio_latency_s=0.012,
    )


def a_block(seq: int, n: int = 5) -> ImuBlock:
    """Return a block of distinct values."""
    rng = np.random.default_rng(seq)
    return ImuBlock(
        source_id="waist",
        seq=seq,
        t_ns=np.arange(n, dtype=np.int64) * 10_000_000 + seq * STEP_NS,
        acc_mps2=rng.normal(0, 9, (n, 3)).astype(np.float32),
        gyr_dps=rng.normal(0, 90, (n, 3)).astype(np.float32),
        flags=BlockFlag.GAP_BEFORE if seq % 7 == 3 else BlockFlag.NONE,
        time_sd_s=0.001,
    )


def records_of_step(k: int) -> list[Record]:
    """Return one record of each kind, as step number ``k`` might bring them."""
    at = EngineNs(k * STEP_NS)
    side = Side.LEFT if k % 2 else Side.RIGHT
    late = EngineNs(at + 70_000_000)
    reason = Reason("rate", "=1+1 is no formula", 100.5, 100.0)
    return [
        StepEvent(k, at, late, side, 0.75, "waist"),
        CadenceEstimate(late, 120.0 + 0.1 * k, 1.5, 8, 4.0, CadenceStatus.STEADY),
        StepRefined(k, EngineNs(at + 1), late, side, "waist"),
        FinalContactEvent(EngineNs(at + 9), late, side, 0.5, "waist"),
        ActivityChange(at, late, Activity.WALKING, 1, "waist"),
        SensorHealth(late, "waist", SensorConcern.LOOSE, raised=True, detail="rattles"),
        StrideRecord(side, 1, at, EngineNs(at + 2 * STEP_NS), 1.0 + 0.001 * (k % 5), 0.5, None,
                     0.4, k, -0.03, -10.8, 0.21),
        StrideTravel(side, EngineNs(at - 2 * STEP_NS), at, late, 1.31, 1.25, "waist", 8.0),
        GaitFlag(at, late, GaitSign.NEAR_STOP, k % 2 == 0, 1.6, ""),
        CueDecision(late, "fixed", 1, 101.0, None if k % 5 == 4 else 100.0, -0.0, -18.0, (reason,)),
        Beat(k, at, DacFrame(24_000 * k), 0.5, "click", k % 4 == 0, -18.0, k),
        PlayedBeat(k, DacFrame(24_000 * k), at, 0.0005, BeatOutcome.PLAYED),
        SoundDose(late, 0.001 * k, 0.1 + 0.001 * k, True, None if k % 2 else 97.5),
        Fault(late, FaultCode.SENSOR_GAP, k % 2 == 0, "0.2 s"),
        Note(late, "mark", "turned"),
    ]  # fmt: skip


def some_items(n: int, block_samples: int = 5) -> list[Item]:
    """Return ``n`` items: every kind of input, and every kind of record with one in five."""
    return [_item(k, block_samples) for k in range(n)]


def _item(k: int, block_samples: int) -> Item:
    at = EngineNs(k * STEP_NS)
    played = PlayedFrame(k, DacFrame(k), BeatOutcome.PLAYED)
    clock = ClockMap(k, at, 48_000.1, 1e-5, 40)
    kinds: Sequence[EngineInput] = (
        a_block(k, block_samples),
        Tick(at),
        AudioStatus(at, AudioState.RUNNING, clock, (played,), 0, 0.012, 0.001),
        Command(f"c{k}", at, "tempo", {"spm": 101.5, "steps": [1, None, "x"]}, "therapist"),
        Fault(at, FaultCode.SENSOR_STALE, raised=True),
    )
    return kinds[k % len(kinds)], records_of_step(k) if k % 5 == 0 else []


def write_session(path: Path, items: Sequence[Item], header: SessionHeader | None = None) -> Path:
    """Write a whole session and close it."""
    writer = SessionWriter(path, header or a_header(), '{"a": 1}')
    for given, outputs in items:
        writer.append(given, outputs)
    writer.close()
    return path


def stored_items(path: Path) -> list[Item]:
    """Return all that a file gives back."""
    with SessionReader(path) as reader:
        return list(reader.inputs())


def shown(items: Sequence[Item]) -> list[str]:
    """Return texts that are equal exactly when the items are, NaN and -0.0 included."""
    return [f"{_shown_input(given)} -> {outputs!r}" for given, outputs in items]


def _shown_input(given: EngineInput) -> str:
    if not isinstance(given, ImuBlock):
        return repr(given)
    arrays = (given.t_ns, given.acc_mps2, given.gyr_dps)
    samples = [(array.dtype.str, array.shape, array.tobytes()) for array in arrays]
    rest = (given.source_id, given.seq, given.frame, given.flags, given.time_sd_s)
    return f"{rest!r} {samples!r}"
