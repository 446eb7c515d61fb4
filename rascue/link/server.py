"""The engine's end of the link: a Unix socket served by one thread that never holds up the engine.

``publish`` and ``answer`` only put a line into a bounded queue for each client; the thread moves
bytes. A client that reads too slowly loses its oldest snapshots, and is cut off when even the
records it may not miss pile up.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rascue.core.errors import LinkError
from rascue.link.messages import (
    LINE_MAX_BYTES,
    Answer,
    FromEngine,
    Hello,
    Request,
    Snapshot,
    encode,
    parse_request,
)

QUEUE_MAX_LINES = 1000
"""Lines that may wait for one client: about 20 s of a lively session. Default, not evidence."""

SOCKET_MODE = 0o660
"""File mode is the permission: the user of the service and its group."""

_PATH_MAX_BYTES = 107  # sun_path of sockaddr_un is 108 with its terminating zero. Source: unix(7)
_RECEIVE_BYTES = 65536


class _Client:
    """One connection: what came in unfinished, what waits to go out."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = bytearray()
        self.waiting: deque[tuple[bool, bytes]] = deque()
        self.partly_sent = b""
        self.closing = False

    def push(self, line: bytes, *, is_snapshot: bool) -> bool:
        """Queue a line; False when it cannot be kept and nothing older may be dropped."""
        if len(self.waiting) >= QUEUE_MAX_LINES and not self._drop_oldest_snapshot():
            return is_snapshot
        self.waiting.append((is_snapshot, line))
        return True

    def _drop_oldest_snapshot(self) -> bool:
        for index, (is_snapshot, _) in enumerate(self.waiting):
            if is_snapshot:
                del self.waiting[index]
                return True
        return False

    @property
    def has_output(self) -> bool:
        return bool(self.partly_sent or self.waiting)


