"""The session screen."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rascue.dashboard.clinic.patients import NEW_PATIENT
from rascue.dashboard.deps import WithServices
from rascue.dashboard.words import minutes, program_policies

router = APIRouter()


@router.get("/")
def home(request: Request, services: WithServices) -> Response:
    """Choose patient and programme, start, watch, steer, stop."""
    programs = [
        {
            "name": kept.program.name,
            "title": kept.program.title,
            "length": minutes(kept.program.duration_s),
            "policies": program_policies(kept.program),
        }
        for kept in services.programs.all()
    ]
    context = {
        "patients": services.patients.all(),
        "new_patient": NEW_PATIENT,
        "programs": programs,
    }
    return services.templates.TemplateResponse(request, "home.html", context)
