"""Where session files lie, what they are called, and how much room there is for more."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rascue.core.types import SessionHeader

SESSIONS_FOLDER = "sessions"

_SUFFIX = ".sqlite"
_NAME_MAX_CHARACTERS = 40


def sessions_folder(data_dir: Path) -> Path:
    """Return the folder of session files."""
    return data_dir / SESSIONS_FOLDER


def session_file_name(header: SessionHeader) -> str:
    """Return ``<utc>_<subject>_<id>.sqlite``, safe on any file system and sorted by time.

    The instant has the form 20260131T094500Z, or is ``undated`` where it is not known.
    """
    utc = re.sub(r"[^0-9TZ]", "", re.sub(r"\.\d+|\+00:?00$", "", header.started_utc))
    if utc and not utc.endswith("Z"):
        utc += "Z"
    parts = (utc or "undated", _safe(header.subject_code), _safe(header.session_id))
    return "_".join(parts) + _SUFFIX


def free_bytes(folder: Path) -> int:
    """Return the room left for us on the disk that holds ``folder`` or will hold it."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    status = os.statvfs(existing)
    return status.f_bavail * status.f_frsize


def _safe(text: str) -> str:
    """Return ``text`` without what has a meaning to a file system or separates our parts."""
    return re.sub(r"[^A-Za-z0-9-]", "-", text)[:_NAME_MAX_CHARACTERS] or "none"
