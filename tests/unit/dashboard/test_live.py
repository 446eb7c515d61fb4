"""The feed of the pages; the link is real, only its news are put in by hand."""

import asyncio
import contextlib
import json
from pathlib import Path

from rascue.core.types import AudioState, SessionState
from rascue.dashboard.live import QUEUE_MAX_EVENTS, LiveFeed
from rascue.link.client import LinkChange, LinkClient
from rascue.link.messages import Event, EventKind, SensorLamp, SensorState, Snapshot, SoundLamp


def snapshot(t_s, **changes):
    return Snapshot(
        **{
            "seq": 0,
            "at_ns": round(t_s * 1e9),
            "state": SessionState.CUEING,
            "session_id": "s",
            "elapsed_s": t_s,
            "cadence_spm": 100.0,
            "sensor": SensorLamp(state=SensorState.RUNNING, text="x"),
            "sound": SoundLamp(state=AudioState.RUNNING, text="y", audible=True),
        }
        | changes
    )


def parsed(text):
    name, data = text.removesuffix("\n\n").split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def read(page):
    return [parsed(page.get_nowait()) for _ in range(page.qsize())]


@contextlib.asynccontextmanager
async def feeding():
    """Give a function that feeds news and waits until they are taken."""
    link = LinkClient(Path("absent"))
    feed = LiveFeed(link)
    task = asyncio.create_task(feed.run())
    await asyncio.sleep(0)

    async def tell(*news):
        for item in news:
            link._tell(item)  # what the link's own loop does
        for _ in range(len(news) + 1):
            await asyncio.sleep(0)

    yield feed, tell
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def in_loop(test):
    def run():
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


@in_loop
async def test_a_page_begins_with_all_that_is_known():
    async with feeding() as (feed, tell):
        await tell(LinkChange(connected=True, text="on"), snapshot(0.0), snapshot(0.5))
        with feed.subscribe() as page:
            (link, change), (history, rows), (live, view) = read(page)
    assert (link, history, live) == ("link", "history", "live")
    assert change["connected"] is True
    assert [row[0] for row in rows["rows"]] == [0.0, 0.5]
    assert view["cadence"] == "100"


@in_loop
async def test_rows_and_values_follow():
    async with feeding() as (feed, tell):
        with feed.subscribe() as page:
            read(page)
            await tell(snapshot(0.0), snapshot(0.1), snapshot(0.5))
            names = [name for name, _ in read(page)]
    assert names == ["history", "live", "live", "rows", "live"]


@in_loop
async def test_remarks_are_told_and_kept_and_other_notes_are_not():
    async with feeding() as (feed, tell):
        await tell(snapshot(10.0))
        with feed.subscribe() as page:
            read(page)
            for kind in ("mark", "tempo"):
                data = {"kind": kind, "at_ns": 12 * 10**9, "text": "turn"}
                await tell(Event(kind=EventKind.NOTE, data=data))
            assert read(page) == [("mark", [12.0, "turn"])]
        with feed.subscribe() as late:
            told = dict(read(late))
    assert told["history"]["marks"] == [[12.0, "turn"]]


@in_loop
async def test_a_lost_engine_is_told_and_its_values_are_not_shown_to_newcomers():
    async with feeding() as (feed, tell):
        await tell(LinkChange(connected=True, text="on"), snapshot(0.0))
        await tell(LinkChange(connected=False, text="gone"))
        with feed.subscribe() as page:
            told = read(page)
    assert [name for name, _ in told] == ["link", "history"]
    assert told[0][1] == {"connected": False, "text": "gone"}


@in_loop
async def test_a_page_that_does_not_read_starts_afresh_with_nothing_missing():
    async with feeding() as (feed, tell):
        with feed.subscribe() as page:
            for k in range(3 * QUEUE_MAX_EVENTS):
                await tell(snapshot(0.5 * k))
            told = read(page)
            rows = []
            for name, data in told:
                rows = data["rows"] if name == "history" else rows
                rows = [*rows, *data] if name == "rows" else rows
    assert len(told) <= QUEUE_MAX_EVENTS
    assert [row[0] for row in rows] == [0.5 * k for k in range(3 * QUEUE_MAX_EVENTS)]
