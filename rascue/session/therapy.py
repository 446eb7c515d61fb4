"""One running session: programme, steps against beats, what a person asks for by hand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rascue.config.models import RascueConfig
from rascue.core.clock import after, seconds_between
from rascue.core.events import AudioStatus, Effect, FadeAll, Record
from rascue.core.faults import FaultCode
from rascue.core.types import (
    AudioState,
    Beat,
    BeatOutcome,
    CadenceEstimate,
    CadenceStatus,
    EngineNs,
    GaitFlag,
    Note,
    PlayedBeat,
    PlayedFrame,
    SessionHeader,
    SessionState,
    StepEvent,
    StepKind,
    StrideRecord,
)
from rascue.cue.cessation import CueMode
from rascue.cue.program import ProgramPosition, ProgramRunner
from rascue.cue.synchrony import SynchronyTracker
from rascue.session.cueing import Cueing, Situation
from rascue.session.hearing import Hearing
from rascue.session.pending_beats import PendingBeats
from rascue.session.pipeline import Measured
from rascue.session.trouble import FAULT_OF_SIGN, TroubleWatch
from rascue.session.view import TherapyView
from rascue.session.watch import Watch

STOP_RAMP_S = 0.005
"""R1: long enough not to click, short enough not to be heard. Source: AUDIO section 8."""

TEMPO_OFFSET_MAX_SPM = 20.0
"""How far people may move the tempo by hand; the guard's limits hold besides. Default."""

LEVEL_OFFSET_MAX_DB = 18.0
"""How far people may move the level by hand; the guard's cap holds besides. Default."""

REPORT_WITHIN_S = 1.5
"""Beats not reported this long after they were due are missed: default, not evidence."""

NOT_FOLLOWING_AFTER_S = 60.0
NOT_FOLLOWING_R = 0.5
"""FIELD C6 assists below R 0.5 after 20 s; a verdict for people waits longer. Default."""

ESTIMATE_EVERY_S = 1.0

_OF_A_SESSION = (
    FaultCode.WALKER_STOPPED,
    FaultCode.NOT_FOLLOWING,
    FaultCode.BEATS_UNREPORTED,
    FaultCode.SOUND_LOWERED,
    FaultCode.SOUND_SPENT,
    *FAULT_OF_SIGN.values(),
)
"""Faults that nothing but a running session looks for."""

_STATE_OF_MODE = {
    CueMode.CUE: SessionState.CUEING,
    CueMode.HOLD: SessionState.HOLDING,
    CueMode.FADE: SessionState.FADING,
    CueMode.SILENT: SessionState.SILENT,
}


