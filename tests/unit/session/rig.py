"""An engine in simulated time: a person who walks in front of it, a real mixer behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rascue.audio.settings import AudioOutSettings
from rascue.audio.silent_out import SilentOut
from rascue.config.load import load_config
from rascue.config.models import RascueConfig
from rascue.core.clock import after
from rascue.core.errors import AudioUnavailable, UnavailableReason
from rascue.core.events import (
    AudioStatus,
    Effect,
    EngineInput,
    Record,
    Reply,
    Tick,
    records_among,
)
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Beat, Command, EngineNs, ImuBlock, Note, SourceInfo
from rascue.session.engine import Engine
from rascue.session.offline import StatusFilter
from rascue.session.sound import SoundKeeper
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import load_scenario

START_NS = EngineNs(100_000_000_000)
TICK_S = 0.05
R = TypeVar("R")


def a_program(*steps: dict[str, Any]) -> dict[str, Any]:
    """Return a programme of these blocks; without any, a metronome for ten minutes."""
    return {
        "name": "test",
        "version": "1",
        "title": "A test",
        "rationale": "to see",
        "step": list(steps) or [cued(600)],
    }


def cued(duration_s: float, spm: float = 100.0, **changes: Any) -> dict[str, Any]:
    """Return a block of a plain metronome."""
    target = {"kind": "absolute", "value": spm}
    return {
        "kind": "cued", "duration_s": duration_s, "strategy": "fixed", "target": target, **changes
    }  # fmt: skip


def uncued(kind: str, duration_s: float) -> dict[str, Any]:
    """Return a block without a cue."""
    return {"kind": kind, "duration_s": duration_s}


def a_config(**sections: dict[str, Any]) -> RascueConfig:
    """Return the default configuration with some keys changed."""
    return load_config(None, sections).config


class RecordedWalk:
    """A simulated person who walks and hears nothing, made once for all tests."""

    def __init__(self) -> None:
        self._person = SimulatedPerson(load_scenario("demo"), seed=1, start_ns=START_NS)
        self._blocks: list[ImuBlock] = []

    @property
    def infos(self) -> tuple[SourceInfo, ...]:
        """The sensors worn."""
        return self._person.infos

    def block(self, number: int) -> ImuBlock:
        """Return the samples of tick ``number``, counted from 1."""
        while len(self._blocks) < number:
            made = self._person.block(0, after(START_NS, TICK_S * (len(self._blocks) + 1)))
            assert made is not None
            self._blocks.append(made)
        return self._blocks[number - 1]


WALK = RecordedWalk()


class UnpluggableOut(SilentOut):
    """The output ``none`` with a plug: the real mixer, and a device that may go away.

    ``peaks`` holds, for each part that was rendered, its last frame and largest sample.
    """

    def __init__(self) -> None:
        super().__init__("", AudioOutSettings())
        self.unplugged = False
        self.peaks: list[tuple[int, float]] = []

    def unplug(self) -> None:
        """Take the device away."""
        self.unplugged = True
        self._lose("unplugged")

    def open(self, now_ns: EngineNs) -> None:
        """Open, unless there is no device."""
        if self.unplugged:
            raise AudioUnavailable("test output", UnavailableReason.NOT_FOUND)
        super().open(now_ns)

    def _take(self, block: NDArray[np.float32]) -> None:
        self.peaks.append((self._player.mixer.frame, float(np.abs(block).max())))


class Rig:
    """Feeds an engine as the shell does, and keeps all that goes in and out.

    ``walking`` and ``sensor_there`` may be changed at any time.
    """

    def __init__(self, config: RascueConfig | None = None) -> None:
        self.config = config or a_config()
        self.out = UnpluggableOut()
        self.sound = SoundKeeper(self.out, run=lambda work: work())
        self.now_ns = START_NS
        self.engine = Engine(self.config, WALK.infos, self.out.capabilities, START_NS)
        self.log: list[tuple[EngineInput, list[Effect]]] = []
        self.walking = True
        self.sensor_there = True
        self._filter = StatusFilter()
        self._commands = 0
        self._ticks = 0

    # --- what happens --------------------------------------------------------------------------

    def run(self, seconds: float) -> list[Effect]:
        """Let time pass; return what the engine asked for."""
        first = len(self.log)
        for _ in range(round(seconds / TICK_S)):
            self._ticks += 1
            self.now_ns = after(START_NS, TICK_S * self._ticks)
            self._samples()
            status = self.sound.poll(self.now_ns)
            if self._filter.passes(status):
                self.give(status)
            self.give(Tick(self.now_ns))
        return [effect for _, effects in self.log[first:] for effect in effects]

    def stall(self, seconds: float) -> None:
        """Let the main loop stand still while samples pile up, then give them all at once."""
        for _ in range(round(seconds / TICK_S)):
            self._ticks += 1
            self._samples()
        self.now_ns = after(START_NS, TICK_S * self._ticks)

    def ready(self) -> Rig:
        """Run until the sensor speaks and the output is open."""
        self.run(0.5)
        return self

    def give(self, given: EngineInput) -> list[Effect]:
        """Hand one input to the engine and carry out what it says about sound."""
        effects = self.engine.handle(given)
        self.sound.apply(effects)
        self.log.append((given, effects))
        return effects

    def ask(self, kind: str, **args: Any) -> list[Effect]:
        """Give a command; return all it led to."""
        self._commands += 1
        return self.give(Command(f"c{self._commands}", self.now_ns, kind, args, "tester"))

    def answer(self, kind: str, **args: Any) -> Reply:
        """Give a command; return the answer."""
        replies = picked(self.ask(kind, **args), Reply)
        assert len(replies) == 1
        return replies[0]

    def start(self, *steps: dict[str, Any], **changes: Any) -> Reply:
        """Ask for a session."""
        args = {"program": a_program(*steps), "subject_code": "P1", "session_id": "s1"}
        self._filter = StatusFilter()
        return self.answer("start", **{**args, **changes})

    def begin(self, *steps: dict[str, Any]) -> Rig:
        """Start a session that must not be refused."""
        reply = self.ready().start(*steps)
        assert reply.ok, reply.text
        return self

    def state_fault(self, code: FaultCode, *, raised: bool = True) -> list[Effect]:
        """Let a thread of the shell state a fault."""
        return self.give(Fault(self.now_ns, code, raised))

    # --- what is seen --------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """The engine's state."""
        return self.engine.view().state.value

    @property
    def faults(self) -> set[FaultCode]:
        """The faults that are raised."""
        return {fault.code for fault in self.engine.view().faults}

    def seconds(self, instant: EngineNs) -> float:
        """Return an instant as seconds since the rig was made."""
        return (instant - START_NS) / 1e9

    def _samples(self) -> None:
        block = WALK.block(self._ticks)
        if self.sensor_there:
            self.give(block if self.walking else still(block))


