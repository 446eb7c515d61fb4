"""Sounds: hear one through the device's own output, and keep it for a patient."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from rascue.core.errors import WrongUse
from rascue.dashboard.clinic.sounds import SoundChoice
from rascue.dashboard.deps import Me, Now, Services, WithServices
from rascue.dashboard.routes.commands import Done, ask
from rascue.dashboard.words import SIDES, sound_words
from rascue.link.messages import CommandKind, SoundOffer

router = APIRouter()

LISTEN_LEVEL_DBFS = -18.0
"""Level of a beat in a programme that names none; here as there the engine's caps hold."""

ACCENTS = {1: "all beats alike", 2: "the first of 2", 3: "the first of 3", 4: "the first of 4"}
FULLNESS = {0.2: "spare", 0.5: "as usual", 0.8: "full"}
TEMPO_SPM = 100
OWN_KEY = ""


class SoundForm(BaseModel):
    """What the page asks for: parts of a sound's name, accents, and how full music is."""

    sound: str = Field(min_length=1, max_length=60)
    key: str = Field(default=OWN_KEY, max_length=30)
    sides: str = Field(default="", max_length=20)
    accent_every: int = Field(default=1, ge=1, le=8)
    intensity: float = Field(default=0.5, ge=0, le=1)

    def choice(self, offers: tuple[SoundOffer, ...]) -> SoundChoice:
        """Return the choice; a key goes with music only."""
        is_music = any(offer.name == self.sound and offer.keys for offer in offers)
        parts = (self.sound, self.key if is_music else "", self.sides)
        return SoundChoice(":".join(filter(None, parts)), self.accent_every, self.intensity)


class PreviewForm(SoundForm):
    """The same, and the tempo to hear it at, steps/min."""

    cue_spm: float = Field(default=TEMPO_SPM, ge=40, le=160)


@router.get("/sounds")
def sounds_page(request: Request, services: WithServices, patient: str = "") -> Response:
    """List what the engine can play."""
    return _page(request, services, patient)


@router.post("/api/session/preview")
async def preview(body: PreviewForm, services: WithServices, me: Me, now: Now) -> Done:
    """Play a few beats outside a session."""
    choice = body.choice(_offers(services))
    args = {
        "sound": choice.sound,
        "accent_every": choice.accent_every,
        "intensity": choice.intensity,
        "cue_spm": body.cue_spm,
        "level_dbfs": LISTEN_LEVEL_DBFS,
    }
    return await ask(services, me.name, now, CommandKind.PREVIEW, args)


@router.post("/sounds")
def keep(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    patient: Annotated[str, Form(max_length=40)],
    form: Annotated[SoundForm, Form()],
) -> Response:
    """Keep a sound for a patient."""
    try:
        code = services.patients.get(patient).code
    except WrongUse as error:
        return _page(request, services, "", problem=str(error))
    choice = form.choice(_offers(services))
    services.sounds.keep(code, choice, me.name, now)
    services.audit.add(now, me.name, "patient.sound", code, sound=choice.sound)
    text = f"{code} walks with {sound_words(choice.sound)} from the next session on."
    return _page(request, services, code, text=text)


@router.post("/sounds/forget")
def forget(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    patient: Annotated[str, Form(max_length=40)],
) -> Response:
    """Let programmes decide again."""
    services.sounds.forget(patient)
    services.audit.add(now, me.name, "patient.sound", patient, sound="as the programme says")
    text = f"{patient} hears what the programme says."
    return _page(request, services, patient, text=text)


def _offers(services: Services) -> tuple[SoundOffer, ...]:
    hello = services.link.hello
    return hello.sounds if hello else ()


def _page(
    request: Request, services: Services, patient: str, problem: str = "", text: str = ""
) -> Response:
    kept = services.sounds.of(patient) if patient else None
    groups: dict[str, list[SoundOffer]] = {}
    for offer in _offers(services):
        groups.setdefault(offer.group, []).append(offer)
    values = {
        "groups": groups,
        "words": sound_words,
        "keys": sorted({key for offer in _offers(services) for key in offer.keys}),
        "sides": SIDES,
        "accents": ACCENTS,
        "fullness": FULLNESS,
        "tempo_spm": TEMPO_SPM,
        "patients": services.patients.all(),
        "patient": patient,
        "kept": kept,
        "parts": kept.sound.split(":") if kept else [],
        "problem": problem,
        "text": text,
    }
    return services.templates.TemplateResponse(
        request, "sounds.html", values, 409 if problem else 200
    )
