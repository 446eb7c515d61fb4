"""Turns the engine's news into server-sent events, once for all pages that are open.

live      what the session screen shows now (``words.live_view``), 10 a second
link      the engine was reached or lost
history   all rows and marks of the running session: after connecting, and when a new one begins
rows      new rows of the charts
mark      a remark
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rascue.dashboard.history import LiveHistory
from rascue.dashboard.words import live_view
from rascue.link.client import LinkChange, LinkClient, News
from rascue.link.messages import Event, EventKind, Snapshot

QUEUE_MAX_EVENTS = 50
"""Events that may wait for one page, about 4 s; a slower page starts afresh. Default."""

GOODBYE = ": the dashboard ends\n\n"
"""A comment in the stream; wakes whoever waits for the next event."""

MARKED_NOTES = frozenset({"mark", "block"})
"""Kinds of notes drawn into the charts: remarks of people, and blocks of the programme."""


class LiveFeed:
    """Follows the link and feeds every open page."""

    def __init__(self, link: LinkClient) -> None:
        self._link = link
        self._pages: set[asyncio.Queue[str]] = set()
        self._history = LiveHistory()
        self._last_view: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_over = False

    async def run(self) -> None:
        """Follow the link until cancelled."""
        self._loop = asyncio.get_running_loop()
        with self._link.subscribe() as news:
            while True:
                self._take(await news.get())

    def end(self) -> None:
        """Let every page's stream end by itself; may be called from a signal handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[str]]:
        """Give a page its queue of events; it begins with all that is known."""
        page: asyncio.Queue[str] = asyncio.Queue(QUEUE_MAX_EVENTS)
        self._start_afresh(page)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    def _end(self) -> None:
        self.is_over = True
        self._send(GOODBYE)

    def _take(self, news: News) -> None:
        match news:
            case LinkChange():
                self._last_view = None
                self._send(_link_event(news))
            case Snapshot():
                self._take_snapshot(news)
            case Event(kind=EventKind.NOTE, data={"kind": kind, "at_ns": at_ns, "text": text}):
                mark = self._history.mark(at_ns, text) if kind in MARKED_NOTES else None
                if mark is not None:
                    self._send(event("mark", mark))

    def _take_snapshot(self, now: Snapshot) -> None:
        previous = self._history.session_id
        rows = self._history.add(now)
        if self._history.session_id != previous:
            self._send(self._history_event())
        elif rows:
            self._send(event("rows", rows))
        self._last_view = event("live", live_view(now))
        self._send(self._last_view)

    def _send(self, text: str) -> None:
        for page in self._pages:
            if page.full():
                self._start_afresh(page)
            else:
                page.put_nowait(text)

    def _start_afresh(self, page: asyncio.Queue[str]) -> None:
        while not page.empty():
            page.get_nowait()
        page.put_nowait(_link_event(self._link.change))
        page.put_nowait(self._history_event())
        if self._last_view is not None:
            page.put_nowait(self._last_view)

    def _history_event(self) -> str:
        history = self._history
        return event("history", {"rows": history.rows, "marks": history.marks})


def event(name: str, data: Any) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _link_event(change: LinkChange) -> str:
    return event("link", {"connected": change.connected, "text": change.text})
