"""The table of the mixer; needs no sound device."""

from __future__ import annotations

from rascue.testing.audio_bench import figures
from rascue.testing.bench_table import BenchTable


def audio_table() -> BenchTable:
    """Return what the mixer costs and how exact it is."""
    rows = tuple((one.name, one.value, one.unit) for one in figures())
    return BenchTable("Mixer", ("what", "value", "unit"), rows)