class LinkServer:
    """Serves any number of clients on a Unix socket.

    Parameters
    ----------
    path
        Where the socket is made; a stale one of a dead engine is replaced.
    on_request
        Called from the link's thread with each valid request; must return at once (put it into
        the engine's inbox). The engine replies through ``answer``.
    hello
        Sent first on every connection.
    """

    def __init__(self, path: Path, on_request: Callable[[Request], None], hello: Hello) -> None:
        self._path = path
        self._on_request = on_request
        self._hello = encode(hello)
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, _Client] = {}
        self._asked_by: dict[str, _Client] = {}
        self._latest: bytes | None = None
        self._listener: socket.socket | None = None
        self._wake_writer: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def client_count(self) -> int:
        """Number of connected clients."""
        with self._lock:
            return len(self._clients)

    def start(self) -> None:
        """Make the socket and serve it.

        Raises
        ------
        LinkError
            When the path cannot be used or another engine serves it.
        """
        listener = self._listener = _listen(self._path)
        wake_reader, self._wake_writer = socket.socketpair()
        wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener))
        self._selector.register(wake_reader, selectors.EVENT_READ, partial(_drain, wake_reader))
        self._thread = threading.Thread(
            target=self._serve, args=(wake_reader,), name="link", daemon=True
        )
        self._thread.start()

    def publish(self, message: FromEngine) -> None:
        """Send to every client; never waits, may be called from any thread."""
        line, is_snapshot = encode(message), isinstance(message, Snapshot)
        with self._lock:
            if is_snapshot:
                self._latest = line
            for client in self._clients.values():
                self._push(client, line, is_snapshot=is_snapshot)
        self._wake()

    def answer(self, answer: Answer) -> None:
        """Send to the client that asked; an answer nobody waits for any more is dropped."""
        with self._lock:
            client = self._asked_by.pop(answer.id, None)
            if client is not None:
                self._push(client, encode(answer), is_snapshot=False)
        self._wake()

    def close(self) -> None:
        """Stop serving and remove the socket; harmless when called twice."""
        self._stopping.set()
        self._wake()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._listener is not None and self._wake_writer is not None:
            self._wake_writer.close()
            self._listener.close()
            self._listener = self._wake_writer = None
            self._path.unlink(missing_ok=True)

    # --- the link's thread ---------------------------------------------------------------------

    def _serve(self, wake_reader: socket.socket) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select():
                key.data()
            self._send_waiting()
        for client in list(self._clients.values()):
            self._drop(client)
        self._selector.close()
        wake_reader.close()

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.setblocking(False)
        client = _Client(connection)
        client.push(self._hello, is_snapshot=False)
        with self._lock:
            if self._latest is not None:
                client.push(self._latest, is_snapshot=True)
            self._clients[connection] = client
        self._selector.register(connection, selectors.EVENT_READ, partial(self._receive, client))

    def _receive(self, client: _Client) -> None:
        try:
            data = client.connection.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.received += data
        *lines, rest = client.received.split(b"\n")
        client.received = rest
        for line in lines:
            self._take(client, bytes(line))
        if len(rest) > LINE_MAX_BYTES:
            self._refuse(client, "", f"a line is longer than {LINE_MAX_BYTES} bytes")
            client.closing = True

    def _take(self, client: _Client, line: bytes) -> None:
        try:
            request = parse_request(line)
        except LinkError as error:
            self._refuse(client, _id_of(line), str(error))
            return
        with self._lock:
            is_known = request.id in self._asked_by
            if not is_known:
                self._asked_by[request.id] = client
        if is_known:
            self._refuse(client, "", f"request refused: id {request.id} is in use")
        else:
            self._on_request(request)

    def _refuse(self, client: _Client, request_id: str, text: str) -> None:
        with self._lock:
            refusal = Answer(id=request_id, ok=False, text=text)
            self._push(client, encode(refusal), is_snapshot=False)

    def _send_waiting(self) -> None:
        for client in list(self._clients.values()):
            if not self._send(client) or (client.closing and not client.has_output):
                self._drop(client)
                continue
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.has_output else 0)
            self._selector.modify(client.connection, wanted, partial(self._receive, client))

    def _send(self, client: _Client) -> bool:
        """Send what the socket takes now; False when the connection is gone."""
        while client.has_output:
            if not client.partly_sent:
                with self._lock:
                    client.partly_sent = client.waiting.popleft()[1]
            try:
                sent = client.connection.send(client.partly_sent)
            except BlockingIOError:
                return True
            except OSError:
                return False
            client.partly_sent = client.partly_sent[sent:]
        return True

    def _push(self, client: _Client, line: bytes, *, is_snapshot: bool) -> None:
        if not client.push(line, is_snapshot=is_snapshot):
            client.waiting.clear()
            client.closing = True

    def _drop(self, client: _Client) -> None:
        with self._lock:
            self._clients.pop(client.connection, None)
            self._asked_by = {
                key: asker for key, asker in self._asked_by.items() if asker is not client
            }
        self._selector.unregister(client.connection)
        client.connection.close()

    def _wake(self) -> None:
        if self._wake_writer is not None:
            # A full pipe needs no more waking.
            with contextlib.suppress(OSError):
                self._wake_writer.send(b"\0")


def _drain(wake_reader: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        wake_reader.recv(_RECEIVE_BYTES)


def _id_of(line: bytes) -> str:
    """Return the id of a request that is wrong otherwise, "" when there is none to be found."""
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    request_id = found.get("id") if isinstance(found, dict) else None
    return request_id if isinstance(request_id, str) else ""


def _listen(path: Path) -> socket.socket:
    if len(str(path).encode()) > _PATH_MAX_BYTES:
        raise LinkError(
            f"the path of the link socket is longer than {_PATH_MAX_BYTES} bytes: {path}; "
            "choose a shorter data folder with --data"
        )
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        # Nobody can connect before listen, so the mode is in force from the first moment.
        path.chmod(SOCKET_MODE)
        listener.listen()
    except OSError as error:
        listener.close()
        raise LinkError(f"cannot make the link socket {path}: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def _remove_stale(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_socket():
        raise LinkError(f"{path} is in the way of the link socket and is no socket; move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise LinkError(f"another engine already serves {path}; stop it or use another --data")
    path.unlink()
