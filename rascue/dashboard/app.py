"""Puts the dashboard together: services, routes, borders.

Imports nothing of the engine; the only way to it is the link.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from rascue.dashboard import errors
from rascue.dashboard.access.attempts import Attempts
from rascue.dashboard.access.borders import Borders, own_names
from rascue.dashboard.access.setup_code import SetupCode
from rascue.dashboard.bring_up import BringUp
from rascue.dashboard.clinic.accounts import Accounts
from rascue.dashboard.clinic.audit import AuditTrail
from rascue.dashboard.clinic.database import ClinicDatabase
from rascue.dashboard.clinic.patients import Patients
from rascue.dashboard.clinic.programs import Programs
from rascue.dashboard.clinic.sign_ins import SignIns
from rascue.dashboard.clinic.songs import Songs
from rascue.dashboard.clinic.sounds import PatientSounds
from rascue.dashboard.deps import Services, require_sign_in
from rascue.dashboard.live import LiveFeed
from rascue.dashboard.routes import (
    commands,
    device,
    home,
    live,
    patients,
    programs,
    sensor,
    sessions,
    sign_in,
    songs,
    sounds,
)
from rascue.dashboard.session_files import SessionFiles
from rascue.dashboard.settings import DashboardSettings
from rascue.dashboard.song_maker import SongMaker
from rascue.link.client import LinkClient

_HERE = Path(__file__).parent
_VENDOR = _HERE / "static" / "vendor"
_LOG = logging.getLogger(__name__)


def machine_utc() -> datetime:
    """Return the wall clock."""
    return datetime.now(UTC)


def create_app(
    settings: DashboardSettings,
    announce: Callable[[str], None] = _LOG.warning,
    utc_now: Callable[[], datetime] = machine_utc,
) -> FastAPI:
    """Return the dashboard as an ASGI app; its lifespan opens the link and closes the file.

    Parameters
    ----------
    announce
        Shows a line to whoever stands at the device; gets the set-up code on first run.
    utc_now
        The wall clock.

    Raises
    ------
    StoreError
        When ``clinic.sqlite`` cannot be opened.
    """
    services = _make_services(settings, announce, utc_now)
    app = FastAPI(
        title="rascue",
        dependencies=[Depends(require_sign_in)],
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.services = services
    for module in (
        sign_in,
        home,
        live,
        commands,
        patients,
        programs,
        sounds,
        songs,
        sensor,
        sessions,
        device,
    ):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    errors.install(app)
    app.add_middleware(Borders, names=own_names(settings.extra_hosts))
    return app


def _make_services(
    settings: DashboardSettings,
    announce: Callable[[str], None],
    utc_now: Callable[[], datetime],
) -> Services:
    database = ClinicDatabase(settings.clinic_path)
    link = LinkClient(settings.socket_path)
    return Services(
        database=database,
        accounts=Accounts(database),
        sign_ins=SignIns(database, utc_now()),
        patients=Patients(database),
        programs=Programs(database),
        sounds=PatientSounds(database),
        songs=Songs(database, settings.data_dir),
        song_maker=SongMaker(settings.data_dir),
        audit=AuditTrail(database),
        sessions=SessionFiles(settings.sessions_dir),
        bring_up=BringUp(settings.data_dir, settings.buses),
        attempts=Attempts(),
        setup_code=SetupCode(announce),
        link=link,
        feed=LiveFeed(link),
        templates=_make_templates(),
        utc_now=utc_now,
    )


def _make_templates() -> Jinja2Templates:
    templates = Jinja2Templates(_HERE / "templates", context_processors=[_account_of])
    templates.env.globals["has_browser_libraries"] = all(
        (_VENDOR / name).is_file() for name in ("htmx.min.js", "uPlot.iife.min.js", "uPlot.min.css")
    )
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    return templates


def _account_of(request: Request) -> dict[str, object]:
    return {"account": getattr(request.state, "account", None)}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    if not services.accounts.exist():
        services.setup_code.issue(services.utc_now())
    tasks = [asyncio.create_task(services.link.run()), asyncio.create_task(services.feed.run())]
    services.song_maker.take_up([song.id for song in services.songs.all()])
    try:
        yield
    finally:
        services.song_maker.close()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        services.database.close()
