"""Which sensors cannot be reached: one fault for all of them, whose detail names each."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rascue.core.clock import Clock
from rascue.core.events import EngineInput
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Placement


class LostSensors:
    """States ``SENSOR_LOST`` for the threads of all sensors; any of them may call it.

    One that comes back must not take back the fault of another that is still away.

    Parameters
    ----------
    deliver
        Puts one message into the engine's inbox.
    clock
        Stamps the faults.
    """

    def __init__(self, deliver: Callable[[EngineInput], None], clock: Clock) -> None:
        self._deliver = deliver
        self._clock = clock
        self._details: dict[Placement, str] = {}
        self._lock = threading.Lock()

    def state(self, placement: Placement, *, lost: bool, detail: str) -> None:
        """Say whether the sensor worn there is lost."""
        with self._lock:
            self._details.pop(placement, None)
            if lost:
                self._details[placement] = detail
            told = "; ".join(f"{_words(at)}: {why}" for at, why in self._details.items())
            fault = Fault(self._clock.now_ns(), FaultCode.SENSOR_LOST, bool(told), told)
            self._deliver(fault)


def _words(placement: Placement) -> str:
    return "sensor" if placement is Placement.UNKNOWN else placement.value.replace("_", " ")
