"""What routes may ask for, and the one place that decides who may call them.

Every route of the app needs somebody signed in, unless its path stands in ``OPEN_PATHS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates

from rascue.dashboard.access.attempts import Attempts
from rascue.dashboard.access.setup_code import SetupCode
from rascue.dashboard.bring_up import BringUp
from rascue.dashboard.clinic.accounts import Account, Accounts
from rascue.dashboard.clinic.audit import AuditTrail
from rascue.dashboard.clinic.database import ClinicDatabase
from rascue.dashboard.clinic.patients import Patients
from rascue.dashboard.clinic.programs import Programs
from rascue.dashboard.clinic.sign_ins import SignIns
from rascue.dashboard.clinic.songs import Songs
from rascue.dashboard.clinic.sounds import PatientSounds
from rascue.dashboard.live import LiveFeed
from rascue.dashboard.session_files import SessionFiles
from rascue.dashboard.song_maker import SongMaker
from rascue.link.client import LinkClient

SIGN_IN_COOKIE = "rascue_sign_in"

OPEN_PATHS = frozenset(
    {"/login", "/setup", "/setup/code", "/health", "/favicon.ico", "/device/stop"}
)
"""Routes that answer without a sign-in; ``/device/stop`` answers only the device itself."""


class SignInNeeded(Exception):
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything routes work with, made once by ``create_app``."""

    database: ClinicDatabase
    accounts: Accounts
    sign_ins: SignIns
    patients: Patients
    programs: Programs
    sounds: PatientSounds
    audit: AuditTrail
    sessions: SessionFiles
    bring_up: BringUp
    attempts: Attempts
    setup_code: SetupCode
    link: LinkClient
    feed: LiveFeed
    songs: Songs
    song_maker: SongMaker
    templates: Jinja2Templates
    utc_now: Callable[[], datetime]


def services_of(request: Request) -> Services:
    """Return the services of the app that got this request."""
    services: Services = request.app.state.services
    return services


async def _services(request: Request) -> Services:
    return services_of(request)


async def require_sign_in(request: Request) -> None:
    """Let pass who is signed in; everybody else only to open paths.

    Raises
    ------
    SignInNeeded
        Answered by the way to the sign-in page, or 401 for programs.
    """
    if request.scope["path"] in OPEN_PATHS:
        return
    services = services_of(request)
    account = services.sign_ins.account_of(sign_in_token(request), services.utc_now())
    if account is None:
        raise SignInNeeded
    request.state.account = account


def sign_in_token(request: Request) -> str:
    """Return the token of the browser, "" when it has none."""
    return request.cookies.get(SIGN_IN_COOKIE, "")


async def _me(request: Request) -> Account:
    account: Account = request.state.account
    return account


async def _now(request: Request) -> datetime:
    return services_of(request).utc_now()


WithServices = Annotated[Services, Depends(_services)]
Me = Annotated[Account, Depends(_me)]
Now = Annotated[datetime, Depends(_now)]
