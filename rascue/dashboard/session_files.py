"""Finished (and running) sessions: the list of files, and what the page of one session shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from rascue.core.clock import seconds_between
from rascue.core.errors import StoreError, WrongUse
from rascue.core.faults import FAULT_TABLE, Fault
from rascue.core.types import (
    Beat,
    BeatOutcome,
    CadenceEstimate,
    CueDecision,
    EngineNs,
    Note,
    PlayedBeat,
    SessionHeader,
    StrideRecord,
)
from rascue.dashboard.words import UNKNOWN, minutes, strategy_words
from rascue.store.reader import SessionReader, SessionSummary

GAP_S = 3.0
"""Longest time without an estimate or a beat that a line may cross, s. Default, not evidence."""
ASYNCHRONY_GAP_S = 5.0
"""The same between strides; one lasts about 1.1 s. Default, not evidence."""

Column = list[float | None]


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session file in the list; ``summary`` is None when ``problem`` says why."""

    path: Path
    summary: SessionSummary | None
    problem: str = ""


class SessionFiles:
    """The session files of this device.

    Parameters
    ----------
    folder
        Where the engine writes them; may not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[Path, int, int], ListedSession] = {}

    def all(self) -> list[ListedSession]:
        """Return all files, the newest first; one that cannot be read says so."""
        found = {_state_of(path): path for path in self._folder.glob("*.sqlite")}
        self._known = {
            state: self._known.get(state) or _listed(path) for state, path in found.items()
        }
        return sorted(self._known.values(), key=lambda listed: listed.path.name, reverse=True)

    def open(self, session_id: str) -> SessionReader:
        """Open the session with this id.

        Raises
        ------
        WrongUse
            When there is none.
        StoreError
            When it cannot be read any more.
        """
        for listed in self.all():
            if listed.summary is not None and listed.summary.session_id == session_id:
                return SessionReader(listed.path)
        raise WrongUse("There is no such session on this device.")


def _state_of(path: Path) -> tuple[Path, int, int]:
    """Return what changes whenever the session goes on, including the log beside the file."""
    log = path.with_name(path.name + "-wal")
    stats = [item.stat() for item in (path, log) if item.exists()]
    return path, sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats)


def _listed(path: Path) -> ListedSession:
    try:
        with SessionReader(path) as reader:
            return ListedSession(path, reader.summary())
    except StoreError as error:
        return ListedSession(path, None, str(error).removeprefix(f"{path}: "))


def session_series(reader: SessionReader) -> dict[str, Any]:
    """Return the columns of both charts; None breaks a line.

    ``cadence`` holds time (s), cadence and cue (steps/min), one row a second; ``asynchrony``
    holds time (s) and stride-wise asynchrony (ms, negative when the step comes first).
    """
    start = reader.header.anchor_ns
    return {
        "cadence": _cadence_columns(start, reader.records(CadenceEstimate), _heard_cue(reader)),
        "asynchrony": _asynchrony_columns(start, reader.records(StrideRecord)),
        "marks": [
            (_at_s(start, note.at_ns), note.text)
            for note in reader.records(Note)
            if note.kind in {"mark", "block"}
        ],
    }


def _cadence_columns(
    start: EngineNs, estimates: Sequence[CadenceEstimate], cue: _HeardCue
) -> list[Column]:
    rows: list[tuple[float, float | None, float | None]] = []
    for second, group in groupby(estimates, key=lambda item: int(_at_s(start, item.at_ns))):
        last = list(group)[-1]
        if rows and second - rows[-1][0] > GAP_S:
            rows.append((rows[-1][0] + 1.0, None, None))
        rows.append((float(second), last.cadence_spm, cue.at(last.at_ns)))
    return _columns(rows, 3)


def _asynchrony_columns(start: EngineNs, strides: Sequence[StrideRecord]) -> list[Column]:
    rows: list[tuple[float, float | None]] = []
    for stride in sorted(strides, key=lambda item: item.ic_ns):
        if stride.asynchrony_s is None:
            continue
        t_s = _at_s(start, stride.ic_ns)
        if rows and t_s - rows[-1][0] > ASYNCHRONY_GAP_S:
            rows.append((rows[-1][0] + 1.0, None))
        rows.append((t_s, round(1000 * stride.asynchrony_s, 1)))
    return _columns(rows, 2)


def _columns(rows: Sequence[Sequence[float | None]], count: int) -> list[Column]:
    return [[row[k] for row in rows] for k in range(count)]


class _HeardCue:
    """The tempo of the beats that sounded, at instants that are asked for in order.

    Parameters
    ----------
    beats
        Instant and tempo (steps/min) of each, in order.
    """

    def __init__(self, beats: Sequence[tuple[EngineNs, float | None]]) -> None:
        self._upcoming = list(reversed(beats))
        self._last: tuple[EngineNs, float | None] | None = None

    def at(self, instant: EngineNs) -> float | None:
        """Return the tempo in force; None when no beat sounded lately."""
        while self._upcoming and self._upcoming[-1][0] <= instant:
            self._last = self._upcoming.pop()
        if self._last is None or seconds_between(self._last[0], instant) > GAP_S:
            return None
        return self._last[1]


def _heard_cue(reader: SessionReader) -> _HeardCue:
    allowed_spm = {k: made.allowed_spm for k, made in enumerate(reader.records(CueDecision))}
    heard = {
        played.index
        for played in reader.records(PlayedBeat)
        if played.outcome is BeatOutcome.PLAYED
    }
    return _HeardCue(
        [
            (beat.due_ns, allowed_spm.get(beat.decision_index))
            for beat in reader.records(Beat)
            if beat.index in heard
        ]
    )


def is_demo(header: SessionHeader) -> bool:
    """Return True for a session of a simulated walker."""
    return any(source.description.startswith("simulated") for source in header.sources)


def decision_rows(reader: SessionReader) -> Iterator[dict[str, str]]:
    """Yield each decision that changed something, in words."""
    start, previous = reader.header.anchor_ns, None
    for decision in reader.records(CueDecision):
        why = " ".join(reason.text for reason in decision.reasons)
        seen = (_whole(decision.allowed_spm), decision.program_step, decision.strategy)
        if seen != previous:
            yield {
                "at": minutes(_at_s(start, decision.at_ns)),
                "policy": strategy_words(decision.strategy) or UNKNOWN,
                "wanted": _whole(decision.wanted_spm),
                "allowed": _whole(decision.allowed_spm),
                "why": why,
            }
        previous = seen


def fault_rows(reader: SessionReader) -> Iterator[dict[str, str]]:
    """Yield each fault as it came and went."""
    start = reader.header.anchor_ns
    for fault in reader.records(Fault):
        rule = FAULT_TABLE[fault.code]
        yield {
            "at": minutes(_at_s(start, fault.at_ns)),
            "what": rule.text if fault.raised else f"Over: {rule.text}",
            "remedy": rule.remedy if fault.raised else "",
            "detail": fault.detail,
        }


def note_rows(reader: SessionReader) -> Iterator[dict[str, str]]:
    """Yield remarks and changes of state."""
    start = reader.header.anchor_ns
    for note in reader.records(Note):
        yield {"at": minutes(_at_s(start, note.at_ns)), "kind": note.kind, "text": note.text}


def _at_s(start: EngineNs, instant: EngineNs) -> float:
    return round(seconds_between(start, instant), 3)


def _whole(value: float | None) -> str:
    return "silent" if value is None else f"{value:.0f}"
