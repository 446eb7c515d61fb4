"""The client against the real server; time-outs end a test that hangs, nothing measures time."""

import asyncio
import contextlib

import pytest

from rascue.core.errors import LinkError
from rascue.core.types import AudioState, SessionState
from rascue.link.client import QUEUE_MAX_NEWS, LinkChange, LinkClient
from rascue.link.messages import (
    Answer,
    CommandKind,
    Hello,
    SensorLamp,
    SensorState,
    Snapshot,
    SoundLamp,
)
from rascue.link.server import LinkServer

HELLO = Hello(engine_version="test", boot_id="boot")
WAIT_S = 20.0


def snapshot(seq):
    return Snapshot(
        seq=seq,
        at_ns=seq,
        state=SessionState.IDLE,
        sensor=SensorLamp(state=SensorState.NONE, text="no sensor"),
        sound=SoundLamp(state=AudioState.CLOSED, text="no sound", audible=False),
    )


class Engine:
    """A server that agrees to everything, or never answers."""

    def __init__(self, path, *, answers=True):
        self.asked = []
        self.answers = answers
        self.link = LinkServer(path, self.take, HELLO)
        self.link.start()

    def take(self, request):
        self.asked.append(request)
        if self.answers:
            self.link.answer(Answer(id=request.id, ok=True, text="done"))


@contextlib.asynccontextmanager
async def running(client):
    task = asyncio.create_task(client.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def wait_for(news, wanted):
    async with asyncio.timeout(WAIT_S):
        while True:
            item = await news.get()
            if wanted(item):
                return item


def is_connected(item):
    return isinstance(item, LinkChange) and item.connected


def is_lost(item):
    return isinstance(item, LinkChange) and not item.connected


def in_loop(test):
    def run(tmp_path):
        asyncio.run(test(tmp_path / "link.sock"))

    run.__name__ = test.__name__
    return run


@in_loop
async def test_snapshots_arrive_and_the_latest_is_kept(path):
    engine, client = Engine(path), LinkClient(path)
    with contextlib.closing(engine.link), client.subscribe() as news:
        async with running(client):
            await wait_for(news, is_connected)
            engine.link.publish(snapshot(5))
            assert (await wait_for(news, lambda item: isinstance(item, Snapshot))).seq == 5
            assert client.latest.seq == 5
            assert client.hello == HELLO


@in_loop
async def test_a_command_is_answered(path):
    engine, client = Engine(path), LinkClient(path)
    with contextlib.closing(engine.link), client.subscribe() as news:
        async with running(client):
            await wait_for(news, is_connected)
            answer = await client.send(CommandKind.MARK, {"text": "turn"}, "me")
            assert answer.ok
            assert engine.asked[0].args == {"text": "turn"}


@in_loop
async def test_an_engine_that_comes_back_is_found_again(path):
    client = LinkClient(path)
    with client.subscribe() as news:
        async with running(client):
            for seq in (1, 2):
                engine = Engine(path)
                await wait_for(news, is_connected)
                engine.link.publish(snapshot(seq))
                await wait_for(news, lambda item: isinstance(item, Snapshot))
                engine.link.close()
                lost = await wait_for(news, is_lost)
                assert "not running" in lost.text
                assert client.latest is None


@in_loop
async def test_a_command_without_engine_fails_at_once_with_a_sentence(path):
    with pytest.raises(LinkError, match="not running"):
        await LinkClient(path).send(CommandKind.STOP, {}, "me")


@in_loop
async def test_a_silent_engine_is_named(path):
    engine, client = Engine(path, answers=False), LinkClient(path)
    with contextlib.closing(engine.link), client.subscribe() as news:
        async with running(client):
            await wait_for(news, is_connected)
            with pytest.raises(LinkError, match="did not answer"):
                await client.send(CommandKind.STOP, {}, "me", timeout_s=0.05)


@in_loop
async def test_an_engine_that_dies_while_asked_fails_the_command(path):
    engine, client = Engine(path, answers=False), LinkClient(path)
    with client.subscribe() as news:
        async with running(client):
            await wait_for(news, is_connected)
            asking = asyncio.create_task(client.send(CommandKind.STOP, {}, "me", WAIT_S))
            await asyncio.sleep(0)
            engine.link.close()
            with pytest.raises(LinkError, match="went away"):
                await asking


@in_loop
async def test_a_subscriber_that_does_not_read_keeps_the_newest(path):
    engine, client = Engine(path), LinkClient(path)
    with contextlib.closing(engine.link), client.subscribe() as news, client.subscribe() as idle:
        async with running(client):
            await wait_for(news, is_connected)
            last = 2 * QUEUE_MAX_NEWS
            for seq in range(last + 1):
                engine.link.publish(snapshot(seq))
                await wait_for(news, lambda item: isinstance(item, Snapshot))
            kept = [idle.get_nowait() for _ in range(idle.qsize())]
            assert [kept[0].seq, kept[-1].seq] == [last - QUEUE_MAX_NEWS + 1, last]


@in_loop
async def test_an_engine_of_another_version_is_named(path):
    async def speak(_reader, writer):
        writer.write(b'{"v":2,"type":"hello","engine_version":"9","boot_id":"b"}\n')
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    client = LinkClient(path)
    async with await asyncio.start_unix_server(speak, path), running(client):
        with client.subscribe() as news:
            lost = await wait_for(news, lambda item: is_lost(item) and "version" in item.text)
            assert "restart" in lost.text
