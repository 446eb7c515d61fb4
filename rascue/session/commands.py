"""Reads the arguments of commands; a refusal is one line that says what to do."""

from __future__ import annotations

from typing import Any

from rascue.audio.base import AudioCapabilities
from rascue.audio.catalog import CATALOG, sound_exists
from rascue.config.program import program_from_dict
from rascue.core.errors import ConfigError, WrongUse
from rascue.core.events import AudioStatus
from rascue.core.faults import FAULT_TABLE, Effect, Fault, FaultCode
from rascue.core.spelling import nearest
from rascue.core.types import Command, EngineNs, SessionHeader, SessionProgram, SourceInfo
from rascue.cue.choose import strategy_for
from rascue.session.preview import Wanted

UNSTEADY_SD_S = 0.02
"""An output whose latency spreads wider, s, is good for beats that keep their own time only: a
sixth of a step would be unknown. Default, not evidence."""


class Refusal(WrongUse):
    """A command that cannot be carried out, with the reason."""


def header_from(
    command: Command,
    sources: tuple[SourceInfo, ...],
    audio: AudioCapabilities,
    status: AudioStatus | None,
    software: str,
    config_sha256: str,
) -> SessionHeader:
    """Return the header of the session a start command asks for.

    Raises
    ------
    Refusal, ConfigError
        When the programme cannot be run here.
    """
    args = command.args
    program = program_from_dict(_table(args.get("program")), "programme")
    return SessionHeader(
        session_id=_text(args, "session_id"),
        subject_code=_text(args, "subject_code"),
        started_utc=_text(args, "started_utc"),
        anchor_ns=command.at_ns,
        boot_id=_text(args, "boot_id"),
        software=software,
        config_sha256=config_sha256,
        program=program,
        sources=sources,
        audio_name=status.device if status and status.device else audio.name,
        audio_rate_hz=audio.rate_hz,
        audio_latency_s=status.latency_s if status else audio.latency_s,
        audio_latency_measured=status.latency_measured if status else audio.measured,
        audio_level_offset_db=status.level_offset_db if status else audio.level_offset_db,
    )


def refuse_unplayable(program: SessionProgram, audio: AudioStatus | None) -> None:
    """Raise for a block whose strategy or sound is unknown or does not suit the output."""
    latency_sd_s = audio.latency_sd_s if audio else 0.0
    for number, step in enumerate(program.steps, 1):
        if not step.strategy:
            continue
        if not sound_exists(step.sound):
            hint = nearest(step.sound, CATALOG)
            raise ConfigError(f'programme: step {number}: unknown sound "{step.sound}"{hint}')
        needs = strategy_for(step.strategy, step.params).needs
        if needs.steps and latency_sd_s > UNSTEADY_SD_S:
            raise Refusal(
                f'block {number} goes by the steps ("{step.strategy}"), but the delay of the sound '
                f"output varies by {1000 * latency_sd_s:.0f} ms, as over Bluetooth; use a wired "
                "output, or a programme whose beat keeps its own time"
            )
        most_s = needs.output_latency_sd_max_s
        if most_s is not None and latency_sd_s > most_s:
            raise Refusal(
                f'block {number} follows the phase of steps ("{step.strategy}"), but the delay of '
                f"the sound output varies by {1000 * latency_sd_s:.0f} ms (at most "
                f"{1000 * most_s:.0f} ms); use a wired output or another programme"
            )


def hearing_used(command: Command, audio: AudioStatus | None) -> float:
    """Return the share of a week's sound that this person's ears had before; 0 where not told.

    Raises
    ------
    Refusal
        When nothing is left and the output can be heard.
    """
    used = number_arg(command, "hearing_used") if "hearing_used" in command.args else 0.0
    if used >= 1.0 and audio is not None and audio.audible:
        raise Refusal(
            f"not started: {_text(command.args, 'subject_code')} has had all the sound that ears "
            "may have in seven days; use an output without sound, or wait until it is allowed again"
        )
    return used


def refuse_while_faulty(faults: tuple[Fault, ...]) -> None:
    """Raise when a raised fault forbids a start."""
    for fault in faults:
        rule = FAULT_TABLE[fault.code]
        if rule.effect >= Effect.NO_START:
            raise Refusal(f"not started: {rule.text} {rule.remedy}")


def preview_arg(command: Command, audio: AudioStatus | None) -> Wanted:
    """Return what somebody wants to hear.

    Raises
    ------
    Refusal
        When there is no such sound, or no output to hear it with.
    """
    sound = _text(command.args, "sound")
    if not sound_exists(sound):
        raise Refusal(f'preview: unknown sound "{sound}"{nearest(sound, CATALOG)}')
    if audio is None or audio.clock is None:
        raise Refusal("preview: the sound output does not run yet; look at its lamp")
    return Wanted(
        sound=sound,
        accent_every=round(number_arg(command, "accent_every")),
        intensity=number_arg(command, "intensity"),
        cue_spm=number_arg(command, "cue_spm"),
        level_dbfs=number_arg(command, "level_dbfs"),
    )


def number_arg(command: Command, name: str) -> float:
    """Return a numeric argument; Refusal when it is missing or not finite."""
    value = command.args.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or value - value != 0:
        raise Refusal(f'{command.kind}: "{name}" must be a number')
    return float(value)


def fault_arg(command: Command) -> FaultCode:
    """Return the fault named in a command."""
    try:
        return FaultCode(str(command.args.get("code")))
    except ValueError:
        raise Refusal(f'{command.kind}: unknown fault "{command.args.get("code")}"') from None


def start_args(
    program: dict[str, Any],
    subject_code: str,
    *,
    started_utc: str = "",
    session_id: str,
    boot_id: str,
) -> dict[str, Any]:
    """Return the arguments of a start command."""
    return {
        "program": program,
        "subject_code": subject_code,
        "started_utc": started_utc,
        "session_id": session_id,
        "boot_id": boot_id,
    }


def command_at(at_ns: EngineNs, kind: str, number: int, args: dict[str, Any]) -> Command:
    """Return a command of the service itself, numbered within its run."""
    return Command(f"{kind}-{number}", at_ns, kind, args, "service")


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal("start: no programme was given")
    return value


def _text(args: Any, name: str) -> str:
    value = args.get(name, "")
    if not isinstance(value, str):
        raise Refusal(f'start: "{name}" must be text')
    return value
