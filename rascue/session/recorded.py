"""A recording through the whole engine, into a session file; the same input gives the same file."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from rascue.audio.base import AudioOut
from rascue.config.models import RascueConfig
from rascue.core.clock import Clock
from rascue.core.events import EngineInput, Record
from rascue.core.types import EngineNs, SessionHeader, SessionProgram
from rascue.sensor.recording import Recording
from rascue.sensor.replay import BLOCK_S, blocks
from rascue.session.offline import Keep, OfflineSession
from rascue.store.writer import SessionWriter

COMMIT_EVERY_INPUTS = 2000
"""Nobody waits for these commits; more of them would only cost time. Default."""

START_NS = EngineNs(1_000_000_000)
"""Engine time of the first sample; any number would do, 0 would look like "unknown"."""

Wait = Callable[[EngineNs], None]


def run_recording(
    recording: Recording,
    program: SessionProgram,
    config: RascueConfig,
    out: AudioOut,
    path: Path,
    wait: Wait | None = None,
) -> None:
    """Run a session on a recording and write its file.

    Parameters
    ----------
    out
        A sound output that renders up to the instant it is polled with.
    path
        Session file to create.
    wait
        Called with the engine time of each block before it is fed; paces a replay in real time.
    """
    log = SessionLog(path, config)
    session = OfflineSession(
        config,
        program,
        out,
        (recording.info,),
        START_NS,
        subject_code="recording",
        open_log=log.open,
        session_id=_identity(recording, program, config),
    )
    for block in blocks(recording, round(BLOCK_S * recording.info.rate_hz), START_NS):
        if wait is not None:
            wait(block.last_ns)
        session.feed(block)
        if session.finished:
            break
    session.finish()
    log.close()


def paced_by(clock: Clock, sleep: Callable[[float], None]) -> Wait:
    """Return a wait that lets engine time pass as fast as ``clock``."""
    begin_ns = clock.now_ns()

    def wait(until_ns: EngineNs) -> None:
        ahead_s = ((until_ns - START_NS) - (clock.now_ns() - begin_ns)) / 1e9
        if ahead_s > 0:
            sleep(ahead_s)

    return wait


def _identity(recording: Recording, program: SessionProgram, config: RascueConfig) -> str:
    """Return an id that depends on the inputs alone (UUID version 8, RFC 9562 section 5.8)."""
    digest = hashlib.sha256()
    for part in (recording.t_ns, recording.acc_mps2, recording.gyr_dps):
        digest.update(part.tobytes())
    digest.update(repr((recording.info, program)).encode())
    digest.update(config.model_dump_json().encode())
    value = int.from_bytes(digest.digest()[:16], "big")
    value = (value & ~(0xF << 76)) | (0x8 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


class SessionLog:
    """Opens the session file when the engine says whose session it is; one thread, no hurry."""

    def __init__(self, path: Path, config: RascueConfig) -> None:
        self._path = path
        self._config_json = config.model_dump_json()
        self._writer: SessionWriter | None = None
        self._waiting = 0

    def open(self, header: SessionHeader) -> Keep:
        """Create the file; return what takes each input with its records."""
        self._writer = SessionWriter(self._path, header, self._config_json)
        return self._keep

    def close(self) -> None:
        """Make the file complete."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.close()

    def _keep(self, given: EngineInput, records: Sequence[Record]) -> None:
        if self._writer is None:
            return
        self._writer.append(given, records)
        self._waiting += 1
        if self._waiting >= COMMIT_EVERY_INPUTS:
            self._writer.commit()
            self._waiting = 0
