"""Patients: a list of pseudonyms, and how to add one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.patients import looks_personal
from rascue.dashboard.deps import Me, Now, Services, WithServices

router = APIRouter(prefix="/patients")

LOOKS_PERSONAL = (
    "“{label}” looks like a name or a date of birth. Use a label nobody outside can connect to "
    "the person, or press “Add anyway”."
)


@router.get("")
def patients_page(request: Request, services: WithServices) -> Response:
    """List all patients."""
    return _page(request, services)


@router.post("")
def add(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    label: Annotated[str, Form(max_length=200)] = "",
    sure: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Give the next code; a label that looks personal is asked about first."""
    if looks_personal(label) and not sure:
        question = LOOKS_PERSONAL.format(label=label)
        return _page(request, services, question=question, label=label, status=409)
    try:
        patient = services.patients.add(label, now)
    except WrongUse as error:
        return _page(request, services, problem=str(error), label=label, status=409)
    services.audit.add(now, me.name, "patient.added", patient.code)
    return _page(request, services, text=f"{patient.code} is added.")


def _page(request: Request, services: Services, status: int = 200, **context: str) -> Response:
    part = "patients_part.html" if request.headers.get("hx-request") else "patients.html"
    return services.templates.TemplateResponse(
        request, part, {"patients": services.patients.all(), **context}, status
    )
