"""Runs the dashboard in a process of its own."""

from __future__ import annotations

import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from rascue.core.errors import RascueError
from rascue.dashboard.app import create_app
from rascue.dashboard.live import LiveFeed
from rascue.dashboard.settings import DashboardSettings

GRACE_S = 1
"""A stream whose page no longer reads cannot end by itself; it is cut after this long, s."""


def serve(settings: DashboardSettings) -> None:
    """Serve until the process is told to end.

    Raises
    ------
    RascueError
        When the address cannot be used or the clinic file cannot be opened.
    """
    with _listen(settings.host, settings.port) as listener:
        app = create_app(settings, _to_console)
        for url in _urls(settings.host, listener.getsockname()[1]):
            _to_console(f"Dashboard: {url}")
        _Server(_uvicorn_config(app), app.state.services.feed).run(sockets=[listener])


def _uvicorn_config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the stop at the device trusts the peer's address
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )


class _Server(uvicorn.Server):
    """Ends the live streams first, which would otherwise keep their connections for ever."""

    def __init__(self, config: uvicorn.Config, feed: LiveFeed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to shut down on a signal."""
        self._feed.end()
        super().handle_exit(sig, frame)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise RascueError(
            f"the dashboard cannot use {host} port {port}: {error.strerror}; "
            "choose another with --host and --port"
        ) from error
    return listener


def _urls(host: str, port: int) -> list[str]:
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return [f"http://{f'[{host}]' if ':' in host else host}:{port}/"]
    return [f"http://localhost:{port}/", f"http://{socket.gethostname()}.local:{port}/"]


def _to_console(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
