"""Lets a simulated person behind a modelled chip hear the beats of a running engine.

The engine tells its clients of each beat it has planned, some 0.3 s ahead (``link``); the person
hears it when it is due. A beat that is taken back after it was told is heard all the same: that
happens only when somebody presses stop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from rascue.core.types import EngineNs
from rascue.link.client import LinkClient
from rascue.link.messages import Event, EventKind


class BeatListener:
    """Listens to an engine in a thread of its own, from whenever the engine is there.

    Parameters
    ----------
    socket_path
        The engine's socket.
    hear
        Told of the instant at which each beat sounds.
    """

    def __init__(self, socket_path: Path, hear: Callable[[EngineNs], None]) -> None:
        self._path = socket_path
        self._hear = hear
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._work, name="beat-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(2.0)

    def _work(self) -> None:
        try:
            self._loop.run_until_complete(self._listen())
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _listen(self) -> None:
        self._task = asyncio.current_task()
        client = LinkClient(self._path)
        with client.subscribe() as news:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(client.run())
                while True:
                    item = await news.get()
                    if isinstance(item, Event) and item.kind is EventKind.BEAT:
                        self._hear(EngineNs(int(item.data["due_ns"])))
