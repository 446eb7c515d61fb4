"""The closed loop in simulated time: walker -> sensors -> engine -> sound output -> walker.

The engine is the product's own, unchanged; only the time and both ends are simulated. Pure but for
the sound file, if one is asked for; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rascue.audio.base import AudioOut
from rascue.audio.offline_out import OfflineOut
from rascue.audio.settings import AudioOutSettings
from rascue.audio.stepped_out import SteppedOut
from rascue.config.load import load_config
from rascue.config.models import RascueConfig
from rascue.core.clock import NS_PER_S, after
from rascue.core.events import EngineInput, Record
from rascue.core.types import EngineNs, SessionHeader
from rascue.session.offline import Keep, OfflineSession
from rascue.simulate.hearing_out import FailingOut, HearingOut
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import FaultKind, Scenario
from rascue.simulate.walker import TrueStep

START_NS = EngineNs(10 * NS_PER_S)
"""Beginning of every simulated session; not 0, so that a forgotten offset shows."""

BLOCK_S = 0.05
"""The whole budget for a sensor's FIFO batch and its link (ARCHITECTURE 3)."""

SUBJECT = "simulated"


@dataclass(slots=True)
class Outcome:
    """All that happened: what the engine stated and what was true.

    ``policy`` names the cue; ``heard_ns`` are the onsets that reached the walker's ears, in order.
    """

    scenario: Scenario
    seed: int
    config: RascueConfig
    start_ns: EngineNs
    policy: str
    records: list[Record] = field(default_factory=list)
    steps: list[TrueStep] = field(default_factory=list)
    heard_ns: list[EngineNs] = field(default_factory=list)


def simulate(
    scenario: Scenario,
    seed: int,
    wav: Path | None = None,
    open_log: Callable[[SessionHeader], Keep] | None = None,
) -> Outcome:
    """Let one person walk one programme.

    Parameters
    ----------
    seed
        Same scenario and seed, same outcome, bit for bit.
    wav
        Where to write what was played; None writes nothing.
    open_log
        As in ``OfflineSession``: keeps a session file.
    """
    config = default_config(scenario)
    outcome = Outcome(scenario, seed, config, START_NS, scenario.policy)
    person = SimulatedPerson(scenario, seed, START_NS)

    def hear(onset_ns: EngineNs) -> None:
        outcome.heard_ns.append(onset_ns)
        person.hear(onset_ns)

    out = HearingOut(_sound_output(scenario, config, wav), hear, scenario.audio.latency_error_s)
    try:
        session = OfflineSession(
            config,
            scenario.program,
            out,
            person.infos,
            START_NS,
            SUBJECT,
            open_log=_kept_by(outcome, open_log),
            session_id=f"simulated-{scenario.name}-{seed}",
        )
        _run(outcome, person, session)
        session.finish()
    finally:
        out.close()
    return outcome


def _kept_by(
    outcome: Outcome, open_log: Callable[[SessionHeader], Keep] | None
) -> Callable[[SessionHeader], Keep]:
    """Return what keeps all records from the start command on, and the session file besides."""

    def opened(header: SessionHeader) -> Keep:
        log = open_log(header) if open_log is not None else None

        def keep(given: EngineInput, records: Sequence[Record]) -> None:
            outcome.records += records
            if log is not None:
                log(given, records)

        return keep

    return opened


def _run(outcome: Outcome, person: SimulatedPerson, session: OfflineSession) -> None:
    n_blocks = round(outcome.scenario.duration_s / BLOCK_S)
    for count in range(1, n_blocks + 1):
        to_ns = after(outcome.start_ns, count * BLOCK_S)
        outcome.steps += person.advance(to_ns)
        for sensor in range(len(person.infos)):
            block = person.block(sensor, to_ns)
            if block is not None:
                session.feed(block)
        session.advance(to_ns)
        if session.finished:
            return


def default_config(scenario: Scenario) -> RascueConfig:
    """Return the default configuration with the scenario's output."""
    overrides = {
        "audio": {"output": "none", "latency_s": scenario.audio.latency_s, "latency_sd_s": 0.0005}
    }
    return load_config(None, overrides).config


def _sound_output(scenario: Scenario, config: RascueConfig, wav: Path | None) -> AudioOut:
    settings = AudioOutSettings(
        rate_hz=config.audio.rate_hz,
        block_frames=config.audio.block_frames,
        latency_s=config.audio.latency_s,
        latency_sd_s=config.audio.latency_sd_s,
    )
    ppm = scenario.audio.drift_ppm
    out: AudioOut
    if wav is None:
        out = SteppedOut("simulated output", settings, ppm)
    else:
        out = OfflineOut(str(wav), settings, ppm)
    losses = [fault for fault in scenario.faults if fault.kind is FaultKind.AUDIO_LOST]
    return FailingOut(out, losses, START_NS) if losses else out
