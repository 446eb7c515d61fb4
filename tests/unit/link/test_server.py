"""The server over real sockets; every wait ends by data or by the socket's own time-out."""

import queue
import socket
import stat
import threading

import pytest

from rascue.core.errors import LinkError
from rascue.core.types import AudioState, SessionState
from rascue.link.messages import (
    LINE_MAX_BYTES,
    Answer,
    CommandKind,
    Event,
    EventKind,
    Hello,
    Request,
    SensorLamp,
    SensorState,
    Snapshot,
    SoundLamp,
    encode,
    parse_from_engine,
)
from rascue.link.server import QUEUE_MAX_LINES, LinkServer

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


@pytest.fixture
def asked():
    return queue.Queue()


@pytest.fixture
def server(tmp_path, asked):
    link = LinkServer(tmp_path / "link.sock", asked.put, HELLO)
    link.start()
    yield link
    link.close()


class Peer:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(WAIT_S)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")

    def read(self):
        line = self.lines.readline()
        return parse_from_engine(line) if line else None

    def read_until(self, kind):
        while (message := self.read()) is not None:
            if isinstance(message, kind):
                return message
        return None

    def close(self):
        self.lines.close()
        self.socket.close()


@pytest.fixture
def connect(tmp_path, server):
    peers = []

    def make():
        peer = Peer(tmp_path / "link.sock")
        peers.append(peer)
        assert peer.read() == HELLO
        return peer

    yield make
    for peer in peers:
        peer.close()


def test_each_client_gets_hello_then_the_latest_snapshot_then_all_news(server, connect):
    first = connect()
    server.publish(snapshot(1))
    second = connect()
    server.publish(snapshot(2))
    for peer in (first, second):
        assert [peer.read().seq for _ in range(2)] == [1, 2]
    assert server.client_count == 2


def test_only_the_client_that_asked_gets_the_answer(server, connect, asked):
    asking, other = connect(), connect()
    request = Request(id="one", kind=CommandKind.STOP, actor="me")
    asking.socket.sendall(encode(request))
    assert asked.get(timeout=WAIT_S) == request
    server.answer(Answer(id="one", ok=True, text="silent"))
    server.publish(snapshot(9))
    assert asking.read() == Answer(id="one", ok=True, text="silent")
    assert other.read().seq == 9


def test_rubbish_is_answered_in_one_line_and_the_client_may_go_on(connect, asked):
    peer = connect()
    peer.socket.sendall(b'not json\n{"id":"7","kind":"explode"}\n')
    first, second = peer.read(), peer.read()
    assert (first.id, first.ok) == ("", False)
    assert (second.id, second.ok) == ("7", False)
    peer.socket.sendall(encode(Request(id="8", kind=CommandKind.STOP, actor="me")))
    assert asked.get(timeout=WAIT_S).id == "8"


def test_an_id_in_use_is_refused(connect, asked):
    peer = connect()
    line = encode(Request(id="same", kind=CommandKind.STOP, actor="me"))
    peer.socket.sendall(line + line)
    assert "in use" in peer.read().text
    assert asked.qsize() == 1


def test_a_line_without_end_is_cut_off(server, connect):
    peer = connect()
    with pytest.raises(OSError), peer.socket:
        while True:
            peer.socket.sendall(b"x" * LINE_MAX_BYTES)
    other = connect()
    server.publish(snapshot(1))
    assert other.read().seq == 1


def test_a_client_that_does_not_read_loses_old_snapshots_only(server, connect):
    sleeper = connect()
    step = Event(kind=EventKind.STEP, data={"index": 0, "filler": "x" * 2000})
    server.publish(step)
    total = 20 * QUEUE_MAX_LINES
    for seq in range(total):
        server.publish(snapshot(seq))
    seen = []
    while not seen or seen[-1] != total - 1:
        message = sleeper.read()
        if isinstance(message, Snapshot):
            seen.append(message.seq)
        else:
            assert message == step
    assert seen == sorted(seen)
    assert len(seen) < total


def test_a_client_that_would_miss_records_is_disconnected(server, connect):
    sleeper, awake = connect(), connect()
    for index in range(3 * QUEUE_MAX_LINES):
        server.publish(Event(kind=EventKind.STEP, data={"index": index, "filler": "x" * 2000}))
        assert awake.read().data["index"] == index
    read = 0
    while sleeper.read() is not None:
        read += 1
    assert read < 3 * QUEUE_MAX_LINES


def test_publishing_from_many_threads_keeps_lines_whole(server, connect):
    peer = connect()
    threads = [
        threading.Thread(target=lambda: [server.publish(snapshot(1)) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    assert all(peer.read().seq == 1 for _ in range(200))
    for thread in threads:
        thread.join()


def test_a_stale_socket_is_replaced_and_the_mode_is_tight(tmp_path):
    path = tmp_path / "link.sock"
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(path))
    dead.close()
    link = LinkServer(path, lambda _: None, HELLO)
    link.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    link.close()
    assert not path.exists()
    link.close()


def test_a_second_engine_is_told_so(tmp_path, server):
    with pytest.raises(LinkError, match="another engine"):
        LinkServer(tmp_path / "link.sock", lambda _: None, HELLO).start()


def test_a_file_in_the_way_is_left_alone(tmp_path):
    path = tmp_path / "link.sock"
    path.write_text("precious")
    with pytest.raises(LinkError, match="in the way"):
        LinkServer(path, lambda _: None, HELLO).start()
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "says"), [("x" * 200, "longer than 107"), ("absent/link.sock", "cannot make")]
)
def test_a_path_that_cannot_be_used_is_named(tmp_path, name, says):
    with pytest.raises(LinkError, match=says):
        LinkServer(tmp_path / name, lambda _: None, HELLO).start()
