"""What a therapist asks of the engine; each is answered by the engine's own sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from rascue.config.program import program_to_dict
from rascue.dashboard.clinic.sounds import with_choice
from rascue.dashboard.deps import Me, Now, Services, WithServices
from rascue.link.messages import (
    AdjustLevelArgs,
    AdjustTempoArgs,
    ClearFaultArgs,
    CommandKind,
    MarkArgs,
)

router = APIRouter(prefix="/api/session")


class Done(BaseModel):
    """The engine did it; ``text`` says what."""

    text: str


class StartBody(BaseModel):
    """Whom, by code or ``NEW_PATIENT``, and which programme by its name."""

    patient: str
    program: str


async def ask(
    services: Services,
    actor: str,
    now: datetime,
    kind: CommandKind,
    args: Mapping[str, object],
) -> Done:
    """Send a command, then write it into the audit trail.

    Raises
    ------
    HTTPException
        409 with the engine's reason when it refuses.
    LinkError
        When the engine does not answer.
    """
    latest = services.link.latest
    answer = await services.link.send(kind, args, actor)
    # Afterwards and elsewhere: a slow disk must not delay a stop (R1).
    await run_in_threadpool(
        services.audit.add,
        now,
        actor,
        f"session.{kind}",
        str(args.get("subject_code") or (latest.subject_code if latest else "")),
        ok=answer.ok,
        answer=answer.text,
        **{name: value for name, value in args.items() if name != "program"},
    )
    if not answer.ok:
        raise HTTPException(409, answer.text)
    return Done(text=answer.text)


@router.post("/start")
async def start(body: StartBody, services: WithServices, me: Me, now: Now) -> Done:
    """Begin a session."""
    patient = await run_in_threadpool(services.patients.get_or_add, body.patient, now)
    kept = await run_in_threadpool(services.programs.get, body.program)
    choice = await run_in_threadpool(services.sounds.of, patient.code)
    args = {
        "program": program_to_dict(with_choice(kept.program, choice)),
        "subject_code": patient.code,
        "started_utc": now.isoformat(timespec="seconds"),
    }
    return await ask(services, me.name, now, CommandKind.START, args)


@router.post("/stop")
async def stop(services: WithServices, me: Me, now: Now) -> Done:
    """Silence the beat at once (R1)."""
    return await ask(services, me.name, now, CommandKind.STOP, {})


@router.post("/resume")
async def resume(services: WithServices, me: Me, now: Now) -> Done:
    """Let a stopped session go on."""
    return await ask(services, me.name, now, CommandKind.RESUME, {})


@router.post("/end")
async def end(services: WithServices, me: Me, now: Now) -> Done:
    """End the session and close its file."""
    return await ask(services, me.name, now, CommandKind.END, {})


@router.post("/skip")
async def skip(services: WithServices, me: Me, now: Now) -> Done:
    """Go to the next block of the programme."""
    return await ask(services, me.name, now, CommandKind.SKIP_BLOCK, {})


@router.post("/tempo")
async def tempo(body: AdjustTempoArgs, services: WithServices, me: Me, now: Now) -> Done:
    """Make the beat faster or slower."""
    return await ask(services, me.name, now, CommandKind.ADJUST_TEMPO, body.model_dump())


@router.post("/level")
async def level(body: AdjustLevelArgs, services: WithServices, me: Me, now: Now) -> Done:
    """Make the beat louder or softer."""
    return await ask(services, me.name, now, CommandKind.ADJUST_LEVEL, body.model_dump())


@router.post("/mark")
async def mark(body: MarkArgs, services: WithServices, me: Me, now: Now) -> Done:
    """Write a remark into the session's log."""
    return await ask(services, me.name, now, CommandKind.MARK, body.model_dump())


@router.post("/clear-fault")
async def clear_fault(body: ClearFaultArgs, services: WithServices, me: Me, now: Now) -> Done:
    """Clear a fault that somebody has seen to."""
    return await ask(services, me.name, now, CommandKind.CLEAR_FAULT, body.model_dump())
