"""Checks at the border, before any route: names, origins, sizes; and headers on every answer.

Three attacks end here. *DNS rebinding*: a foreign name that resolves to this device is refused by
the list of hosts. *Cross-site requests*: a request that changes something and was caused by
another site is refused by ``Origin`` and ``Sec-Fetch-Site``, in addition to the cookie's
``SameSite=Strict``. *Framing and injected scripts*: the content security policy.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MAX_BYTES = 1_000_000
"""Largest request body; forms are a few kB. Source: ECOSYSTEM 2.1."""

SONG_MAX_BYTES = 80_000_000
"""Largest song: about 7 minutes as WAV in CD quality, hours as MP3. Default."""

BODY_MAX_BYTES_OF = {"/api/songs": SONG_MAX_BYTES}
"""Requests that may be larger; their routes read them piece by piece, after the sign-in."""

TOO_LARGE = "Refused: the request is too large."

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def own_names(extra: Iterable[str] = ()) -> frozenset[str]:
    """Return the names under which this device answers, in lower case."""
    machine = socket.gethostname().lower()
    return frozenset({"localhost", machine, f"{machine}.local", *(name.lower() for name in extra)})


class Borders:
    """ASGI middleware that holds every request to the rules of the border.

    Parameters
    ----------
    app
        What is protected.
    names
        Host names that are answered. IP addresses are answered where they belong to the machine:
        the loopback ones, and the one the connection came in on.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a limit on the body and headers on the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded_send = _with_headers(scope["path"], send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, guarded_send)
            return
        await self._app(scope, _limited(receive, _body_max_bytes(scope["path"])), guarded_send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own(host, scope):
            return PlainTextResponse("This device does not answer to that name.\n", 400)
        if scope["method"] not in SAFE_METHODS and not _same_origin(headers, host):
            return PlainTextResponse("Refused: the request came from another site.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _body_max_bytes(scope["path"]):
            return PlainTextResponse(TOO_LARGE + "\n", 413)
        return None

    def _is_own(self, host: str, scope: Scope) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        here = (scope.get("server") or ("",))[0]
        return address.is_loopback or str(address) == here


def is_loopback(host: str | None) -> bool:
    """Return True for an address of the device itself."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _same_origin(headers: Headers, host: str) -> bool:
    """Return False when a browser says that another site caused the request.

    Neither header present means no browser: nothing there sends a cookie unasked.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


def _body_max_bytes(path: str) -> int:
    return BODY_MAX_BYTES_OF.get(path, BODY_MAX_BYTES)


def _limited(receive: Receive, most: int) -> Receive:
    """End a request whose body grows beyond the limit without having announced it."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, TOO_LARGE)
        return message

    return receive_limited


def _with_headers(path: str, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(SECURITY_HEADERS)
            # Style sheets and scripts may be kept if they are asked for again; patients never.
            headers["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"
        await send(message)

    return send_with_headers
