"""The engine's threads: sources and the link put messages into one inbox, one thread empties it.

Only the main thread touches domain state. Other threads move bytes and put one message each.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rascue import __version__
from rascue.audio.base import AudioOut
from rascue.audio.song_reader import SongShelf
from rascue.config.models import RascueConfig
from rascue.core.clock import after, seconds_between
from rascue.core.errors import StoreError
from rascue.core.events import Effect, EngineInput, OpenSession, Record, Reply, Tick
from rascue.core.faults import Fault, FaultCode
from rascue.core.types import Command, EngineNs
from rascue.link.messages import Answer, Hello, Request
from rascue.link.server import LinkServer
from rascue.sensor.base import ImuSource
from rascue.session import host
from rascue.session.disk import DiskWatch
from rascue.session.engine import Engine
from rascue.session.hearing_account import HearingAccount
from rascue.session.journal import Journal
from rascue.session.lost_sensors import LostSensors
from rascue.session.offline import StatusFilter
from rascue.session.snapshot import events_of, snapshot_of, sound_offers
from rascue.session.sound import SoundKeeper
from rascue.session.source_thread import SourceThread
from rascue.session.stop_button import StopButton
from rascue.store.hearing_ledger import FILE_NAME, HearingLedger
from rascue.store.location import sessions_folder

SNAPSHOT_EVERY_S = 0.1
"""Smooth to the eye. Source: ARCHITECTURE 7."""

HOUSEKEEPING_EVERY_S = 1.0
LAG_REPORTED_S = 0.25
"""A turn of the main loop later than this is told; beats are planned further ahead. Default."""

INBOX_ITEMS = 4096
"""Over a minute of blocks; when it is full samples are lost, which the next block shows."""

CLOSING_MAX_S = 3.0


@dataclass(frozen=True, slots=True)
class ShellParts:
    """What the shell is built from."""

    config: RascueConfig
    sources: Sequence[ImuSource]
    out: AudioOut
    data_dir: Path
    socket_path: Path
    songs: SongShelf | None = None


class Shell:
    """Runs the engine in real time until asked to stop."""

    def __init__(self, parts: ShellParts) -> None:
        self._config = parts.config
        self._clock = host.HostClock()
        self._boot_id = host.boot_id()
        self._inbox: queue.Queue[EngineInput] = queue.Queue(INBOX_ITEMS)
        self._infos = tuple(source.info for source in parts.sources)
        lost = LostSensors(self._deliver, self._clock)
        self._threads: list[SourceThread | StopButton] = [
            SourceThread(one, self._deliver, lost) for one in parts.sources
        ]
        self._sound = SoundKeeper(parts.out, parts.songs)
        self._capabilities = parts.out.capabilities
        self._engine = Engine(parts.config, self._infos, self._capabilities, self._clock.now_ns())
        self._journal = Journal(
            sessions_folder(parts.data_dir),
            parts.config.model_dump_json(),
            self._clock,
            self._publish_records,
            self._state_fault,
        )
        self._hearing = HearingAccount(
            HearingLedger(parts.data_dir / FILE_NAME), host.utc_s, self._state_fault
        )
        self._disk = DiskWatch(parts.data_dir, parts.config.store.free_min_mb)
        hello = Hello(engine_version=__version__, boot_id=self._boot_id, sounds=sound_offers())
        self._link = LinkServer(parts.socket_path, self._take_request, hello)
        if parts.config.stop_button.device:
            self._threads.append(self._stop_button(Path(parts.config.stop_button.device)))
        self._filter = StatusFilter()
        self._stated: dict[FaultCode, Fault] = {}
        self._snapshots = 0
        self._due_ns = dict.fromkeys(("tick", "snapshot", "housekeeping"), self._clock.now_ns())
        self._stopping = threading.Event()

    def run(self) -> None:
        """Serve until ``stop`` is called; then silence, close the session and return."""
        self._link.start()
        for thread in self._threads:
            thread.start()
        self._state_fault(FaultCode.AUDIO_SILENT, not self._capabilities.audible, "")
        host.calm_the_interpreter()
        host.notify_service_manager("READY=1")
        try:
            while not self._stopping.is_set():
                self._turn()
            self._end_session()
        finally:
            self._close()

    def stop(self) -> None:
        """Ask the main loop to end; may be called from a signal handler."""
        self._stopping.set()

    # --- other threads -------------------------------------------------------------------------

    def _deliver(self, given: EngineInput) -> None:
        try:
            self._inbox.put_nowait(given)
        except queue.Full:
            return  # the loss shows as a gap before the next block, or as a stale sensor

    def _take_request(self, request: Request) -> None:
        now_ns = self._clock.now_ns()
        args = dict(request.args)
        if request.kind == "start":
            try:
                args |= self._start_args(str(args["subject_code"]))
            except StoreError as error:
                self._link.answer(Answer(id=request.id, ok=False, text=str(error)))
                return
        command = Command(request.id, now_ns, request.kind.value, args, request.actor)
        try:
            self._inbox.put(command, timeout=1.0)
        except queue.Full:
            text = "the engine is too busy; try again"
            self._link.answer(Answer(id=request.id, ok=False, text=text))

    def _stop_button(self, device: Path) -> StopButton:
        def press() -> None:
            """Stop as a person at the tablet would; waits for room, for it may not be lost (R1)."""
            now_ns = self._clock.now_ns()
            self._inbox.put(Command(f"stop-button-{now_ns}", now_ns, "stop", {}, "stop button"))

        def state(trouble: str) -> None:
            self._state_fault(FaultCode.STOP_BUTTON_GONE, bool(trouble), trouble)

        return StopButton(device, press, state)

    def _start_args(self, subject_code: str) -> dict[str, object]:
        """Return what a session must be told besides the request."""
        return {
            "session_id": host.new_session_id(),
            "boot_id": self._boot_id,
            "hearing_used": self._hearing.used_before(subject_code),
        }

    def _state_fault(self, code: FaultCode, raised: bool, detail: str) -> None:  # noqa: FBT001
        """Tell the engine of a fault it cannot see itself; remembered for the next session."""
        self._deliver(Fault(self._clock.now_ns(), code, raised, detail))

    def _publish_records(self, records: Sequence[Record]) -> None:
        self._hearing.take(records)
        for event in events_of(records):
            self._link.publish(event)

    # --- main loop -----------------------------------------------------------------------------

    def _turn(self) -> None:
        wait_s = seconds_between(self._clock.now_ns(), self._due_ns["tick"])
        if wait_s > 0:
            self._take_waiting(wait_s)
        if self._is_due("tick", self._config.engine.tick_s):
            self._tick()
        if self._is_due("snapshot", SNAPSHOT_EVERY_S):
            self._publish_snapshot()
        if self._is_due("housekeeping", HOUSEKEEPING_EVERY_S):
            self._keep_house()

    def _take_waiting(self, wait_s: float) -> None:
        """Handle what has come, for at most as long as there is time until the next tick."""
        try:
            self._handle(self._inbox.get(timeout=wait_s))
        except queue.Empty:
            return

    def _tick(self) -> None:
        now_ns = self._clock.now_ns()
        status = self._sound.poll(now_ns)
        if self._filter.passes(status):
            self._handle(status)
        self._handle(Tick(now_ns))

    def _handle(self, given: EngineInput) -> None:
        if isinstance(given, Fault):
            self._stated[given.code] = given
        effects = self._engine.handle(given)
        self._sound.apply(effects)
        self._journal.take(given, effects)
        self._after(effects)

    def _after(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Reply):
                answer = Answer(id=effect.command_id, ok=effect.ok, text=effect.text)
                self._link.answer(answer)
            elif isinstance(effect, OpenSession):
                self._hearing.begin(effect.header)
                self._tell_the_session()
            elif isinstance(effect, Fault) and not effect.raised:
                self._stated.pop(effect.code, None)

    def _tell_the_session(self) -> None:
        """Repeat what was known before the session, so that its file alone reproduces it."""
        self._filter = StatusFilter()
        for fault in self._stated.values():
            if fault.raised:
                self._state_fault(fault.code, raised=True, detail=fault.detail)

    def _publish_snapshot(self) -> None:
        view = self._engine.view()
        self._link.publish(
            snapshot_of(self._snapshots, view, self._infos, self._capabilities, self._journal.path)
        )
        self._snapshots += 1

    def _keep_house(self) -> None:
        for code, raised, detail in self._disk.look():
            self._state_fault(code, raised, detail)
        gone = self._engine.in_session and self._link.client_count == 0
        known = self._stated.get(FaultCode.DASHBOARD_GONE)
        if gone != (known is not None and known.raised):
            self._state_fault(FaultCode.DASHBOARD_GONE, gone, "")
        host.collect_between()
        host.notify_service_manager("WATCHDOG=1")

    def _is_due(self, what: str, period_s: float) -> bool:
        """Return whether it is time; after a stall the schedule starts anew from now."""
        now_ns, due_ns = self._clock.now_ns(), self._due_ns[what]
        if now_ns < due_ns:
            return False
        late_s = seconds_between(due_ns, now_ns)
        self._due_ns[what] = after(now_ns if late_s > period_s else due_ns, period_s)
        if what == "tick":
            self._judge_lag(late_s)
        return True

    def _judge_lag(self, late_s: float) -> None:
        known = self._stated.get(FaultCode.ENGINE_LAG)
        lagging = late_s > LAG_REPORTED_S
        if lagging != (known is not None and known.raised):
            self._state_fault(FaultCode.ENGINE_LAG, lagging, f"{late_s:.2f} s late")

    # --- end -----------------------------------------------------------------------------------

    def _end_session(self) -> None:
        """Close a running session as its "end" command would; wait for its last beats."""
        host.notify_service_manager("STOPPING=1")
        now_ns = self._clock.now_ns()
        if self._engine.in_session:
            self._handle(Command("shutdown", now_ns, "end", {}, "service"))
        give_up_ns: EngineNs = after(now_ns, CLOSING_MAX_S)
        while self._engine.in_session and self._clock.now_ns() < give_up_ns:
            self._turn()

    def _close(self) -> None:
        for thread in self._threads:
            thread.close()
        self._sound.close()
        self._journal.close()
        self._hearing.close()
        self._link.close()
