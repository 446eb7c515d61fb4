"""For the device itself: is it alive, its icon, and the stop that needs no sign-in."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse

from rascue.dashboard.access.borders import is_loopback
from rascue.dashboard.deps import Now, WithServices
from rascue.dashboard.routes.commands import Done, ask
from rascue.link.messages import CommandKind

router = APIRouter()

_ICON = Path(__file__).parents[1] / "static" / "favicon.svg"

DEVICE_ACTOR = "at the device"


@router.get("/health")
async def health(services: WithServices) -> dict[str, bool]:
    """Say that the dashboard answers and whether it reaches the engine; nothing else."""
    return {"dashboard": True, "engine": services.link.change.connected}


@router.get("/favicon.ico")
async def favicon() -> FileResponse:
    """Give the icon to browsers that ask for it by its old name."""
    return FileResponse(_ICON, media_type="image/svg+xml")


@router.post("/device/stop")
async def stop_at_device(request: Request, services: WithServices, now: Now) -> Done:
    """Silence the beat for whoever stands at the device: a key, a button, the screen (R1)."""
    if not is_loopback(request.client.host if request.client else None):
        raise HTTPException(403, "This stop works only on the device itself; sign in instead.")
    return await ask(services, DEVICE_ACTOR, now, CommandKind.STOP, {})
