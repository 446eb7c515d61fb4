"""The closed loop in simulated time with modelled chips in it, driver and all.

As ``rascue.simulate.world``, but the samples take the way of hardware: the person's motion is
sampled by chips whose oscillators are off, fetched over the wires by the product's own driver.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.config.models import RascueConfig
from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.sensor.bus import I2cBus
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.sensor.i2c_source import I2cSource
from rascue.session.offline import OfflineSession
from rascue.simulate.hearing_out import HearingOut
from rascue.simulate.scenario import Scenario
from rascue.simulate.world import START_NS, SUBJECT, Outcome, default_config
from rascue.testing.i2c.fuse_bus import FuseBus, bus_opener
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import worn_motions
from rascue.testing.i2c.simulated_time import SimulatedTime
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
BUS_NAME = "i2c-1"
READ_S = 0.05


def simulate_on_chips(
    scenario: Scenario, chip: str, seed: int, speed: float = 1.0, folder: Path | None = None
) -> Outcome:
    """Let one person walk one programme with a modelled chip at each of the scenario's places.

    Parameters
    ----------
    chip
        Name of the driver and its model.
    speed
        True over nominal sampling rate of the first chip; the next is off the other way.
    folder
        Where the bus is mounted, so that transfers go through the kernel; None for without.
    """
    time = SimulatedTime(START_NS)
    config = default_config(scenario)
    outcome = Outcome(scenario, seed, config, START_NS, scenario.policy)
    motions = worn_motions(scenario, seed, START_NS)

    def hear(onset_ns: EngineNs) -> None:
        outcome.heard_ns.append(onset_ns)
        motions[0].hear(onset_ns)

    models = {
        ADDRESS + place: MODELS[chip](motion, time, 1.0 + (speed - 1.0) * (-1) ** place, None)
        for place, motion in enumerate(motions)
    }
    wires = Wires(models, time.sleep)
    with ExitStack() as stack:
        fuse = stack.enter_context(FuseBus(folder, {BUS_NAME: wires})) if folder else None
        sources = _sources(scenario, chip, time, bus_opener(wires, fuse, BUS_NAME))
        for source in sources:
            source.open()
            stack.callback(source.close)
        out = HearingOut(_output(config, scenario.audio.drift_ppm), hear)
        infos = tuple(source.info for source in sources)
        session = OfflineSession(config, scenario.program, out, infos, START_NS, SUBJECT)
        _run(session, sources, time, outcome)
    outcome.steps += motions[0].steps
    return outcome


def _sources(
    scenario: Scenario, chip: str, time: SimulatedTime, open_bus: Callable[[], I2cBus]
) -> list[I2cSource]:
    host = HostTime(time, time.sleep)
    return [
        i2c_source(I2cSpec(chip, BUS_NAME, ADDRESS + place), placement, host, open_bus=open_bus)
        for place, placement in enumerate(scenario.placements)
    ]


def _run(
    session: OfflineSession, sources: list[I2cSource], time: SimulatedTime, outcome: Outcome
) -> None:
    while not session.finished and _goes_on(time, outcome.scenario):
        for source in sources:
            block = source.read(READ_S)
            if block is not None:
                outcome.records += session.feed(block)
        outcome.records += session.advance(time.now_ns())
    outcome.records += session.finish()


def _goes_on(time: SimulatedTime, scenario: Scenario) -> bool:
    return seconds_between(START_NS, time.now_ns()) < scenario.duration_s


def _output(config: RascueConfig, drift_ppm: float) -> SteppedOut:
    settings = AudioOutSettings(
        rate_hz=config.audio.rate_hz,
        block_frames=config.audio.block_frames,
        latency_s=config.audio.latency_s,
        latency_sd_s=config.audio.latency_sd_s,
    )
    return SteppedOut("simulated output", settings, drift_ppm)
