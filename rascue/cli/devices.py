"""Configuration -> sensors and sound output; the only place that knows the simulated ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from rascue.audio import measured, measured_level
from rascue.audio.base import AudioOut
from rascue.audio.choose import audio_out_for
from rascue.audio.measured import MeasuredLatency, read_measured
from rascue.audio.measured_level import MeasuredLevel, read_levels
from rascue.audio.settings import AudioOutSettings
from rascue.audio.song_reader import SongShelf
from rascue.config.models import RascueConfig
from rascue.core.clock import Clock
from rascue.core.errors import ConfigError
from rascue.core.spelling import nearest
from rascue.core.types import ImuBlock, Placement
from rascue.sensor.base import ImuSource
from rascue.sensor.bus_turn import EngineTurn
from rascue.sensor.chip import HostTime
from rascue.sensor.choose import SourceKind, parse_source_spec
from rascue.sensor.i2c_choose import USUAL_PLACEMENT, i2c_source, parse_i2c_spec
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import Pace, ReplaySource
from rascue.sensor.worn import worn_placements
from rascue.simulate.hearing_out import HearingOut
from rascue.simulate.scenario import load_scenario
from rascue.simulate.source import SimulatedSource
from rascue.store.reader import SessionReader

SESSION_SUFFIX = ".sqlite"

DEFAULT_SCENARIO = "demo"
"""Who walks for `--source simulated`: walks at once, and for hours."""


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


def placement_of(config: RascueConfig) -> Placement | None:
    """Return the configured placement; None where the source is to say."""
    text = config.sensor.placement
    if not text:
        return None
    try:
        return Placement(text)
    except ValueError:
        known = [placement.value for placement in Placement]
        raise ConfigError(
            f'sensor.placement = "{text}"{nearest(text, known)}; known are: {", ".join(known)}'
        ) from None


def recording_of(path: Path, placement: Placement | None) -> Recording:
    """Return the samples in a recording or in a stored session (its first sensor)."""
    if path.suffix != SESSION_SUFFIX:
        return load_recording(path, placement)
    with SessionReader(path) as reader:
        info = reader.header.sources[0]
        given = (item for item, _ in reader.inputs() if isinstance(item, ImuBlock))
        own = [block for block in given if block.source_id == info.source_id]
        return recording_of_blocks(info, own)


def service_devices(
    config: RascueConfig,
    clock: Clock,
    found: Calibrations = NO_CALIBRATIONS,
    songs: SongShelf | None = None,
) -> tuple[list[ImuSource], AudioOut]:
    """Return sensor and output of the running service; a simulated person hears the output."""
    out = audio_out_of(config, found, songs)
    spec = parse_source_spec(config.sensor.source)
    if spec.kind is SourceKind.REPLAY:
        recording = recording_of(Path(spec.argument), placement_of(config))
        pace = Pace(clock, sleep)
        return [ReplaySource(recording, clock.now_ns(), pace=pace)], out
    if spec.kind is SourceKind.I2C:
        chip = parse_i2c_spec(spec.argument)
        placement = placement_of(config) or found.worn.get(str(chip), USUAL_PLACEMENT)
        host = HostTime(clock, sleep)
        return [i2c_source(chip, placement, host, turn=EngineTurn(chip.bus_path))], out
    person = SimulatedSource(load_scenario(spec.argument or DEFAULT_SCENARIO), clock)
    return [person], HearingOut(out, person.hear)
