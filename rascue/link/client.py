"""The dashboard's end of the link: an asyncio client that comes back by itself.

One task runs ``LinkClient.run``; everything else happens in the same event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rascue.core.errors import LinkError
from rascue.link.messages import (
    LINE_MAX_BYTES,
    Answer,
    CommandKind,
    Event,
    Hello,
    Request,
    Snapshot,
    encode,
    parse_from_engine,
)

RETRY_FIRST_S = 0.1
RETRY_MAX_S = 2.0
"""Back-off between attempts to connect, doubled each time: default, not evidence."""

QUEUE_MAX_NEWS = 200
"""News that may wait for one subscriber; then the oldest is dropped. Default, not evidence."""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The engine was reached or lost; ``text`` is one line for people."""

    connected: bool
    text: str


News = Snapshot | Event | LinkChange


class LinkClient:
    """Keeps a connection to the engine and tells subscribers what it says.

    Parameters
    ----------
    path
        The engine's socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._subscribers: set[asyncio.Queue[News]] = set()
        self._answers: dict[str, asyncio.Future[Answer]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self.hello: Hello | None = None
        self.latest: Snapshot | None = None
        """Newest snapshot; None while the engine is not reached."""
        self.change = LinkChange(connected=False, text="The engine is not reached yet.")
        """How the connection stands."""

    async def run(self) -> None:
        """Connect, listen, come back; until cancelled."""
        wait_s = RETRY_FIRST_S
        while True:
            try:
                await self._listen()
                wait_s = RETRY_FIRST_S
                reason = "it closed the connection"
            except (OSError, LinkError) as error:
                reason = _reason(error)
            if self._lost(reason):
                wait_s = RETRY_FIRST_S
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_MAX_S)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[News]]:
        """Give a queue of news: the present state first, then what comes; oldest dropped."""
        queue: asyncio.Queue[News] = asyncio.Queue(QUEUE_MAX_NEWS)
        queue.put_nowait(self.change)
        if self.latest is not None:
            queue.put_nowait(self.latest)
        self._subscribers.add(queue)
        try:
            yield queue
        finally:
            self._subscribers.discard(queue)

    async def send(
        self, kind: CommandKind, args: Mapping[str, object], actor: str, timeout_s: float = 2.0
    ) -> Answer:
        """Ask the engine for something and return its answer.

        Raises
        ------
        LinkError
            When the engine is not there or does not answer in time.
        """
        if self._writer is None:
            raise LinkError("The engine is not running; nothing was changed. It is started again.")
        request = Request(id=uuid.uuid4().hex, kind=kind, args=dict(args), actor=actor)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[request.id] = answer
        try:
            async with asyncio.timeout(timeout_s):
                self._writer.write(encode(request))
                await self._writer.drain()
                return await answer
        except TimeoutError as error:
            raise LinkError(
                f"The engine did not answer within {timeout_s:g} s; look whether it was done."
            ) from error
        except OSError as error:
            raise LinkError("The engine went away; nothing was changed.") from error
        finally:
            self._answers.pop(request.id, None)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=LINE_MAX_BYTES)
        try:
            self._writer = writer
            while line := await _read_line(reader):
                self._take(line)
        finally:
            self._writer = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _take(self, line: bytes) -> None:
        message = parse_from_engine(line)
        match message:
            case Hello():
                self.hello = message
                self._tell(LinkChange(connected=True, text="The engine is running."))
            case Answer():
                waiting = self._answers.get(message.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
            case Snapshot():
                self.latest = message
                self._tell(message)
            case Event():
                self._tell(message)

    def _lost(self, reason: str) -> bool:
        """Clear what is known; True when the engine had been there until now."""
        was_connected = self.change.connected
        self.hello = self.latest = None
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(LinkError("The engine went away before it answered."))
        change = LinkChange(connected=False, text=f"The engine is not running: {reason}.")
        if change != self.change:
            self._tell(change)
        return was_connected

    def _tell(self, news: News) -> None:
        if isinstance(news, LinkChange):
            self.change = news
        for queue in self._subscribers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(news)


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:
        raise LinkError(f"it sent a line longer than {LINE_MAX_BYTES} bytes") from error


def _reason(error: OSError | LinkError) -> str:
    if isinstance(error, FileNotFoundError):
        return "its socket is not there"
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers at its socket"
    if isinstance(error, OSError):
        return error.strerror or "the connection broke"
    return str(error)
