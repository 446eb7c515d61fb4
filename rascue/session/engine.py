"""The functional core: ``handle(input) -> effects``; no clock, no thread, no device.

The same inputs give the same effects, bit for bit; ``rascue verify`` holds it to that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from rascue import __version__
from rascue.audio.base import AudioCapabilities
from rascue.config.models import RascueConfig
from rascue.core.errors import WrongUse
from rascue.core.events import (
    AudioStatus,
    CloseSession,
    Effect,
    EngineInput,
    FadeAll,
    MakeReady,
    OpenSession,
    Reply,
    Tick,
)
from rascue.core.faults import Fault
from rascue.core.types import Command, EngineNs, ImuBlock, Note, SessionState, SourceInfo
from rascue.session.commands import (
    Refusal,
    fault_arg,
    header_from,
    hearing_used,
    number_arg,
    preview_arg,
    refuse_unplayable,
    refuse_while_faulty,
)
from rascue.session.preview import Preview
from rascue.session.therapy import STOP_RAMP_S, Therapy
from rascue.session.view import EngineView
from rascue.session.watch import Watch

ALLOWED_WHILE_ENDING = frozenset({"stop", "end", "mark"})
"""Whatever else is asked for can no longer have an effect, and must not be confirmed."""

Answered = tuple[Sequence[Effect], str]
"""What a command leads to, and the line that says so."""


class Engine:
    """State machine, measuring and cueing.

    Parameters
    ----------
    config
        Effective configuration.
    sources
        Sensors whose blocks will come.
    audio
        What the sound output states about itself.
    now_ns
        The instant at which it begins.
    """

    def __init__(
        self,
        config: RascueConfig,
        sources: Sequence[SourceInfo],
        audio: AudioCapabilities,
        now_ns: EngineNs,
    ) -> None:
        self._config = config
        self._sources = _as_mounted(sources, config.sensor.up_axis)
        self._capabilities = audio
        self._now_ns = now_ns
        self._watch = self._fresh_watch(now_ns)
        self._therapy: Therapy | None = None
        self._preview: Preview | None = None
        self._ended = False
        self._commands: dict[str, Callable[[Command, Therapy], Answered]] = {
            "stop": lambda command, therapy: (therapy.stop(command.at_ns), "the sound is off"),
            "resume": lambda command, therapy: (therapy.resume(command.at_ns), "the beat goes on"),
            "end": lambda command, therapy: (therapy.end(command.at_ns), "the session ends"),
            "adjust_tempo": _adjust_tempo,
            "adjust_level": _adjust_level,
            "skip_block": lambda command, therapy: (
                therapy.skip_block(command.at_ns),
                "on to the next block",
            ),
            "mark": _mark,
        }

    def handle(self, given: EngineInput) -> list[Effect]:
        """Take one input; return what the world is to do about it, in order."""
        match given:
            case Tick(at_ns):
                return self._tick(at_ns)
            case ImuBlock():
                return self._block(given)
            case AudioStatus():
                return self._audio(given)
            case Fault():
                return list(self._watch.take_fault(given))
            case Command():
                return self._command(given)

    @property
    def in_session(self) -> bool:
        """True from the start of a session until it is closed."""
        return self._therapy is not None

    def view(self) -> EngineView:
        """Return what there is to show, as of the last tick."""
        therapy = self._therapy.view(self._now_ns) if self._therapy else None
        idle = SessionState.ENDED if self._ended else SessionState.IDLE
        return EngineView(
            at_ns=self._now_ns,
            state=self._therapy.state if self._therapy else idle,
            cadence=self._watch.pipeline.estimate(self._now_ns),
            last_sample_ns=self._watch.last_sample_ns,
            audio=self._watch.audio,
            faults=self._watch.board.raised,
            therapy=therapy,
            preview=self._preview.wanted.sound if self._preview else "",
        )

    # --- inputs --------------------------------------------------------------------------------

    def _tick(self, now_ns: EngineNs) -> list[Effect]:
        self._now_ns = now_ns
        effects: list[Effect] = list(self._watch.tick(now_ns))
        effects += self._continue_preview(now_ns)
        if self._therapy is not None:
            effects += self._therapy.tick(now_ns, self._watch)
            if self._therapy.is_over:
                self._therapy, self._ended = None, True
                effects.append(CloseSession())
        return effects

    def _block(self, block: ImuBlock) -> list[Effect]:
        measured, faults = self._watch.take_block(block)
        records = self._therapy.take_measured(measured) if self._therapy else measured
        return [*records, *faults]

    def _audio(self, status: AudioStatus) -> list[Effect]:
        faults = self._watch.take_audio(status)
        played = self._therapy.take_audio(status) if self._therapy else []
        return [*played, *faults]

    def _command(self, command: Command) -> list[Effect]:
        self._now_ns = max(self._now_ns, command.at_ns)
        try:
            effects, text = self._carry_out(command)
        except WrongUse as refusal:
            return [Reply(command.id, ok=False, text=str(refusal))]
        return [*effects, Reply(command.id, ok=True, text=text)]

    # --- commands ------------------------------------------------------------------------------

    def _carry_out(self, command: Command) -> Answered:
        if command.kind == "start":
            return self._start(command)
        if command.kind == "clear_fault":
            return self._watch.board.clear(command.at_ns, fault_arg(command)), "cleared"
        if command.kind == "preview":
            return self._begin_preview(command)
        if command.kind not in self._commands:
            raise Refusal(f'unknown command "{command.kind}"')
        if self._therapy is None and command.kind == "stop":
            self._preview = None
            return [FadeAll(STOP_RAMP_S)], "the sound is off"  # R1
        if self._therapy is None:
            raise Refusal(f"{command.kind}: no session is running; press start first")
        if self._therapy.is_ending and command.kind not in ALLOWED_WHILE_ENDING:
            raise Refusal(f"{command.kind}: the session is ending; start a new one")
        return self._commands[command.kind](command, self._therapy)

    def _start(self, command: Command) -> Answered:
        if self._therapy is not None:
            raise Refusal("a session is running; end it first")
        refuse_while_faulty(self._watch.board.raised)
        header = header_from(
            command,
            self._sources,
            self._capabilities,
            self._watch.audio,
            f"rascue {__version__}",
            self._sha256(),
        )
        refuse_unplayable(header.program, self._watch.audio)
        used = hearing_used(command, self._watch.audio)
        self._watch = self._fresh_watch(command.at_ns)
        self._therapy = Therapy(
            header, self._config, command.at_ns, self._watch.pipeline.contacts_per_stride, used
        )
        sounds = {step.sound for step in header.program.steps if step.strategy}
        ready = MakeReady(tuple(sorted(sounds)))
        begun = self._therapy.begin(command.at_ns)
        return [OpenSession(header), *self._end_preview(), ready, *begun], "the session begins"

    def _begin_preview(self, command: Command) -> Answered:
        if self._therapy is not None:
            raise Refusal("preview: a session is running; end it first")
        wanted = preview_arg(command, self._watch.audio)
        limits, horizon_s = self._config.limits.to_limits(), self._config.engine.horizon_s
        self._preview = Preview(wanted, limits, horizon_s, command.at_ns)
        return [FadeAll(STOP_RAMP_S), MakeReady((wanted.sound,))], f"listen: {wanted.sound}"

    def _continue_preview(self, now_ns: EngineNs) -> list[Effect]:
        if self._preview is not None and self._preview.is_over(now_ns):
            self._preview = None
        if self._preview is None:
            return []
        return list(self._preview.tick(now_ns, self._watch.audio))

    def _end_preview(self) -> list[Effect]:
        """Leave nothing of it for a session that begins."""
        ended, self._preview = self._preview, None
        return [] if ended is None else [FadeAll(STOP_RAMP_S)]

    def _fresh_watch(self, began_ns: EngineNs) -> Watch:
        """Measure from nothing, so that a session file alone reproduces the session."""
        return Watch(self._config, self._sources, began_ns)

    def _sha256(self) -> str:
        return hashlib.sha256(self._config.model_dump_json().encode()).hexdigest()


def _as_mounted(sources: Sequence[SourceInfo], up_axis: str) -> tuple[SourceInfo, ...]:
    """Return the sensors with what the configuration says of the only one."""
    if len(sources) == 1 and not sources[0].up_axis:
        return (replace(sources[0], up_axis=up_axis),)
    return tuple(sources)


def _adjust_tempo(command: Command, therapy: Therapy) -> Answered:
    offset_spm = therapy.adjust_tempo(number_arg(command, "delta_spm"))
    text = f"tempo by hand: {offset_spm:+.0f} steps/min"
    return [Note(command.at_ns, "tempo", text)], text


def _adjust_level(command: Command, therapy: Therapy) -> Answered:
    offset_db = therapy.adjust_level(number_arg(command, "delta_db"))
    text = f"volume by hand: {offset_db:+.0f} dB"
    return [Note(command.at_ns, "level", text)], text


def _mark(command: Command, therapy: Therapy) -> Answered:
    del therapy  # a mark belongs to the session, whatever it does
    return [Note(command.at_ns, "mark", str(command.args.get("text", "")))], "marked"
