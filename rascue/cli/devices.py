"""Configuration and calibrations -> sound output, and all devices of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rascue.audio import measured, measured_level
from rascue.audio.base import AudioOut
from rascue.audio.choose import audio_out_for
from rascue.audio.measured import MeasuredLatency, read_measured
from rascue.audio.measured_level import MeasuredLevel, read_levels
from rascue.audio.settings import AudioOutSettings
from rascue.audio.song_reader import SongShelf
from rascue.cli.sensors import sensors_of
from rascue.config.models import RascueConfig
from rascue.core.clock import Clock
from rascue.core.types import Placement
from rascue.sensor.base import ImuSource
from rascue.sensor.worn import worn_placements
from rascue.simulate.hearing_out import HearingOut


@dataclass(frozen=True, slots=True)
class Calibrations:
    """What `rascue calibrate` and `rascue mount` found and kept in a folder of data."""

    latencies: tuple[MeasuredLatency, ...] = ()
    levels: tuple[MeasuredLevel, ...] = ()
    worn: Mapping[str, Placement] = field(default_factory=dict)


NO_CALIBRATIONS = Calibrations()


def calibrations_in(data: Path) -> Calibrations:
    """Return what was measured on this device."""
    return Calibrations(
        read_measured(data / measured.FILE_NAME),
        read_levels(data / measured_level.FILE_NAME),
        worn_placements(data),
    )


def audio_out_of(
    config: RascueConfig,
    found: Calibrations = NO_CALIBRATIONS,
    songs: SongShelf | None = None,
) -> AudioOut:
    """Return the configured sound output, not yet open."""
    return audio_out_for(config.audio.output, audio_settings_of(config, found, songs))


def audio_settings_of(
    config: RascueConfig,
    found: Calibrations = NO_CALIBRATIONS,
    songs: SongShelf | None = None,
) -> AudioOutSettings:
    """Return what the configuration says about any sound output."""
    return AudioOutSettings(
        rate_hz=config.audio.rate_hz,
        block_frames=config.audio.block_frames,
        buffered_blocks=config.audio.buffered_blocks,
        latency_s=config.audio.latency_s,
        latency_sd_s=config.audio.latency_sd_s,
        level_max_dbfs=config.limits.level_max_dbfs,
        measured=found.latencies,
        level_offset_db=config.audio.level_offset_db,
        levels=found.levels,
        songs=songs,
    )


def service_devices(
    config: RascueConfig,
    clock: Clock,
    found: Calibrations = NO_CALIBRATIONS,
    songs: SongShelf | None = None,
) -> tuple[list[ImuSource], AudioOut]:
    """Return sensors and output of the running service; a simulated person hears the output."""
    out = audio_out_of(config, found, songs)
    sensors = sensors_of(config, clock, found.worn)
    return sensors.sources, HearingOut(out, sensors.hear) if sensors.hear else out
