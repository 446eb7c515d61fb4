"""The closed loop in simulated time with a modelled chip in it, driver and all.

As ``rascue.simulate.world``, but the samples take the way of hardware: the person's motion is
sampled by a chip whose oscillator is off, fetched over the wires by the product's own driver.
"""

from __future__ import annotations

from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.config.models import RascueConfig
from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.sensor.chip import HostTime
from rascue.sensor.i2c_choose import I2cSpec, i2c_source
from rascue.session.offline import OfflineSession
from rascue.simulate.hearing_out import HearingOut
from rascue.simulate.scenario import Scenario
from rascue.simulate.world import START_NS, SUBJECT, Outcome, default_config
from rascue.testing.i2c.direct_bus import DirectBus
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import WalkerMotion
from rascue.testing.i2c.simulated_time import SimulatedTime
from rascue.testing.i2c.wire import Wires

ADDRESS = 0x6A
READ_S = 0.05


def simulate_on_chip(scenario: Scenario, chip: str, seed: int, speed: float = 1.0) -> Outcome:
    """Let one person walk one programme with a modelled chip on.

    Parameters
    ----------
    chip
        Name of the driver and its model.
    speed
        True over nominal sampling rate of the chip.
    """
    time = SimulatedTime(START_NS)
    config = default_config(scenario)
    outcome = Outcome(scenario, seed, config, START_NS, scenario.policy)
    placement = scenario.placements[0]
    motion = WalkerMotion(scenario, placement, seed, START_NS)

    def hear(onset_ns: EngineNs) -> None:
        outcome.heard_ns.append(onset_ns)
        motion.hear(onset_ns)

    wires = Wires({ADDRESS: MODELS[chip](motion, time, speed, None)}, time.sleep)
    source = i2c_source(
        I2cSpec(chip, "modelled wires", ADDRESS),
        placement,
        HostTime(time, time.sleep),
        open_bus=lambda: DirectBus(wires),
    )
    out = HearingOut(_output(config, scenario.audio.drift_ppm), hear)
    session = OfflineSession(config, scenario.program, out, (source.info,), START_NS, SUBJECT)
    source.open()
    while not session.finished and _goes_on(time, scenario):
        block = source.read(READ_S)
        if block is not None:
            outcome.records += session.feed(block)
        outcome.records += session.advance(time.now_ns())
    outcome.steps += motion.steps
    outcome.records += session.finish()
    return outcome


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
