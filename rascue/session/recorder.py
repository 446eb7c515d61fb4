"""The thread that writes a session file and tells others what is safely stored."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial

from rascue.core.clock import Clock
from rascue.core.errors import StoreError
from rascue.core.events import EngineInput, Record
from rascue.core.faults import FaultCode
from rascue.store.commit_rule import CommitRule
from rascue.store.writer import SessionWriter

Item = tuple[EngineInput, Sequence[Record]]

QUEUE_ITEMS = 4096
"""About 80 s of blocks and ticks; a disk that stalls longer loses samples and says so."""

LOOK_EVERY_S = 0.25
"""How often samples that wait are looked at when nothing else comes; a quarter of their wait."""


class Recorder:
    """Takes items from the engine's main thread without ever making it wait.

    Parameters
    ----------
    writer
        The open session file; used by this thread alone until ``close`` returns.
    clock
        Tells how long samples have waited.
    on_stored
        Called in this thread with records that a power cut can no longer take away.
    on_fault
        Called in this thread with (code, raised, detail).
    """

    def __init__(
        self,
        writer: SessionWriter,
        clock: Clock,
        on_stored: Callable[[Sequence[Record]], None],
        on_fault: Callable[[FaultCode, bool, str], None],
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._on_stored = on_stored
        self._on_fault = on_fault
        self._items: queue.Queue[Item | None] = queue.Queue(QUEUE_ITEMS)
        self._rule = CommitRule()
        self._pending: list[Record] = []
        self._failed = False
        self._losing = False
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def put(self, given: EngineInput, outputs: Sequence[Record]) -> None:
        """Hand over one input and all its outputs; when the queue is full they are lost."""
        try:
            self._items.put_nowait((given, outputs))
        except queue.Full:
            self._tell_loss(losing=True)
        else:
            if self._items.qsize() <= QUEUE_ITEMS // 2:
                self._tell_loss(losing=False)

    def close(self) -> None:
        """Write what is left and close the file."""
        self._items.put(None)
        self._thread.join()

    def _tell_loss(self, *, losing: bool) -> None:
        """State the change only: a fault for each loss would itself be lost, and told, for ever."""
        if losing != self._losing:
            self._losing = losing
            self._on_fault(FaultCode.STORE_SLOW, losing, "part of the log was lost")

    def _work(self) -> None:
        running = True
        while running:
            with contextlib.suppress(queue.Empty):
                item = self._items.get(timeout=LOOK_EVERY_S)
                running = item is not None
                if item is not None:
                    self._guarded(partial(self._take, *item))
            if self._items.empty() and self._rule.due(self._clock.now_ns()):
                self._guarded(self._commit)
        self._guarded(self._finish)

    def _take(self, given: EngineInput, outputs: Sequence[Record]) -> None:
        self._pending.extend(outputs)
        if self._failed:
            self._release()
        else:
            self._writer.append(given, outputs)
            self._rule.appended(given, outputs, self._clock.now_ns())

    def _commit(self) -> None:
        self._writer.commit()
        self._rule.committed()
        self._release()

    def _finish(self) -> None:
        if not self._failed:
            self._commit()
        self._writer.close()

    def _release(self) -> None:
        stored, self._pending = self._pending, []
        self._on_stored(stored)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Turn a failure of the store into a fault; the therapy goes on without a log."""
        try:
            work()
        except StoreError as error:
            self._failed = True
            self._rule.committed()
            self._on_fault(FaultCode.STORE_FAILED, True, str(error))
            self._release()
