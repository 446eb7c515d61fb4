"""What people and programs get when something goes wrong: one page, and one JSON shape.

Programs (paths under /api and /device) get ``application/problem+json`` as in RFC 9457:
``{"type": "about:blank", "title": ..., "status": ..., "detail": ...}``.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from rascue.core.errors import LinkError, RascueError, WrongUse
from rascue.dashboard.deps import SignInNeeded, services_of

_LOG = logging.getLogger(__name__)

_PAGE_TEXTS = {
    404: "There is no such page.",
    405: "This cannot be done here.",
    500: "Something went wrong in the dashboard. The beat is not affected. Please reload the page.",
}


def install(app: FastAPI) -> None:
    """Give the app its handlers."""
    app.add_exception_handler(SignInNeeded, _on_sign_in_needed)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(RascueError, _on_rascue)
    app.add_exception_handler(Exception, _on_unexpected)


def is_for_program(request: Request) -> bool:
    """Return True where the answer is read by a program."""
    return request.url.path.startswith(("/api/", "/device/"))


def problem(status: int, detail: str) -> JSONResponse:
    """Return the one JSON shape of all errors."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def answer(request: Request, status: int, detail: str) -> Response:
    """Return a page or a problem, whichever the caller reads."""
    if is_for_program(request):
        return problem(status, detail)
    services = services_of(request)
    context = {"title": HTTPStatus(status).phrase, "detail": detail}
    return services.templates.TemplateResponse(request, "error.html", context, status)


def _on_sign_in_needed(request: Request, _error: Exception) -> Response:
    if is_for_program(request):
        return problem(401, "Sign in first.")
    services = services_of(request)
    way = "/login" if services.accounts.exist() else "/setup"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": way})
    return RedirectResponse(way, 303)


def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    if not detail or detail == HTTPStatus(status).phrase:
        detail = _PAGE_TEXTS.get(status, "This is not possible.")
    return answer(request, status, detail)


def _on_validation(request: Request, error: Exception) -> Response:
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    first = problems[0] if problems else {"loc": (), "msg": "not accepted"}
    where = " ".join(str(part) for part in first["loc"][1:])
    return answer(request, 422, f"{where}: {first['msg']}" if where else str(first["msg"]))


def _on_rascue(request: Request, error: Exception) -> Response:
    if isinstance(error, LinkError):
        return answer(request, 503, str(error))
    return answer(request, 409 if isinstance(error, WrongUse) else 500, str(error))


def _on_unexpected(request: Request, error: Exception) -> Response:
    _LOG.error("path=%s failed", request.url.path, exc_info=error)
    return answer(request, 500, _PAGE_TEXTS[500])
