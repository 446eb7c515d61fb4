"""The stream of live values; one connection for each open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from rascue.dashboard.deps import Me, Services, WithServices, sign_in_token
from rascue.dashboard.live import event
from rascue.dashboard.words import IN_SESSION

router = APIRouter(prefix="/api")

HEARTBEAT_S = 5.0
"""Longest silence on the stream, s; lets page and dashboard notice a broken connection."""


@router.get("/me")
async def me(account: Me) -> dict[str, str]:
    """Say who is signed in; a page that lost its stream asks this to learn why."""
    return {"name": account.name}


@router.get("/live")
async def live(request: Request, services: WithServices) -> StreamingResponse:
    """Stream server-sent events (``dashboard.live``) until the page goes or is signed out."""
    events = _events(services, sign_in_token(request))
    return StreamingResponse(events, media_type="text/event-stream")


async def _events(services: Services, token: str) -> AsyncIterator[str]:
    with services.feed.subscribe() as queue:
        while not services.feed.is_over and _may_listen(services, token):
            try:
                text = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                text = ": still here\n\n"
            yield text
    if not services.feed.is_over:
        yield event("signed_out", {})


def _may_listen(services: Services, token: str) -> bool:
    """Return True for a valid sign-in; a running session keeps it alive."""
    latest = services.link.latest
    in_session = latest is not None and latest.state in IN_SESSION
    return (
        services.sign_ins.account_of(token, services.utc_now(), is_activity=in_session) is not None
    )