def still(block: ImuBlock) -> ImuBlock:
    """Return the block as a sensor at rest would have given it: gravity and a little noise."""
    acc = np.random.default_rng(block.seq).normal(0.0, 0.01, block.acc_mps2.shape)
    acc = acc.astype(np.float32)
    acc[:, 0] += 9.81
    return replace(block, acc_mps2=acc, gyr_dps=np.zeros_like(block.gyr_dps))


def picked(effects: Sequence[Any], kind: type[R]) -> list[R]:
    """Return the effects of one kind, in order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def notes(effects: Sequence[Effect], kind: str) -> list[str]:
    """Return the texts of the notes of one kind."""
    return [note.text for note in picked(effects, Note) if note.kind == kind]


def beats(effects: Sequence[Effect]) -> list[Beat]:
    """Return the beats that were placed."""
    return picked(effects, Beat)


def records_of(log: Sequence[tuple[EngineInput, list[Effect]]]) -> list[list[Record]]:
    """Return the records each input led to."""
    return [records_among(effects) for _, effects in log]


__all__ = [
    "START_NS", "TICK_S", "WALK", "AudioStatus", "Rig", "UnpluggableOut", "a_config", "a_program",
    "beats", "cued", "notes", "picked", "records_of", "still", "uncued",
]  # fmt: skip
