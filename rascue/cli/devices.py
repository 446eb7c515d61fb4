"""Configuration -> sensors and sound output; the only place that knows the simulated ones."""

from __future__ import annotations

from pathlib import Path
from time import sleep

from rascue.audio.base import AudioOut
from rascue.audio.choose import audio_out_for
from rascue.audio.measured import MeasuredLatency
from rascue.audio.settings import AudioOutSettings
from rascue.config.models import RascueConfig
from rascue.core.clock import Clock
from rascue.core.errors import ConfigError
from rascue.core.spelling import nearest
from rascue.core.types import ImuBlock, Placement
from rascue.sensor.base import ImuSource
from rascue.sensor.chip import HostTime
from rascue.sensor.choose import SourceKind, parse_source_spec
from rascue.sensor.i2c_choose import USUAL_PLACEMENT, i2c_source, parse_i2c_spec
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import Pace, ReplaySource
from rascue.simulate.hearing_out import HearingOut
from rascue.simulate.scenario import load_scenario
from rascue.simulate.source import SimulatedSource
from rascue.store.reader import SessionReader

SESSION_SUFFIX = ".sqlite"

DEFAULT_SCENARIO = "demo"
"""Who walks for `--source simulated`: walks at once, and for hours."""


Measured = tuple[MeasuredLatency, ...]
"""What `rascue calibrate` found."""


def audio_out_of(config: RascueConfig, measured: Measured = ()) -> AudioOut:
    """Return the configured sound output, not yet open."""
    return audio_out_for(config.audio.output, audio_settings_of(config, measured))


def audio_settings_of(config: RascueConfig, measured: Measured = ()) -> AudioOutSettings:
    """Return what the configuration says about any sound output."""
    return AudioOutSettings(
        rate_hz=config.audio.rate_hz,
        block_frames=config.audio.block_frames,
        latency_s=config.audio.latency_s,
        latency_sd_s=config.audio.latency_sd_s,
        level_max_dbfs=config.limits.level_max_dbfs,
        measured=measured,
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
    config: RascueConfig, clock: Clock, measured: Measured = ()
) -> tuple[list[ImuSource], AudioOut]:
    """Return sensor and output of the running service; a simulated person hears the output."""
    out = audio_out_of(config, measured)
    spec = parse_source_spec(config.sensor.source)
    if spec.kind is SourceKind.REPLAY:
        recording = recording_of(Path(spec.argument), placement_of(config))
        pace = Pace(clock, sleep)
        return [ReplaySource(recording, clock.now_ns(), pace=pace)], out
    if spec.kind is SourceKind.I2C:
        placement = placement_of(config) or USUAL_PLACEMENT
        chip = parse_i2c_spec(spec.argument)
        return [i2c_source(chip, placement, HostTime(clock, sleep))], out
    person = SimulatedSource(load_scenario(spec.argument or DEFAULT_SCENARIO), clock)
    return [person], HearingOut(out, person.hear)
