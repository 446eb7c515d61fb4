"""Songs: add one, see how far it is, correct its beats, keep it for a patient, delete it."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from rascue.core.errors import WrongUse
from rascue.dashboard.access.borders import SONG_MAX_BYTES
from rascue.dashboard.clinic.songs import Song
from rascue.dashboard.clinic.sounds import SoundChoice
from rascue.dashboard.deps import Me, Now, Services, WithServices
from rascue.dashboard.song_maker import UPLOAD
from rascue.dashboard.words import minutes
from rascue.songs import beat_map
from rascue.songs.beat_map import BeatMap
from rascue.songs.name import SongName
from rascue.songs.shelf import (
    RATE_HZ,
    SAMPLE_BYTES,
    SONGS_FOLDER,
    SongFile,
    Version,
    read_song,
    song_folder,
)

router = APIRouter()

FREE_LEAST_BYTES = 2_000_000_000
"""So much stays free for sessions; a song of ten minutes takes 0.75 GB. Default."""

NO_ROOM = "There is no room for another song; delete one first."
KNOWN_ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".mp3")
WRONG_ENDING = "Choose a sound file that ends in .wav, .flac, .ogg or .mp3."
OUTLINE_POINTS = 900
REACH = 0.12
"""A song can be played so much slower or faster, as a share (``song_player``)."""

_CHUNK_BYTES = 65536


class Correction(BaseModel):
    """What to change about the beats: ``shift`` by ``by_s``, ``tap`` with ``taps_s``, or alone.

    ``other`` takes the beat that fits almost as well.
    """

    what: str = Field(pattern=r"^(shift|shift_half|halve|double|tap|other|undo)$")
    by_s: float = Field(default=0.0, ge=-2, le=2)
    taps_s: list[float] = Field(default_factory=list, max_length=400)


@router.get("/songs")
def songs_page(request: Request, services: WithServices, problem: str = "") -> Response:
    """List all songs and how far they are."""
    part = "songs_part.html" if request.headers.get("hx-request") else "songs.html"
    return services.templates.TemplateResponse(
        request, part, {"rows": _rows(services), "problem": problem}
    )


@router.post("/api/songs")
async def add(
    request: Request, services: WithServices, me: Me, now: Now, name: str = ""
) -> dict[str, str]:
    """Take the bytes of a sound file and have it prepared."""
    if not name.lower().endswith(KNOWN_ENDINGS):
        raise HTTPException(415, WRONG_ENDING)
    folder = services.database.path.parent / SONGS_FOLDER
    await run_in_threadpool(_make_room, folder)
    part = folder / f"{os.urandom(6).hex()}.upload"
    try:
        song_id = await _receive(request, part)
        title = Path(name).stem.replace("_", " ")
        return await run_in_threadpool(_keep, services, me.name, now, part, song_id, title)
    finally:
        part.unlink(missing_ok=True)


async def _receive(request: Request, part: Path) -> str:
    """Write the body to ``part``; return the song's id, the same for the same bytes."""
    digest = hashlib.sha256()
    size = 0
    with part.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > SONG_MAX_BYTES:
                raise HTTPException(413, f"Keep it below {SONG_MAX_BYTES // 1_000_000} MB.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise HTTPException(422, "The file is empty.")
    return digest.hexdigest()[:12]


def _keep(
    services: Services, actor: str, now: Any, part: Path, song_id: str, title: str
) -> dict[str, str]:
    folder = song_folder(services.database.path.parent, song_id)
    song = services.songs.add(song_id, title, actor, now)
    services.audit.add(now, actor, "song.added", song_id)
    state = services.song_maker.state(song_id)
    if not state.ready and (state.refusal or not (folder / UPLOAD).exists()):
        services.song_maker.remove(song_id)
        folder.mkdir(parents=True)
        part.replace(folder / UPLOAD)
        services.song_maker.make(song_id)
    return {"id": song_id, "title": song.title}


def _make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    status = os.statvfs(folder)
    if status.f_bavail * status.f_frsize < FREE_LEAST_BYTES:
        raise HTTPException(507, NO_ROOM)


@router.get("/songs/{song_id}")
def song_page(request: Request, services: WithServices, song_id: str) -> Response:
    """Show one song, its beats, and what can be done with it."""
    return _page(request, services, services.songs.get(song_id))


@router.get("/api/songs/{song_id}")
def song(services: WithServices, song_id: str) -> dict[str, Any]:
    """Return the beat map in force."""
    return _beats(services, services.songs.get(song_id))


@router.post("/api/songs/{song_id}/beats")
def correct(
    body: Correction, services: WithServices, me: Me, now: Now, song_id: str
) -> dict[str, Any]:
    """Change the beat map; every change can be undone."""
    one = services.songs.get(song_id)
    if body.what == "undo":
        one = services.songs.undo(one)
    elif body.what == "other":
        one = services.songs.take_other(one)
    else:
        try:
            one = services.songs.correct(one, _corrected(services.songs.beats(one), body))
        except ValueError as error:
            raise WrongUse(f"This is not possible: {error}.") from error
    services.audit.add(now, me.name, "song.beats", song_id, what=body.what, revision=one.revision)
    return _beats(services, one)


def _corrected(beats: BeatMap, body: Correction) -> BeatMap:
    match body.what:
        case "shift":
            return beat_map.shifted(beats, body.by_s)
        case "shift_half":
            return beat_map.shifted_half(beats)
        case "halve":
            return beat_map.halved(beats)
        case "double":
            return beat_map.doubled(beats)
    return beat_map.tapped(beats, np.sort(np.array(body.taps_s, np.float64)))


@router.get("/api/songs/{song_id}/outline")
def outline(
    services: WithServices, song_id: str, from_s: float = 0.0, length_s: float = 8.0
) -> dict[str, Any]:
    """Return the largest samples of equal parts of a stretch of the song, 0..1."""
    path = _sound_path(services, services.songs.get(song_id))
    first = max(0, round(from_s * RATE_HZ))
    count = round(min(max(length_s, 1.0), 60.0) * RATE_HZ)
    with path.open("rb") as file:
        file.seek(first * SAMPLE_BYTES)
        samples = np.frombuffer(file.read(count * SAMPLE_BYTES), "<i2").astype(np.float32)
    padded = np.pad(samples, (0, count - len(samples)))
    parts = np.array_split(np.abs(padded) / 32768.0, OUTLINE_POINTS)
    return {"from_s": first / RATE_HZ, "points": [round(float(p.max()), 3) for p in parts]}


@router.get("/api/songs/{song_id}/audio.wav")
def audio(request: Request, services: WithServices, song_id: str) -> Response:
    """Return the song as WAV, for listening on the tablet while tapping; ranges are answered."""
    path = _sound_path(services, services.songs.get(song_id))
    size = path.stat().st_size
    first, last = _range(request.headers.get("range", ""), size + len(_wav_head(0)))
    head = _wav_head(size)[first : last + 1]
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if "range" in request.headers:
        headers["Content-Range"] = f"bytes {first}-{last}/{size + len(_wav_head(0))}"
    begin = max(0, first - len(_wav_head(0)))
    return StreamingResponse(
        _bytes(head, path, begin, last - first + 1 - len(head)),
        206 if "range" in request.headers else 200,
        headers,
        "audio/wav",
    )


def _range(header: str, size: int) -> tuple[int, int]:
    """Return first and last byte asked for."""
    first, _, last = header.removeprefix("bytes=").partition("-")
    begin = int(first) if first.isdecimal() else 0
    end = int(last) if last.isdecimal() else size - 1
    return min(begin, size - 1), min(max(end, begin), size - 1)


def _wav_head(size: int) -> bytes:
    """Return the header of a mono file with 16 bits."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + size) + b"WAVE" + form + struct.pack("<4sI", b"data", size)
    )


def _bytes(head: bytes, path: Path, begin: int, count: int) -> Iterator[bytes]:
    yield head
    with path.open("rb") as file:
        file.seek(begin)
        while count > 0 and (chunk := file.read(min(_CHUNK_BYTES, count))):
            count -= len(chunk)
            yield chunk


@router.post("/songs/{song_id}/keep")
def keep(
    request: Request,
    services: WithServices,
    me: Me,
    now: Now,
    song_id: str,
    patient: Annotated[str, Form(max_length=40)] = "",
    click: Annotated[str, Form(pattern="^(click|woodblock)?$")] = "",
) -> Response:
    """Keep the song for a patient, for the next session on."""
    one = services.songs.get(song_id)
    try:
        code = services.patients.get(patient).code
    except WrongUse as error:
        return _page(request, services, one, problem=str(error))
    name = str(SongName(one.id, one.revision, click))
    services.sounds.keep(code, SoundChoice(name, 1, 0.5), me.name, now)
    services.audit.add(now, me.name, "patient.sound", code, sound=name)
    return _page(request, services, one, text=f"{code} walks with “{one.title}” from now on.")


@router.post("/songs/{song_id}/delete")
def delete(services: WithServices, me: Me, now: Now, song_id: str) -> Response:
    """Delete a song with all its files, or stop preparing it."""
    one = services.songs.get(song_id)
    patients = services.songs.remove(one)
    services.song_maker.remove(song_id)
    services.audit.add(now, me.name, "song.deleted", song_id, patients=patients)
    return RedirectResponse("/songs", 303)


# --- what pages show ---------------------------------------------------------------------------


def _sound_path(services: Services, one: Song) -> Path:
    folder = song_folder(services.database.path.parent, one.id)
    read_song(folder)
    return folder / Version(1.0, 0, ()).file_name


def _rows(services: Services) -> list[dict[str, Any]]:
    return [
        {
            "song": one,
            "state": services.song_maker.state(one.id),
            "close": services.songs.other(one) is not None,
        }
        for one in services.songs.all()
    ]


def _beats(services: Services, one: Song) -> dict[str, Any]:
    beats = services.songs.beats(one)
    return {
        "beats_s": beats.beats_s,
        "tempo": f"{beats.tempo_bpm:.0f}",
        "reach": reach_words(beats.tempo_bpm),
        "revision": one.revision,
        "sound": str(SongName(one.id, one.revision, "click")),
        "can_undo": services.songs.before(one) is not None,
        "other": _other(services, one),
    }


def _other(services: Services, one: Song) -> dict[str, str] | None:
    """Return sound and tempo of the beat that fits almost as well; None when there is none."""
    revision = services.songs.other(one)
    if revision is None:
        return None
    beats = services.songs.beats(replace(one, revision=revision))
    return {
        "sound": str(SongName(one.id, revision, "click")),
        "tempo": f"{beats.tempo_bpm:.0f}",
    }


def reach_words(tempo_bpm: float) -> str:
    """Return the cadences at which a song can be walked to."""
    ranges = [
        (
            max(40, round(tempo_bpm * step * (1 - REACH))),
            min(160, round(tempo_bpm * step * (1 + REACH))),
        )
        for step in (0.5, 1.0, 2.0)
    ]
    parts = [f"{low} to {high}" for low, high in ranges if low < high]
    return " or ".join(parts) + " steps a minute"


def _page(
    request: Request, services: Services, one: Song, problem: str = "", text: str = ""
) -> Response:
    state = services.song_maker.state(one.id)
    described: SongFile | None = None
    if state.ready:
        described = read_song(song_folder(services.database.path.parent, one.id))
    values = {
        "song": one,
        "state": state,
        "length": minutes(described.length_s) if described else "",
        "length_s": described.length_s if described else 0,
        "patients": services.patients.all(),
        "problem": problem,
        "text": text,
    }
    return services.templates.TemplateResponse(
        request, "song.html", values, 409 if problem else 200
    )
