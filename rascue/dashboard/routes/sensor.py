"""The set-up page of the sensor: what answers on the buses, is it fit, how is it worn."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from rascue.core.errors import WrongUse
from rascue.core.types import Placement, SessionState
from rascue.dashboard.deps import Me, Now, Services, WithServices

router = APIRouter()

PLACES = {
    Placement.LOWER_BACK: "lower back",
    Placement.LEFT_FOOT: "left foot",
    Placement.RIGHT_FOOT: "right foot",
    Placement.LEFT_SHANK: "left shank",
    Placement.RIGHT_SHANK: "right shank",
}
NO_SESSION = (SessionState.IDLE, SessionState.ENDED)


class CheckBody(BaseModel):
    """Which sensor, and for how it is worn, where."""

    kind: Literal["imucheck", "mount"]
    sensor: str = Field(max_length=200, pattern=r"^[a-z0-9-]+@[^\s:]+:0x[0-9a-f]{2}$")
    placement: Placement = Placement.LOWER_BACK


@router.get("/sensor")
def sensor_page(request: Request, services: WithServices) -> Response:
    """Show what was found the last times."""
    values = {"places": PLACES, "records": services.bring_up.records()}
    return services.templates.TemplateResponse(request, "sensor.html", values)


@router.get("/api/sensor/found")
def found(services: WithServices) -> list[str]:
    """Look for sensors."""
    return services.bring_up.sensors()


@router.get("/api/sensor/job")
async def job(services: WithServices) -> dict[str, Any]:
    """Tell how far the check is."""
    running = services.bring_up.job
    return {} if running is None else running.to_dict()


@router.post("/api/sensor/check")
async def check(body: CheckBody, services: WithServices, me: Me, now: Now) -> dict[str, Any]:
    """Begin a check; not during a session, whose sensor it would take."""
    _refuse_in_session(services)
    try:
        if body.kind == "mount":
            services.bring_up.mount(body.sensor, body.placement.value, now)
        else:
            services.bring_up.check(body.sensor, now)
    except WrongUse as error:
        raise HTTPException(409, str(error)) from None
    await run_in_threadpool(services.audit.add, now, me.name, f"sensor.{body.kind}", body.sensor)
    return await job(services)


def _refuse_in_session(services: Services) -> None:
    latest = services.link.latest
    if latest is not None and latest.state not in NO_SESSION:
        raise HTTPException(409, "A session is running; end it before you check the sensor.")
