"""Programmes: what they do in plain words, copies, and new versions of copies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.programs import KeptProgram
from rascue.dashboard.deps import Me, Now, Services, WithServices
from rascue.dashboard.program_form import edited, installed_strategies
from rascue.dashboard.words import block_words, minutes, program_policies

router = APIRouter(prefix="/programs")


@router.get("")
def programs_page(request: Request, services: WithServices) -> Response:
    """List all programmes."""
    rows = [
        {
            "kept": kept,
            "length": minutes(kept.program.duration_s),
            "policies": program_policies(kept.program),
        }
        for kept in services.programs.all()
    ]
    return services.templates.TemplateResponse(request, "programs.html", {"rows": rows})


@router.get("/{name}")
def program_page(request: Request, services: WithServices, name: str) -> Response:
    """Show one programme, block by block; an own one can be edited."""
    return _page(request, services, services.programs.get(name))


@router.post("/{name}/copy")
def copy(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    name: str,
    title: Annotated[str, Form(max_length=200)],
) -> Response:
    """Keep a copy that can be edited."""
    try:
        kept = services.programs.copy(name, title, me.name, now)
    except WrongUse as error:
        return _page(request, services, services.programs.get(name), problem=str(error))
    services.audit.add(now, me.name, "program.copied", kept.program.name, original=name)
    return RedirectResponse(f"/programs/{kept.program.name}", 303)


@router.post("/{name}")
async def save(request: Request, services: WithServices, me: Me, now: Now, name: str) -> Response:
    """Keep a new version of an own programme."""
    fields = {key: str(value) for key, value in (await request.form()).items()}
    kept = services.programs.get(name)
    try:
        kept = services.programs.save(edited(kept.program, fields), me.name, now)
    except WrongUse as error:
        return _page(request, services, kept, problem=str(error))
    services.audit.add(now, me.name, "program.changed", name, version=kept.program.version)
    return _page(request, services, kept, text=f"Saved as version {kept.program.version}.")


def _page(request: Request, services: Services, kept: KeptProgram, **context: str) -> Response:
    values = {
        "kept": kept,
        "program": kept.program,
        "length": minutes(kept.program.duration_s),
        "blocks": [block_words(step) for step in kept.program.steps],
        "strategies": installed_strategies(),
        **context,
    }
    status = 409 if "problem" in context else 200
    return services.templates.TemplateResponse(request, "program.html", values, status)
