"""The source ``simulated[:SCENARIO]``: a person who walks in real time and hears the real output.

Runs in the source thread. Samples are made ``BEHIND_S`` behind the clock, so that a beat that the
sound output reports late is still heard before the samples it changes are made.
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


class SimulatedSource:
    """One sensor of a simulated person, in real time.

    Parameters
    ----------
    scenario
        Who walks; the programme in it is not used, the therapist's is.
    clock
        Engine time.
    seed
        Of walker and sensor.
    """

    def __init__(self, scenario: Scenario, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        start_ns = clock.now_ns()
        self._person = SimulatedPerson(scenario, seed, start_ns)
        self._next_ns = after(start_ns, BLOCK_S)
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """Where the first sensor of the scenario is worn; the description begins "simulated"."""
        return self._person.infos[0]

    def hear(self, onset_ns: EngineNs) -> None:
        """Let the person hear a beat; called from the thread that polls the sound output."""
        self._person.hear(onset_ns)

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
        self._person.skip(0, after(now_ns, -BEHIND_S))
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
        return self._person.block(0, to_ns)

    def close(self) -> None:
        """Stop delivering; a waiting ``read`` returns."""
        self._closed.set()

    def _refuse_while_lost(self, now_ns: EngineNs) -> None:
        if self._person.lost(0, now_ns):
            raise SensorUnavailable(
                self.info.source_id, UnavailableReason.NOT_FOUND, "simulated loss"
            )
