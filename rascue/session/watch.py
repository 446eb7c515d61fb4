"""Measures, and looks from outside whether the world reacts as expected; faults come from here.

Holds what does not depend on a programme, so it serves with and without a session. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from rascue.config.models import RascueConfig
from rascue.core.clock import seconds_between
from rascue.core.events import AudioStatus
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import (
    AudioState,
    BeatOutcome,
    BlockFlag,
    EngineNs,
    ImuBlock,
    SensorConcern,
    SensorHealth,
    SourceInfo,
)
from rascue.session.commands import UNSTEADY_SD_S
from rascue.session.fault_board import FaultBoard
from rascue.session.pipeline import Measured, Pipeline

GAP_SHOWN_S = 2.0
"""How long a gap stays on the screen: default, not evidence."""

FAULT_OF_CONCERN = {
    SensorConcern.STUCK: FaultCode.SENSOR_STUCK,
    SensorConcern.SATURATED: FaultCode.SENSOR_SATURATED,
    SensorConcern.LOOSE: FaultCode.SENSOR_LOOSE,
    SensorConcern.UPSIDE_DOWN: FaultCode.SENSOR_UPSIDE_DOWN,
    SensorConcern.SWAPPED_FEET: FaultCode.FEET_SWAPPED,
    SensorConcern.WRONG_UNITS: FaultCode.SENSOR_UNITS,
}

LATE_WINDOW_S = 60.0
UNDERRUN_SHOWN_S = 5.0
"""How long an interruption of the sound stays on the screen: default, not evidence."""


class Watch:
    """Pipeline, sound state and faults.

    Parameters
    ----------
    now_ns
        The instant from which silence of a sensor is counted.
    """

    def __init__(
        self,
        config: RascueConfig,
        sources: Sequence[SourceInfo],
        now_ns: EngineNs,
    ) -> None:
        self._config = config.engine
        self._sources = tuple(sources)
        self.pipeline = Pipeline(
            sources, config.sensor.detector, config.engine.sensor_gap_s, config.sensor.leg_length_m
        )
        self.board = FaultBoard()
        self.audio: AudioStatus | None = None
        self._began_ns = now_ns
        self._gap_ns: EngineNs | None = None
        self._underrun_ns: EngineNs | None = None
        self._late_ns: deque[EngineNs] = deque()
        self._concerns: dict[SensorConcern, dict[str, str]] = {
            concern: {} for concern in SensorConcern
        }

    @property
    def last_sample_ns(self) -> EngineNs | None:
        """Instant of the newest sample of the sensor that is behind; None before all spoke."""
        instants = [self.pipeline.last_sample_ns(info.source_id) for info in self._sources]
        known = [instant for instant in instants if instant is not None]
        return min(known) if known and len(known) == len(instants) else None

    def take_block(self, block: ImuBlock) -> tuple[list[Measured], list[Fault]]:
        """Measure one block; return what it revealed and the faults it raised or cleared."""
        before_ns = self.pipeline.last_sample_ns(block.source_id)
        measured = self.pipeline.feed(block)
        faults = self._flags(block, before_ns)
        for event in measured:
            if isinstance(event, SensorHealth):
                faults += self._concern(event)
        return measured, faults

    def take_audio(self, status: AudioStatus) -> list[Fault]:
        """Take the newest state of the sound output."""
        faults = self._underrun(status) + self._late(status)
        self.audio = status
        lost = status.state is AudioState.LOST
        faults += self.board.update(status.at_ns, FaultCode.AUDIO_LOST, lost, status.detail)
        trouble = status.sound_trouble
        faults += self.board.update(
            status.at_ns, FaultCode.SONG_UNAVAILABLE, bool(trouble), trouble
        )
        unsteady = status.latency_sd_s > UNSTEADY_SD_S
        detail = f"by {1000 * status.latency_sd_s:.0f} ms ({status.device})"
        faults += self.board.update(status.at_ns, FaultCode.AUDIO_UNSTEADY, unsteady, detail)
        return faults

    def take_fault(self, fault: Fault) -> list[Fault]:
        """Take a fault that a thread of the shell states."""
        return self.board.update(fault.at_ns, fault.code, fault.raised, fault.detail)

    def tick(self, now_ns: EngineNs) -> list[Fault]:
        """Look what is missing at ``now_ns``."""
        return [
            *self._stale(now_ns),
            *self._unoriented(now_ns),
            *self._expire(now_ns, FaultCode.SENSOR_GAP, self._gap_ns, GAP_SHOWN_S),
            *self._expire(now_ns, FaultCode.AUDIO_UNDERRUN, self._underrun_ns, UNDERRUN_SHOWN_S),
            *self._late_often(now_ns),
        ]

    # --- sensor --------------------------------------------------------------------------------

    def _flags(self, block: ImuBlock, before_ns: EngineNs | None) -> list[Fault]:
        now_ns = block.last_ns
        unlocked = bool(block.flags & BlockFlag.TIME_UNLOCKED)
        faults = self.board.update(now_ns, FaultCode.TIME_UNLOCKED, unlocked, block.source_id)
        missing_s = 0.0 if before_ns is None else seconds_between(before_ns, block.first_ns)
        if block.flags & BlockFlag.GAP_BEFORE or missing_s > self._config.sensor_gap_s:
            self._gap_ns = now_ns
            detail = f"{block.source_id}: {missing_s:.2f} s without samples"
            faults += self.board.update(now_ns, FaultCode.SENSOR_GAP, True, detail)
        return faults

    def _concern(self, event: SensorHealth) -> list[Fault]:
        doubtful = self._concerns[event.concern]
        if event.raised:
            doubtful[event.source_id] = event.detail
        else:
            doubtful.pop(event.source_id, None)
        detail = "; ".join(f"{source_id}: {text}" for source_id, text in doubtful.items())
        code = FAULT_OF_CONCERN[event.concern]
        return self.board.update(event.at_ns, code, bool(doubtful), detail)

    def _unoriented(self, now_ns: EngineNs) -> list[Fault]:
        """Tell which sensors speak, but have not told yet how they are worn."""
        waiting = self.pipeline.unoriented if self.last_sample_ns is not None else ()
        detail = ", ".join(waiting)
        return self.board.update(now_ns, FaultCode.SENSOR_UNORIENTED, bool(waiting), detail)

    def _stale(self, now_ns: EngineNs) -> list[Fault]:
        quiet = [
            info.source_id
            for info in self._sources
            if seconds_between(
                self.pipeline.last_sample_ns(info.source_id) or self._began_ns, now_ns
            )
            > self._config.sensor_stale_s
        ]
        detail = ", ".join(quiet)
        return self.board.update(now_ns, FaultCode.SENSOR_STALE, bool(quiet), detail)

    # --- sound ---------------------------------------------------------------------------------

    def _underrun(self, status: AudioStatus) -> list[Fault]:
        if self.audio is None or status.underflows <= self.audio.underflows:
            return []
        self._underrun_ns = status.at_ns
        detail = f"{status.underflows} since the output was opened"
        return self.board.update(status.at_ns, FaultCode.AUDIO_UNDERRUN, True, detail)

    def _late(self, status: AudioStatus) -> list[Fault]:
        late = [played for played in status.played if played.outcome is BeatOutcome.LATE]
        self._late_ns.extend([status.at_ns] * len(late))
        detail = ", ".join(f"beat {played.beat_index}" for played in late)
        return self.board.update(status.at_ns, FaultCode.BEAT_LATE, True, detail) if late else []

    def _late_often(self, now_ns: EngineNs) -> list[Fault]:
        while self._late_ns and seconds_between(self._late_ns[0], now_ns) > LATE_WINDOW_S:
            self._late_ns.popleft()
        count = len(self._late_ns)
        often = count > self._config.beats_late_per_minute_max
        detail = f"{count} within a minute"
        return [
            *self.board.update(now_ns, FaultCode.BEATS_LATE_OFTEN, often, detail),
            *(self.board.update(now_ns, FaultCode.BEAT_LATE, False) if not count else []),
        ]

    def _expire(
        self, now_ns: EngineNs, code: FaultCode, last_ns: EngineNs | None, shown_s: float
    ) -> list[Fault]:
        if last_ns is None or seconds_between(last_ns, now_ns) <= shown_s:
            return []
        return self.board.update(now_ns, code, False)
