"""A simulated person's walk, for chips that need somebody to wear them."""

from __future__ import annotations

from functools import cache

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.sensor.recording import Recording, recording_of_blocks
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import load_scenario
from rascue.testing.i2c.simulated_time import START_NS

WALK_S = 30.0


@cache
def walk() -> Recording:
    """Return half a minute of a simulated person's walk."""
    person = SimulatedPerson(load_scenario("demo"), seed=1, start_ns=START_NS)
    block = person.block(0, EngineNs(after(START_NS, WALK_S)))
    if block is None:
        raise ValueError("the simulated person gives no samples")
    return recording_of_blocks(person.infos[0], [block])
