"""Instants on the three kinds of clock; mypy refuses to mix them."""

from __future__ import annotations

from typing import NewType

EngineNs = NewType("EngineNs", int)
"""An instant on the engine's one clock (CLOCK_MONOTONIC), integer nanoseconds."""

DacFrame = NewType("DacFrame", int)
"""An instant on the sound device's clock: frames since the stream was opened."""

SensorTick = NewType("SensorTick", int)
"""An instant on a sensor's own clock, in its own ticks."""