class Therapy:
    """A session from its begin until its last beat is accounted for.

    Parameters
    ----------
    contacts_per_stride
        1 when only one foot is seen, which then meets every second beat; otherwise 2.
    hearing_used
        Share of the week's sound that this person's ears had before, 1 is all.
    """

    def __init__(
        self,
        header: SessionHeader,
        config: RascueConfig,
        now_ns: EngineNs,
        contacts_per_stride: int,
        hearing_used: float,
    ) -> None:
        self._header = header
        self._began_ns = now_ns
        self._runner = ProgramRunner(header.program, now_ns)
        self._hearing = Hearing(config.hearing.reference_dba, hearing_used)
        self._cueing = Cueing(config.limits.to_limits(), config.engine.horizon_s, self._hearing)
        self._tracker = SynchronyTracker(contacts_per_stride=contacts_per_stride)
        self._synchrony = self._tracker.state(now_ns)
        self._position = self._runner.at(now_ns)
        self._stopped = False
        self._ending_ns: EngineNs | None = None
        self._tempo_offset_spm = 0.0
        self._level_offset_db = 0.0
        self._pending = PendingBeats()
        self._trouble = TroubleWatch()
        self._estimate: CadenceEstimate | None = None
        self._low_r_since_ns: EngineNs | None = None
        self._n_steps = 0
        self._n_beats = 0
        self.state = SessionState.IDLE
        self.is_over = False

    @property
    def is_ending(self) -> bool:
        """True from the end, by programme or person, until the last beat is accounted for."""
        return self._ending_ns is not None

    # --- what a person asks for ----------------------------------------------------------------

    def begin(self, now_ns: EngineNs) -> list[Effect]:
        """Return what is said at the start."""
        return self._enter_block(now_ns, self._position)

    def stop(self, now_ns: EngineNs) -> list[Effect]:
        """R1: silence at once; only a person starts the beat again."""
        self._stopped = True
        self._runner.pause(now_ns)
        self._cueing.silence()
        self._pending.settle()
        return [FadeAll(STOP_RAMP_S), *self._change_state(now_ns, "a person pressed stop")]

    def resume(self, now_ns: EngineNs) -> list[Effect]:
        """Go on where the programme was stopped."""
        self._stopped = False
        self._runner.resume(now_ns)
        return [Note(now_ns, "resume", "a person let the programme go on")]

    def end(self, now_ns: EngineNs, why: str = "a person ended the session") -> list[Effect]:
        """Silence at once and close as soon as the last beats are accounted for."""
        effects = self.stop(now_ns)
        self._ending_ns = now_ns
        return [*effects, Note(now_ns, "end", why)]

    def skip_block(self, now_ns: EngineNs) -> list[Effect]:
        """Go to the next block of the programme."""
        self._runner.skip(now_ns)
        return [Note(now_ns, "skip", "a person skipped the rest of the block")]

    def adjust_tempo(self, delta_spm: float) -> float:
        """Move the tempo aimed at; return the whole offset, steps/min."""
        wanted = self._tempo_offset_spm + delta_spm
        self._tempo_offset_spm = min(max(wanted, -TEMPO_OFFSET_MAX_SPM), TEMPO_OFFSET_MAX_SPM)
        return self._tempo_offset_spm

    def adjust_level(self, delta_db: float) -> float:
        """Move the level; return the whole offset, dB."""
        wanted = self._level_offset_db + delta_db
        self._level_offset_db = min(max(wanted, -LEVEL_OFFSET_MAX_DB), LEVEL_OFFSET_MAX_DB)
        return self._level_offset_db

    # --- what was measured and played ----------------------------------------------------------

    def take_measured(self, measured: Sequence[Measured]) -> list[Record]:
        """Match steps with beats; return the records, strides with their asynchrony."""
        return [self._matched(item) for item in measured]

    def take_audio(self, status: AudioStatus) -> list[Effect]:
        """Account for scheduled beats; place them anew where the stream was interrupted."""
        self._hearing.take_output(status)
        outcomes = self._pending.outcomes(status)
        played = [self._played(beat, report, status) for beat, report in outcomes]
        return [*played, *self._pending.place_anew(status)]

    def _matched(self, item: Measured) -> Record:
        if isinstance(item, StepEvent):
            self._n_steps += 1
            self._cueing.add_step(item)
            self._tracker.add_step(item)
        if isinstance(item, GaitFlag):
            self._trouble.take(item)
        if not isinstance(item, StrideRecord):
            return item
        matched = self._tracker.asynchrony_of(item.ic_ns)
        if matched is None:
            return item
        beat_index, asynchrony_s, phase_deg = matched
        return replace(
            item,
            beat_index=beat_index,
            asynchrony_s=asynchrony_s,
            relative_phase_deg=phase_deg,
        )

    def _played(self, beat: Beat, report: PlayedFrame, status: AudioStatus) -> PlayedBeat:
        sound_ns = None
        if report.outcome is BeatOutcome.PLAYED and status.clock is not None:
            sound_ns = after(status.clock.to_engine(report.frame), status.latency_s)
        played = PlayedBeat(beat.index, report.frame, sound_ns, status.latency_sd_s, report.outcome)
        self._tracker.add_beat(played, beat.interval_s)
        if report.outcome is BeatOutcome.PLAYED:
            self._hearing.heard(beat)
        return played

    # --- time ----------------------------------------------------------------------------------

    def tick(self, now_ns: EngineNs, watch: Watch) -> list[Effect]:
        """Advance programme and cue to ``now_ns``."""
        cadence = watch.pipeline.estimate(now_ns)
        self._synchrony = self._tracker.state(now_ns)
        effects: list[Effect] = [*self._estimate_record(cadence), *self._supervise(now_ns, watch)]
        effects += self._hearing.news(now_ns)
        if self._ending_ns is not None:
            self.is_over = self._all_accounted_for(now_ns, self._ending_ns)
            return effects + (self._close(now_ns, watch) if self.is_over else [])
        if not self._stopped:
            self._runner.observe(cadence)
            effects += self._follow_program(now_ns, cadence, watch)
        return effects

    def _follow_program(
        self, now_ns: EngineNs, cadence: CadenceEstimate, watch: Watch
    ) -> list[Effect]:
        position = self._runner.at(now_ns)
        effects: list[Effect] = []
        if position.index != self._position.index:
            effects += self._enter_block(now_ns, position)
        self._position = position
        if position.finished:
            self._cueing.silence()
            self._ending_ns = now_ns
            return [*effects, Note(now_ns, "end", "the programme is over")]
        if position.cued:
            effects += self._keep(self._cueing.tick(self._situation(now_ns, cadence, watch)))
        return [*effects, *self._change_state(now_ns, position.step.title or position.step.kind)]

    def _situation(self, now_ns: EngineNs, cadence: CadenceEstimate, watch: Watch) -> Situation:
        return Situation(
            now_ns=now_ns,
            position=self._position,
            cadence=cadence,
            baseline_spm=self._runner.baseline_spm,
            synchrony=self._synchrony,
            fault_effect=watch.board.effect,
            audio=watch.audio,
            session_s=seconds_between(self._began_ns, now_ns),
            cued_left_s=self._cued_left_s,
            tempo_offset_spm=self._tempo_offset_spm,
            level_offset_db=self._level_offset_db,
            signs=self._trouble.signs,
            sees_freezing=watch.pipeline.tells_freezing,
        )

    @property
    def _cued_left_s(self) -> float:
        """Return the cued time left in the programme, this block included, s."""
        later = self._header.program.steps[self._position.index + 1 :]
        return self._position.left_s + sum(step.duration_s for step in later if step.strategy)

    def _enter_block(self, now_ns: EngineNs, position: ProgramPosition) -> list[Effect]:
        if not position.cued:
            self._cueing.silence()
        step, count = position.step, len(self._header.program.steps)
        text = f"block {position.index + 1} of {count}: {step.title or step.kind}"
        return [Note(now_ns, "block", text)]

    def _keep(self, effects: list[Effect]) -> list[Effect]:
        """Remember the beats that the output now owes a report for."""
        for effect in effects:
            if isinstance(effect, Beat):
                self._pending.add(effect)
                self._n_beats += 1
        return effects

    # --- states --------------------------------------------------------------------------------

    def _change_state(self, now_ns: EngineNs, why: str) -> list[Effect]:
        state = self._state_now()
        if state is self.state:
            return []
        self.state = state
        return [Note(now_ns, "state", f"{state}: {why}")]

    def _state_now(self) -> SessionState:
        if self._stopped:
            return SessionState.SILENT
        if self._position.step.kind is StepKind.BASELINE:
            return SessionState.BASELINE
        if not self._position.cued:
            return SessionState.SILENT
        if self._position.step.kind is StepKind.FADE and self._cueing.mode is CueMode.CUE:
            return SessionState.FADING
        return _STATE_OF_MODE[self._cueing.mode]

    def _all_accounted_for(self, now_ns: EngineNs, ending_ns: EngineNs) -> bool:
        waited_s = seconds_between(ending_ns, now_ns)
        return not self._pending or waited_s > REPORT_WITHIN_S

    def _close(self, now_ns: EngineNs, watch: Watch) -> list[Effect]:
        """Take back what is only true of a session, and end."""
        self.state = SessionState.ENDED
        cleared = [f for code in _OF_A_SESSION for f in watch.board.update(now_ns, code, False)]
        dose = self._hearing.news(now_ns, at_once=True)
        return [
            *dose,
            *cleared,
            Note(now_ns, "state", f"{self.state}: every beat is accounted for"),
        ]

    # --- supervision ---------------------------------------------------------------------------

    def _supervise(self, now_ns: EngineNs, watch: Watch) -> list[Effect]:
        cueing = self.state in {SessionState.CUEING, SessionState.HOLDING}
        estimate = self._estimate
        standing = estimate is not None and estimate.status is CadenceStatus.STANDING
        update = watch.board.update
        return [
            *update(now_ns, FaultCode.WALKER_STOPPED, cueing and standing),
            *update(now_ns, FaultCode.NOT_FOLLOWING, cueing and self._lost_for_long(now_ns)),
            *self._unreported(now_ns, watch),
            *self._judge_hearing(now_ns, watch),
            *self._trouble.tell(now_ns, watch.board),
        ]

    def _judge_hearing(self, now_ns: EngineNs, watch: Watch) -> list[Effect]:
        lowered_db, is_spent = self._hearing.lowered_db, self._hearing.is_spent
        lowered = lowered_db > 0 and not is_spent
        update = watch.board.update
        return [
            *update(now_ns, FaultCode.SOUND_LOWERED, lowered, f"{lowered_db:.0f} dB softer"),
            *update(now_ns, FaultCode.SOUND_SPENT, is_spent),
        ]

    def _lost_for_long(self, now_ns: EngineNs) -> bool:
        r = self._synchrony.consistency_r
        if r is None or r >= NOT_FOLLOWING_R:
            self._low_r_since_ns = None
        elif self._low_r_since_ns is None:
            self._low_r_since_ns = now_ns
        since_ns = self._low_r_since_ns
        return since_ns is not None and seconds_between(since_ns, now_ns) > NOT_FOLLOWING_AFTER_S

    def _unreported(self, now_ns: EngineNs, watch: Watch) -> list[Effect]:
        running = watch.audio is not None and watch.audio.state is AudioState.RUNNING
        missed = self._pending.overdue(now_ns, REPORT_WITHIN_S)
        detail = f"beats {missed[0].index} to {missed[-1].index}" if missed else ""
        present = bool(missed) and running
        return list(watch.board.update(now_ns, FaultCode.BEATS_UNREPORTED, present, detail))

    def _estimate_record(self, cadence: CadenceEstimate) -> list[Record]:
        """Return the estimate when steps came, the status changed, or a second passed."""
        last = self._estimate
        if last is not None and _tells_nothing_new(last, cadence):
            return []
        self._estimate = cadence
        return [cadence]

    # --- what there is to show -----------------------------------------------------------------

    def view(self, now_ns: EngineNs) -> TherapyView:
        """Return what people may want to see now."""
        decision = self._cueing.decision
        sounding = decision is not None and decision.allowed_spm is not None
        target = self._position.target_spm
        return TherapyView(
            header=self._header,
            block_index=self._position.index,
            block=self._position.step,
            block_elapsed_s=self._position.in_block_s,
            block_left_s=self._position.left_s,
            elapsed_s=seconds_between(self._began_ns, now_ns),
            baseline_spm=self._runner.baseline_spm,
            target_spm=None if target is None else target + self._tempo_offset_spm,
            cue_spm=decision.allowed_spm if decision else None,
            level_dbfs=decision.level_dbfs if decision and sounding else None,
            tempo_offset_spm=self._tempo_offset_spm,
            level_offset_db=self._level_offset_db,
            synchrony=self._synchrony,
            n_steps=self._n_steps,
            n_beats=self._n_beats,
            dose=self._hearing.state(now_ns),
            stopped=self._stopped,
            explanation=" ".join(reason.text for reason in decision.reasons) if decision else "",
        )


def _tells_nothing_new(last: CadenceEstimate, now: CadenceEstimate) -> bool:
    # The steps counted stay the same once the memory is full; the step expected next does not.
    same = (last.status, last.next_ic_ns) == (now.status, now.next_ic_ns)
    return same and seconds_between(last.at_ns, now.at_ns) < ESTIMATE_EVERY_S
