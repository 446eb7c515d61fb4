"""`rascue steps`: recordings through the streaming detector, block by block."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from rascue.cli.options import add_config, loaded_config, number
from rascue.cli.sensors import placement_of, recording_of
from rascue.cli.targets import refuse_overwriting
from rascue.config.models import RascueConfig
from rascue.core.clock import NS_PER_S
from rascue.core.types import StepEvent
from rascue.sensor.recording import Recording
from rascue.sensor.replay import blocks
from rascue.session.pipeline import Pipeline

COLUMNS = ("t", "emit_t", "side", "cadence", "confidence")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".npz, .csv or session")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for tables")
    parser.add_argument("--detector", default="", metavar="NAME", help="step detector by name")
    parser.add_argument(
        "--block", type=number(int, 1, 10_000), default=10, help="samples at a time"
    )
    add_config(parser)


def carry_out(args: argparse.Namespace) -> int:
    """Write one table for each recording."""
    config = loaded_config(args).config
    tables = {path: args.out / f"{path.stem}.csv" for path in args.files}
    refuse_overwriting(tables, tables.values())
    args.out.mkdir(parents=True, exist_ok=True)
    for path, table in tables.items():
        recording = recording_of(path, placement_of(config))
        rows = step_rows(recording, config, args.detector, args.block)
        with table.open("w", newline="") as out:
            csv.writer(out).writerows([COLUMNS, *rows])
        for warning in recording.warnings:
            print(f"{path.name}: {warning}")
    return 0


def step_rows(
    recording: Recording, config: RascueConfig, detector: str, block_samples: int
) -> list[tuple[str, ...]]:
    """Return a row for each announced step, in order of announcement.

    Times are seconds on the recording's clock: ``emit_t`` is the sample that let the detector
    decide, ``t`` the contact as it was known then. ``cadence`` is the mean of the last seconds as
    the display shows it, in steps/min, "" with too few steps.
    """
    name = detector or config.sensor.detector
    pipeline = Pipeline(
        (recording.info,), name, config.engine.sensor_gap_s, config.sensor.leg_length_m
    )
    rows = []
    for block in blocks(recording, block_samples):
        for event in pipeline.feed(block):
            if isinstance(event, StepEvent):
                rows.append(_row(event, pipeline))
    return rows


def _row(step: StepEvent, pipeline: Pipeline) -> tuple[str, ...]:
    cadence = pipeline.display_spm()
    return (
        f"{step.ic_ns / NS_PER_S:.4f}",
        f"{step.detected_ns / NS_PER_S:.4f}",
        step.side.value,
        "" if cadence is None else f"{cadence:.2f}",
        f"{step.confidence:.3f}",
    )
