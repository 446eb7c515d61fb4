"""Sessions of the past: list, page with charts and reasons, download."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from rascue.dashboard.deps import Me, Now, WithServices
from rascue.dashboard.session_files import (
    decision_rows,
    fault_rows,
    is_demo,
    note_rows,
    session_series,
)
from rascue.dashboard.words import minutes
from rascue.export.base import Exporter
from rascue.registry import Kind, find

router = APIRouter()

_CHUNK_BYTES = 65536
_SPOOL_BYTES = 4_000_000
"""A download up to this size is made in memory, a larger one on the disk."""


@router.get("/sessions")
def sessions_page(request: Request, services: WithServices) -> Response:
    """List all sessions of this device."""
    context = {"sessions": services.sessions.all(), "minutes": minutes}
    return services.templates.TemplateResponse(request, "sessions.html", context)


@router.get("/sessions/{session_id}")
def session_page(request: Request, services: WithServices, session_id: str) -> Response:
    """Show one session."""
    with services.sessions.open(session_id) as reader:
        context = {
            "header": reader.header,
            "summary": reader.summary(),
            "decisions": list(decision_rows(reader)),
            "faults": list(fault_rows(reader)),
            "notes": list(note_rows(reader)),
            "is_demo": is_demo(reader.header),
            "minutes": minutes,
        }
    return services.templates.TemplateResponse(request, "session.html", context)


@router.get("/api/sessions/{session_id}/series")
def series(services: WithServices, session_id: str) -> dict[str, Any]:
    """Return the columns of the charts."""
    with services.sessions.open(session_id) as reader:
        return session_series(reader)


@router.get("/sessions/{session_id}/export/{form}")
def export(
    services: WithServices, me: Me, now: Now, session_id: str, form: str
) -> StreamingResponse:
    """Give the session in one of the installed export formats; "csv" is a zip of tables."""
    exporter: Exporter = find(Kind.EXPORTER, form)()
    with services.sessions.open(session_id) as reader:
        name = f"{reader.path.stem}{exporter.suffix}"
        download = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 - closed when sent
        exporter.write(reader, download)
        services.audit.add(now, me.name, "session.exported", reader.header.subject_code, file=name)
    download.seek(0)
    disposition = f'attachment; filename="{name}"'
    return StreamingResponse(
        _chunks(download),
        media_type=exporter.media_type,
        headers={"Content-Disposition": disposition},
    )


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
