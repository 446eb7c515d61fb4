"""First run, signing in and out, and the people who may."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.accounts import Account
from rascue.dashboard.clinic.sign_ins import ABSOLUTE_LIFE
from rascue.dashboard.deps import (
    SIGN_IN_COOKIE,
    Me,
    Now,
    Services,
    WithServices,
    sign_in_token,
)

router = APIRouter()

NOT_IN = "Name or password is not right."


@router.get("/setup")
def setup_page(request: Request, services: WithServices, now: Now) -> Response:
    """Ask for the set-up code and the first account."""
    if services.accounts.exist():
        return RedirectResponse("/login", 303)
    return _setup_page(request, services, now)


@router.post("/setup/code")
def new_code(request: Request, services: WithServices, now: Now) -> Response:
    """Show a new code on the console."""
    if services.accounts.exist():
        return RedirectResponse("/login", 303)
    issued = services.setup_code.issue(now)
    text = (
        "A new code is on the console of the device."
        if issued
        else "A code was shown a moment ago; look at the console, or wait half a minute."
    )
    return _setup_page(request, services, now, text=text)


@router.post("/setup")
def setup(
    request: Request,
    services: WithServices,
    now: Now,
    code: Annotated[str, Form(max_length=32)],
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Create the first account for whoever knows the code."""
    if services.accounts.exist():
        return RedirectResponse("/login", 303)
    if not services.setup_code.fits(code, now):
        return _setup_page(request, services, now, problem=_code_problem(services, now), name=name)
    try:
        account = services.accounts.create(name, password, now)
    except WrongUse as error:
        return _setup_page(request, services, now, problem=str(error), name=name, code=code)
    services.setup_code.use_up()
    services.audit.add(now, account.name, "account.created", account.name, first=True)
    return _signed_in(request, services, account, now)


@router.get("/login")
def login_page(request: Request, services: WithServices) -> Response:
    """Ask for name and password."""
    if not services.accounts.exist():
        return RedirectResponse("/setup", 303)
    return services.templates.TemplateResponse(request, "login.html")


@router.post("/login")
def login(
    request: Request,
    services: WithServices,
    now: Now,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Sign in, unless this address has guessed too often."""
    key = request.client.host if request.client else "unknown"
    wait_s = services.attempts.wait(key, now).total_seconds()
    if wait_s > 0:
        text = f"Too many tries. Wait {wait_s:.0f} s, then try again."
        return _login_problem(request, services, text, name, 429)
    account = services.accounts.verify(name, password)
    if account is None:
        services.attempts.failed(key, now)
        services.audit.add(now, "nobody", "sign_in.refused", "", address=key)
        return _login_problem(request, services, NOT_IN, name, 401)
    services.attempts.succeeded(key)
    services.audit.add(now, account.name, "sign_in", "", address=key)
    return _signed_in(request, services, account, now)


@router.post("/logout")
def logout(request: Request, services: WithServices, me: Me, now: Now) -> Response:
    """Sign this browser out."""
    services.sign_ins.end(sign_in_token(request))
    services.audit.add(now, me.name, "sign_out")
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SIGN_IN_COOKIE)
    return response


@router.get("/accounts")
def accounts_page(request: Request, services: WithServices) -> Response:
    """List who may sign in."""
    return _accounts_page(request, services)


@router.post("/accounts")
def add_account(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Add a colleague."""
    try:
        account = services.accounts.create(name, password, now)
    except WrongUse as error:
        return _accounts_page(request, services, problem=str(error), name=name)
    services.audit.add(now, me.name, "account.created", account.name)
    return _accounts_page(request, services, text=f"{account.name} can sign in now.")


@router.post("/accounts/password")
def change_password(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Change one's own password; all other browsers of this account are signed out."""
    try:
        if services.accounts.verify(me.name, old) is None:
            raise WrongUse("The old password is not right.")  # noqa: TRY301 - shown below
        services.accounts.change_password(me, new)
    except WrongUse as error:
        return _accounts_page(request, services, problem=str(error))
    services.sign_ins.end_all(me)
    services.audit.add(now, me.name, "account.password_changed", me.name)
    return _signed_in(request, services, me, now)


def _signed_in(request: Request, services: Services, account: Account, now: datetime) -> Response:
    response = RedirectResponse("/", 303)
    response.set_cookie(
        SIGN_IN_COOKIE,
        services.sign_ins.begin(account, now),
        max_age=int(ABSOLUTE_LIFE.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


def _setup_page(request: Request, services: Services, now: datetime, **context: str) -> Response:
    usable = services.setup_code.is_usable(now)
    status = 400 if "problem" in context else 200
    return services.templates.TemplateResponse(
        request, "setup.html", {"usable": usable, **context}, status
    )


def _code_problem(services: Services, now: datetime) -> str:
    if services.setup_code.is_usable(now):
        return "This is not the code on the console of the device."
    return "The code has run out. Ask for a new one below; it is shown on the console."


def _login_problem(
    request: Request, services: Services, problem: str, name: str, status: int
) -> Response:
    return services.templates.TemplateResponse(
        request, "login.html", {"problem": problem, "name": name}, status
    )


def _accounts_page(request: Request, services: Services, **context: str) -> Response:
    return services.templates.TemplateResponse(
        request,
        "accounts.html",
        {"accounts": services.accounts.all(), **context},
        409 if "problem" in context else 200,
    )
