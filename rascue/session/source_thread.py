"""One thread for each sensor: reads blocks, reports loss and return, opens again by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rascue.core.errors import SensorUnavailable
from rascue.core.events import EngineInput
from rascue.sensor.base import EndOfRecording, ImuSource
from rascue.session.lost_sensors import LostSensors

READ_TIMEOUT_S = 0.25
RETRY_AFTER_S = (0.1, 0.5, 2.0)
"""Back-off between attempts to open a lost sensor, s. Source: EMBEDDED section 2."""


class SourceThread:
    """Moves the blocks of one source into the inbox.

    Parameters
    ----------
    deliver
        Puts one message into the engine's inbox.
    lost
        Told when the sensor is lost and when it is there again.
    """

    def __init__(
        self, source: ImuSource, deliver: Callable[[EngineInput], None], lost: LostSensors
    ) -> None:
        self._source = source
        self._deliver = deliver
        self._lost = lost
        self._stopping = threading.Event()
        name = f"source-{source.info.source_id}"
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and release the sensor."""
        self._stopping.set()
        self._thread.join(timeout=2.0)

    def _work(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            try:
                self._source.open()
                self._report(lost=False, detail="")
                attempt = 0
                self._read_on()
            except SensorUnavailable as error:
                self._report(lost=True, detail=str(error))
                self._stopping.wait(RETRY_AFTER_S[min(attempt, len(RETRY_AFTER_S) - 1)])
                attempt += 1
            except EndOfRecording:
                self._report(lost=True, detail="the recording is at its end")
                return
            finally:
                self._source.close()

    def _read_on(self) -> None:
        while not self._stopping.is_set():
            block = self._source.read(READ_TIMEOUT_S)
            if block is not None:
                self._deliver(block)

    def _report(self, *, lost: bool, detail: str) -> None:
        self._lost.state(self._source.info.placement, lost=lost, detail=detail)
