"""Opens a recorder when a session begins, closes it when it ends; without one, records pass on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rascue.core.clock import Clock
from rascue.core.errors import StoreError
from rascue.core.events import (
    CloseSession,
    Effect,
    EngineInput,
    OpenSession,
    Record,
    records_among,
)
from rascue.core.faults import FaultCode
from rascue.session.recorder import Recorder
from rascue.store.location import session_file_name
from rascue.store.writer import SessionWriter


class Journal:
    """Writes what the engine was told and what it said, from the start of a session to its end.

    Parameters
    ----------
    folder
        Where session files go.
    config_json
        The effective configuration, kept in each file so that it can be verified later.
    on_stored, on_fault
        As for ``Recorder``; outside a session records are passed to ``on_stored`` at once.
    """

    def __init__(
        self,
        folder: Path,
        config_json: str,
        clock: Clock,
        on_stored: Callable[[Sequence[Record]], None],
        on_fault: Callable[[FaultCode, bool, str], None],
    ) -> None:
        self._folder = folder
        self._config_json = config_json
        self._clock = clock
        self._on_stored = on_stored
        self._on_fault = on_fault
        self._recorder: Recorder | None = None
        self.path: Path | None = None

    def take(self, given: EngineInput, effects: Sequence[Effect]) -> None:
        """Keep one input and the records among its effects."""
        for effect in effects:
            if isinstance(effect, OpenSession):
                self._open(effect)
        records = records_among(effects)
        if self._recorder is not None:
            self._recorder.put(given, records)
        elif records:
            self._on_stored(records)
        if any(isinstance(effect, CloseSession) for effect in effects):
            self.close()

    def close(self) -> None:
        """Write what is left of a running session."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None
            self.path = None

    def _open(self, effect: OpenSession) -> None:
        path = self._folder / session_file_name(effect.header)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            writer = SessionWriter(path, effect.header, self._config_json)
        except (StoreError, OSError) as error:
            self._on_fault(FaultCode.STORE_FAILED, True, str(error))
            return
        self._recorder = Recorder(writer, self._clock, self._on_stored, self._on_fault)
        self.path = path
