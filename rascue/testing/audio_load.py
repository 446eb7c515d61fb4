"""A web server and a client that asks it without pause: load beside a process that plays.

Part of the load under which sound is compared (AUDIO.md section 4); the other part, a busy
interpreter, is in the players themselves.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from time import sleep
from typing import Any

PORT = 18_765
ROWS = [{"t": k, "acc": [0.1 * k, 0.2, 9.81]} for k in range(1000)]


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer any web request with some 30 kB of JSON (an ASGI application)."""
    if scope["type"] != "http":
        return
    await receive()
    body = json.dumps(ROWS).encode()
    head = {"type": "http.response.start", "status": 200, "headers": []}
    await send(head)
    await send({"type": "http.response.body", "body": body})


@contextmanager
def web_load() -> Iterator[None]:
    """Run a web server and a client that asks it without pause, each in its own process."""
    server = [sys.executable, "-m", "uvicorn", "rascue.testing.audio_load:app", "--port", str(PORT)]
    client = [sys.executable, "-m", "rascue.testing.audio_load"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    children = [subprocess.Popen(command, **quiet) for command in (server, client)]  # type: ignore[call-overload]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


def _ask_for_ever() -> None:
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", PORT, timeout=1)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
        except (OSError, HTTPException):
            sleep(0.05)


if __name__ == "__main__":
    _ask_for_ever()
