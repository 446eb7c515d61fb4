"""Configuration -> sensors; the only place that knows the simulated ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep

from rascue.config.models import RascueConfig
from rascue.core.clock import Clock
from rascue.core.errors import WrongUse
from rascue.core.types import EngineNs, ImuBlock, Placement
from rascue.sensor.base import ImuSource
from rascue.sensor.bus_turn import EngineTurn
from rascue.sensor.chip import HostTime
from rascue.sensor.choose import (
    SourceKind,
    SourceSpec,
    parse_placement,
    parse_sources,
    refuse_odd_places,
)
from rascue.sensor.i2c_choose import USUAL_PLACEMENT, i2c_source, parse_i2c_spec
from rascue.sensor.recording import Recording, load_recording, recording_of_blocks
from rascue.sensor.replay import Pace, ReplaySource
from rascue.simulate.scenario import Scenario, load_scenario
from rascue.simulate.source import simulated_sources
from rascue.store.reader import SessionReader

SESSION_SUFFIX = ".sqlite"

DEFAULT_SCENARIO = "demo"
"""Who walks for `--source simulated`: walks at once, and for hours."""

Worn = Mapping[str, Placement]
"""Where `rascue mount` found each chip to be worn, by its name."""


@dataclass(frozen=True, slots=True)
class Sensors:
    """The sources of a service, and who is to be told of beats: a simulated person, or None."""

    sources: list[ImuSource]
    hear: Callable[[EngineNs], None] | None = None


def sensors_of(config: RascueConfig, clock: Clock, worn: Worn) -> Sensors:
    """Return the configured sensors, not yet open.

    Raises
    ------
    WrongUse
        When the configuration names none, or some that do not go together.
    """
    specs = parse_sources(config.sensor.source)
    if len(specs) > 1 and config.sensor.placement:
        raise WrongUse(
            "sensor.placement is for one sensor; of several, say it before each: left_foot=i2c:..."
        )
    if specs[0].kind is SourceKind.REPLAY:
        placement = specs[0].placement or placement_of(config)
        recording = recording_of(Path(specs[0].argument), placement)
        return Sensors([ReplaySource(recording, clock.now_ns(), pace=Pace(clock, sleep))])
    if specs[0].kind is SourceKind.I2C:
        return Sensors(_chips(specs, placement_of(config), clock, worn))
    sources, person = simulated_sources(_scenario(specs), clock)
    return Sensors(list(sources), person.hear)


def placement_of(config: RascueConfig) -> Placement | None:
    """Return the configured placement; None where the source is to say."""
    return parse_placement(config.sensor.placement) if config.sensor.placement else None


def recording_of(path: Path, placement: Placement | None) -> Recording:
    """Return the samples in a recording or in a stored session (its first sensor)."""
    if path.suffix != SESSION_SUFFIX:
        return load_recording(path, placement)
    with SessionReader(path) as reader:
        info = reader.header.sources[0]
        given = (item for item, _ in reader.inputs() if isinstance(item, ImuBlock))
        own = [block for block in given if block.source_id == info.source_id]
        return recording_of_blocks(info, own)


def _chips(
    specs: Sequence[SourceSpec], configured: Placement | None, clock: Clock, worn: Worn
) -> list[ImuSource]:
    """Return a source a chip; those on one bus share its turn, and each is read by its thread.

    Not one thread a bus: the kernel lets one transfer at a time on a bus anyway, and a chip that is
    set up anew makes its thread wait for as long as the memory of the other chip lasts.
    """
    chips = [parse_i2c_spec(spec.argument) for spec in specs]
    placements = [
        spec.placement or configured or worn.get(str(chip), USUAL_PLACEMENT)
        for spec, chip in zip(specs, chips, strict=True)
    ]
    refuse_odd_places(placements)
    turns = {chip.bus_path: EngineTurn(chip.bus_path) for chip in chips}
    host = HostTime(clock, sleep)
    return [
        i2c_source(chip, placement, host, turn=turns[chip.bus_path])
        for chip, placement in zip(chips, placements, strict=True)
    ]


def _scenario(specs: Sequence[SourceSpec]) -> Scenario:
    """Return who walks, with a sensor at each place that was named, else as the scenario says."""
    scenario = load_scenario(specs[0].argument or DEFAULT_SCENARIO)
    named = tuple(spec.placement for spec in specs if spec.placement is not None)
    if named or len(specs) > 1:
        usual = Placement.LOWER_BACK
        placements = tuple(spec.placement or usual for spec in specs)
        scenario = replace(scenario, placements=placements)
    refuse_odd_places(scenario.placements)
    return scenario
