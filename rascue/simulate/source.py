"""The source ``simulated[:SCENARIO]``: a person who walks in real time and hears the real output.

Runs in the source thread, one for each sensor that the person wears. Samples are made ``BEHIND_S``
behind the clock, so that a beat that the sound output reports late is still heard before the
samples it changes are made.
"""

from __future__ import annotations

import threading

from rascue.core.clock import Clock, after, seconds_between
from rascue.core.errors import SensorUnavailable, UnavailableReason
from rascue.core.types import EngineNs, ImuBlock, SourceInfo
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import Scenario

BEHIND_S = 0.08
"""An output is polled every 50 ms tick and reports what was mixed before it sounds; 80 ms leaves
room for a late tick. Default, not evidence."""

BLOCK_S = 0.04
"""Like the FIFO batches of a real sensor (ARCHITECTURE 3)."""


def simulated_sources(
    scenario: Scenario, clock: Clock, seed: int = 0
) -> tuple[list[SimulatedSource], SimulatedPerson]:
    """Return a source for each sensor of a scenario, and the person, who hears beats.

    Parameters
    ----------
    scenario
        Who walks; the programme in it is not used, the therapist's is.
    clock
        Engine time.
    seed
        Of walker and sensors.
    """
    person = SimulatedPerson(scenario, seed, clock.now_ns())
    return [SimulatedSource(person, index, clock) for index in range(len(person.infos))], person


class SimulatedSource:
    """One sensor of a simulated person, in real time.

    Parameters
    ----------
    person
        Who walks, from now on.
    sensor
        Which of the person's, by its place in ``infos``.
    clock
        Engine time.
    """

    def __init__(self, person: SimulatedPerson, sensor: int, clock: Clock) -> None:
        self._clock = clock
        self._person = person
        self._sensor = sensor
        self._next_ns = after(clock.now_ns(), BLOCK_S)
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """Where it is worn; the description begins "simulated"."""
        return self._person.infos[self._sensor]

    def open(self) -> None:
        """Begin to deliver; what nobody read since the last ``close`` is lost.

        Raises
        ------
        SensorUnavailable
            While the scenario lets the sensor be lost.
        """
        self._closed.clear()
        now_ns = self._clock.now_ns()
        self._refuse_while_lost(now_ns)
        self._person.skip(self._sensor, after(now_ns, -BEHIND_S))
        self._next_ns = after(now_ns, BLOCK_S - BEHIND_S)

    def read(self, timeout_s: float) -> ImuBlock | None:
        """Return the next block, or None when none came within ``timeout_s``.

        Raises
        ------
        SensorUnavailable
            While the scenario lets the sensor be lost.
        """
        now_ns = self._clock.now_ns()
        self._refuse_while_lost(now_ns)
        wait_s = BEHIND_S + seconds_between(now_ns, self._next_ns)
        if wait_s > 0.0 and (self._closed.wait(min(wait_s, timeout_s)) or wait_s > timeout_s):
            return None
        to_ns = max(self._next_ns, after(self._clock.now_ns(), -BEHIND_S))
        self._next_ns = after(to_ns, BLOCK_S)
        return self._person.block(self._sensor, to_ns)

    def close(self) -> None:
        """Stop delivering; a waiting ``read`` returns."""
        self._closed.set()

    def _refuse_while_lost(self, now_ns: EngineNs) -> None:
        if self._person.lost(self._sensor, now_ns):
            raise SensorUnavailable(
                self.info.source_id, UnavailableReason.NOT_FOUND, "simulated loss"
            )
