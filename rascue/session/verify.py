"""Feeds the stored inputs of a session through a fresh engine and compares every output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rascue.audio.base import AudioCapabilities
from rascue.config.models import RascueConfig
from rascue.core.errors import StoreError
from rascue.core.events import EngineInput, Record, records_among
from rascue.core.types import SessionHeader
from rascue.session.engine import Engine
from rascue.store.reader import SessionReader


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found; ``differences`` is empty when every output is identical."""

    n_inputs: int
    n_outputs: int
    differences: tuple[str, ...]


def verify(path: Path, most: int = 10) -> Verification:
    """Compare a session file with what the engine makes of its inputs now.

    Parameters
    ----------
    most
        Stop after so many differences.

    Raises
    ------
    StoreError
        When the file cannot be read.
    """
    with SessionReader(path) as reader:
        engine = _engine_of(path, reader)
        n_inputs = n_outputs = 0
        differences: list[str] = []
        for given, stored in reader.inputs():
            found = records_among(engine.handle(given))
            differences += _compare(n_inputs, given, stored, found)
            n_inputs, n_outputs = n_inputs + 1, n_outputs + len(stored)
            if len(differences) >= most:
                break
    return Verification(n_inputs, n_outputs, tuple(differences))


def _engine_of(path: Path, reader: SessionReader) -> Engine:
    header = reader.header
    try:
        config = RascueConfig.model_validate_json(reader.config_json)
    except ValueError as error:
        line = str(error).splitlines()[0]
        raise StoreError(
            f"{path}: its configuration is not of this version ({line}); "
            f"verify it with {header.software}"
        ) from None
    return Engine(config, header.sources, _capabilities(header), header.anchor_ns)


def _capabilities(header: SessionHeader) -> AudioCapabilities:
    """Return what the engine keeps of an output: it only copies it into the header."""
    return AudioCapabilities(
        name=header.audio_name,
        rate_hz=header.audio_rate_hz,
        channels=1,
        latency_s=header.audio_latency_s,
        latency_sd_s=0.0,
        measured=False,
        audible=False,
    )


def _compare(
    index: int, given: EngineInput, stored: Sequence[Record], found: Sequence[Record]
) -> Iterator[str]:
    """Yield one line for each output that is not as stored."""
    where = f"input {index} ({type(given).__name__})"
    if len(stored) != len(found):
        yield f"{where}: {len(stored)} outputs stored, {len(found)} now"
    for was, now in zip(stored, found, strict=False):
        if was != now:
            yield f"{where}: stored {was}, now {now}"
