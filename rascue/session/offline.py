"""The whole engine in time given from outside: for recordings and for simulated people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rascue.audio.base import AudioOut
from rascue.config.models import RascueConfig
from rascue.config.program import program_to_dict
from rascue.core.clock import after
from rascue.core.errors import WrongUse
from rascue.core.events import (
    AudioStatus,
    CloseSession,
    Effect,
    EngineInput,
    OpenSession,
    Record,
    Reply,
    Tick,
    records_among,
)
from rascue.core.types import EngineNs, ImuBlock, SessionHeader, SessionProgram, SourceInfo
from rascue.session.commands import command_at, start_args
from rascue.session.engine import Engine
from rascue.session.sound import apply_sound

Keep = Callable[[EngineInput, Sequence[Record]], None]

STATUS_EVERY_S = 1.0
"""A sound status that tells nothing new is passed on only this often."""


class StatusFilter:
    """Leaves out sound statuses that tell nothing new, so that the log stays small."""

    def __init__(self) -> None:
        self._last: AudioStatus | None = None

    def passes(self, status: AudioStatus) -> bool:
        """Return whether the engine should be told."""
        last = self._last
        news = (
            last is None
            or bool(status.played)
            or (status.state, status.underflows) != (last.state, last.underflows)
            or status.sound_trouble != last.sound_trouble
            or (status.clock is None) != (last.clock is None)
            or status.at_ns >= after(last.at_ns, STATUS_EVERY_S)
        )
        if news:
            self._last = status
        return news


class OfflineSession:
    """Runs one session as fast as samples come.

    Parameters
    ----------
    out
        A sound output whose clock is the time it is polled with.
    start_ns
        Where the engine's time begins; samples must not be earlier.
    open_log
        Given the header when the session opens; what it returns is told of each input with the
        records it led to, from the start command on.
    session_id
        Given from outside so that two runs give identical files.

    Raises
    ------
    WrongUse
        When the engine refuses the programme.
    """

    def __init__(  # noqa: PLR0913 - the parts of a session
        self,
        config: RascueConfig,
        program: SessionProgram,
        out: AudioOut,
        sources: tuple[SourceInfo, ...],
        start_ns: EngineNs,
        subject_code: str,
        *,
        open_log: Callable[[SessionHeader], Keep] | None = None,
        session_id: str = "offline",
    ) -> None:
        self._tick_s = config.engine.tick_s
        self._out = out
        self._open_log = open_log
        self._keep: Keep | None = None
        self._count = 0
        self._filter = StatusFilter()
        self._next_tick_ns = start_ns
        self.finished = False
        out.open(start_ns)
        self._engine = Engine(config, sources, out.capabilities, start_ns)
        args = start_args(
            program_to_dict(program), subject_code, session_id=session_id, boot_id="offline"
        )
        self._refuse(self._handle(command_at(start_ns, "start", self._number(), args)))

    @property
    def engine(self) -> Engine:
        """The engine that runs."""
        return self._engine

    def feed(self, block: ImuBlock) -> list[Record]:
        """Advance to the block's last sample, then take it; return all records produced."""
        return [*self.advance(block.last_ns), *records_among(self._handle(block))]

    def advance(self, to_ns: EngineNs) -> list[Record]:
        """Let time pass without samples."""
        records: list[Record] = []
        while self._next_tick_ns <= to_ns and not self.finished:
            records += self._turn(self._next_tick_ns)
            self._next_tick_ns = after(self._next_tick_ns, self._tick_s)
        return records

    def command(self, kind: str, args: dict[str, Any]) -> list[Record]:
        """Ask for something, as a person would, at the present tick."""
        return records_among(
            self._handle(command_at(self._next_tick_ns, kind, self._number(), args))
        )

    def finish(self) -> list[Record]:
        """End the session if it still runs, wait for its last beats and close the output."""
        records = [] if self.finished else self.command("end", {})
        while not self.finished:
            records += self.advance(self._next_tick_ns)
        self._out.close()
        return records

    def _turn(self, now_ns: EngineNs) -> list[Record]:
        status = self._out.poll(now_ns)
        records = records_among(self._handle(status)) if self._filter.passes(status) else []
        return [*records, *records_among(self._handle(Tick(now_ns)))]

    def _handle(self, given: EngineInput) -> list[Effect]:
        effects = self._engine.handle(given)
        apply_sound(effects, self._out)
        for effect in effects:
            if isinstance(effect, OpenSession) and self._open_log is not None:
                self._keep = self._open_log(effect.header)
            self.finished = self.finished or isinstance(effect, CloseSession)
        if self._keep is not None:
            self._keep(given, records_among(effects))
        return effects

    def _refuse(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Reply) and not effect.ok:
                raise WrongUse(effect.text)

    def _number(self) -> int:
        self._count += 1
        return self._count
