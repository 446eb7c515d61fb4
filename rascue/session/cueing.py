"""Programme position and steps -> decision -> beats, on each tick: the cueing half, pure.

Order of authority: a person's stop, then ``permission`` (hold, fade, silence), then the
strategy's wish, then the guard. The planner only ever sees what the guard allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rascue.core.clock import after, seconds_between
from rascue.core.events import AudioStatus, Effect, ScheduleBeat
from rascue.core.faults import Effect as FaultEffect
from rascue.core.limits import CueLimits
from rascue.core.types import (
    AudioState,
    Beat,
    CadenceEstimate,
    CadenceStatus,
    CueDecision,
    DacFrame,
    EngineNs,
    GaitSign,
    StepEvent,
)
from rascue.cue.base import CueInput, CueStrategy, Synchrony, WantedCue
from rascue.cue.cessation import CueFacts, CueMode, Permission, permission
from rascue.cue.choose import strategy_for
from rascue.cue.guard import GuardState, allow
from rascue.cue.planner import BeatPlanner, BeatStyle
from rascue.cue.program import ProgramPosition, block_limits
from rascue.session.fullness import Fullness
from rascue.session.hearing import Demand, Hearing

EXPLAIN_EVERY_S = 1.0
"""A decision is recorded at least this often, also when nothing changes (ARCHITECTURE 4)."""

HOLDING_MODES = frozenset({CueMode.HOLD, CueMode.FADE})

STEADYING = frozenset({GaitSign.NEAR_STOP, GaitSign.STUMBLE})
"""Signs in which a sounding beat keeps tempo and phase; a silent one may begin (FIELD 2.7 asks to
hold on stumble and stop)."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that one tick of cueing looks at.

    ``tempo_offset_spm`` and ``level_offset_db`` are what people added by hand, ``cued_left_s`` is
    the cued time left in the programme.
    """

    now_ns: EngineNs
    position: ProgramPosition
    cadence: CadenceEstimate
    baseline_spm: float | None
    synchrony: Synchrony
    fault_effect: FaultEffect
    audio: AudioStatus | None
    session_s: float
    cued_left_s: float
    tempo_offset_spm: float
    level_offset_db: float
    signs: frozenset[GaitSign]
    sees_freezing: bool

    @property
    def target_spm(self) -> float | None:
        """What the programme aims at, with the offset by hand, steps/min."""
        target = self.position.target_spm
        return None if target is None else target + self.tempo_offset_spm

    @property
    def is_mute(self) -> bool:
        """Whether the sound output is gone, so that nobody hears the cue."""
        return self.audio is not None and self.audio.state is AudioState.LOST

    @property
    def walking(self) -> bool:
        """False while the person stands."""
        return self.cadence.status is not CadenceStatus.STANDING


class Cueing:
    """The cue of one session.

    Parameters
    ----------
    limits
        The envelope of device and prescription.
    horizon_s
        How far ahead beats are given to the sound output, s.
    hearing
        Tightens the level for the ears' sake.
    """

    def __init__(self, limits: CueLimits, horizon_s: float, hearing: Hearing) -> None:
        self._limits = limits
        self._hearing = hearing
        self._fullness = Fullness()
        self._intensity = 0.0
        self._planner = BeatPlanner(horizon_s)
        self._strategy: CueStrategy | None = None
        self._strategy_block = -1
        self._decision: CueDecision | None = None
        self._recorded: CueDecision | None = None
        self._recorded_count = 0
        self._cued_since_ns: EngineNs | None = None
        self._sounding_since_ns: EngineNs | None = None
        self._effect = FaultEffect.NOTE
        self._effect_since_ns: EngineNs | None = None
        self._last_step: StepEvent | None = None
        self._new_steps: list[StepEvent] = []
        self.mode = CueMode.SILENT

    @property
    def decision(self) -> CueDecision | None:
        """The newest decision; None before the first cue and after a pause."""
        return self._decision

    def add_step(self, step: StepEvent) -> None:
        """Take a contact, in order."""
        self._last_step = step
        self._new_steps.append(step)

    def silence(self) -> None:
        """Forget the pulse; cueing begins anew with the next ``tick``."""
        self._planner.silence()
        self._decision = None
        self._cued_since_ns = None
        self._sounding_since_ns = None
        self._effect_since_ns = None
        self._strategy = None
        self._new_steps.clear()
        self.mode = CueMode.SILENT

    def tick(self, at: Situation) -> list[Effect]:
        """Decide for this instant; return the decision where it is worth a line, and beats."""
        if self._cued_since_ns is None:
            self._cued_since_ns = at.now_ns
        limits = self._limits_now(at)
        may = self._permission(at, limits)
        self.mode = may.mode
        wish = self._wish(at, may)
        step = at.position.step
        self._decision = allow(
            wish, may.level_dbfs, self._guard_state(at, may), limits, step.strategy,
            at.position.index,
        )  # fmt: skip
        self._new_steps.clear()
        if self._cue_spm is None or at.is_mute:
            self._sounding_since_ns = None
        elif self._sounding_since_ns is None:
            self._sounding_since_ns = at.now_ns
        return self._carry_out(at, wish)

    def _limits_now(self, at: Situation) -> CueLimits:
        """Return the limits of the device, tightened by block and ears."""
        step, in_block_s = at.position.step, at.position.in_block_s
        self._intensity = self._fullness.at(at.now_ns, step, in_block_s, at.synchrony)
        limits = block_limits(self._limits, step)
        demand = Demand(
            level_dbfs=at.position.level_dbfs + at.level_offset_db,
            sound=step.sound,
            intensity=self._intensity,
            cue_spm=self._cue_spm or at.target_spm or limits.cadence_max_spm,
            left_s=at.cued_left_s,
            sounding_s=_since(self._sounding_since_ns, at.now_ns),
        )
        return self._hearing.tightened(limits, demand)

    # --- what is wanted ------------------------------------------------------------------------

    def _permission(self, at: Situation, limits: CueLimits) -> Permission:
        self._note_effect(at)
        facts = CueFacts(
            effect=at.fault_effect,
            effect_s=_since(self._effect_since_ns, at.now_ns),
            without_steps_s=self._without_steps_s(at.now_ns),
            cued_s=_since(self._cued_since_ns, at.now_ns),
            session_s=at.session_s,
        )
        return permission(facts, at.position.level_dbfs + at.level_offset_db, limits)

    def _note_effect(self, at: Situation) -> None:
        """Remember since when a grave effect is in force; a graver one is counted anew."""
        if at.fault_effect < FaultEffect.HOLD:
            self._effect_since_ns = None
        elif self._effect_since_ns is None or at.fault_effect > self._effect:
            self._effect_since_ns = at.now_ns
        self._effect = at.fault_effect

    def _wish(self, at: Situation, may: Permission) -> WantedCue:
        if may.mode is CueMode.SILENT:
            return WantedCue(None, None, may.reasons)
        if may.mode in HOLDING_MODES:
            return WantedCue(self._cue_spm, None, may.reasons)
        strategy = self._strategy_of(at.position)
        wish = strategy.decide(self._cue_input(at))
        return replace(wish, reasons=(*wish.reasons, *at.position.reasons))

    def _strategy_of(self, position: ProgramPosition) -> CueStrategy:
        """Return the strategy of the block, a new one when the block has just begun."""
        if self._strategy is None or self._strategy_block != position.index:
            self._strategy = strategy_for(position.step.strategy, position.step.params)
            self._strategy_block = position.index
        return self._strategy

    def _cue_input(self, at: Situation) -> CueInput:
        return CueInput(
            now_ns=at.now_ns,
            in_block_s=at.position.in_block_s,
            target_spm=at.target_spm,
            baseline_spm=at.baseline_spm,
            cadence=at.cadence,
            new_steps=tuple(self._new_steps),
            last_step=self._last_step,
            synchrony=at.synchrony,
            last_beat=self._planner.last_beat,
            cue_spm=self._cue_spm,
            signs=at.signs,
            sees_freezing=at.sees_freezing,
        )

    def _guard_state(self, at: Situation, may: Permission) -> GuardState:
        before, last_beat = self._decision, self._planner.last_beat
        sounding = self._cue_spm is not None
        return GuardState(
            now_ns=at.now_ns,
            own_spm=at.cadence.cadence_spm,
            baseline_spm=at.baseline_spm,
            cue_spm=self._cue_spm,
            cue_level_dbfs=before.level_dbfs if before and sounding else None,
            last_beat_dbfs=last_beat.level_dbfs if last_beat else None,
            decided_ns=before.at_ns if before else None,
            last_due_ns=self._planner.last_due_ns,
            last_period_s=self._planner.last_period_s,
            walking=at.walking,
            holding=may.mode in HOLDING_MODES or (sounding and bool(at.signs & STEADYING)),
            without_steps_s=self._without_steps_s(at.now_ns),
            held_s=_since(self._effect_since_ns, at.now_ns),
            cued_s=_since(self._cued_since_ns, at.now_ns),
            session_s=at.session_s,
        )

    @property
    def _cue_spm(self) -> float | None:
        return self._decision.allowed_spm if self._decision else None

    def _without_steps_s(self, now_ns: EngineNs) -> float:
        """Return the time since the last step or, if later, since cueing was begun, s."""
        since_begin_s = _since(self._cued_since_ns, now_ns)
        if self._last_step is None:
            return since_begin_s
        return min(since_begin_s, seconds_between(self._last_step.ic_ns, now_ns))

    # --- what is done --------------------------------------------------------------------------

    def _carry_out(self, at: Situation, wish: WantedCue) -> list[Effect]:
        decision = self._decision
        if decision is None:
            return []
        beats = self._beats(at, decision, wish)
        effects: list[Effect] = []
        if beats or self._is_news(decision):
            effects.append(self._record(decision))
        for beat in beats:
            effects += [beat, ScheduleBeat(beat)]
        return effects

    def _beats(self, at: Situation, decision: CueDecision, wish: WantedCue) -> list[Beat]:
        """Place beats; without a sound clock none, the pulse then goes on in its phase."""
        audio = at.audio
        if audio is None or audio.clock is None:
            return []
        clock, latency_s = audio.clock, audio.latency_s
        step = at.position.step

        def to_frame(due_ns: EngineNs) -> DacFrame:
            return DacFrame(clock.to_count(after(due_ns, -latency_s)))

        return self._planner.plan(
            at.now_ns,
            decision,
            self._recorded_count,  # a tick that places a beat records its decision
            to_frame=to_frame,
            align_to_ns=wish.align_to_ns,
            style=BeatStyle(step.sound, step.accent_every, self._intensity),
        )

    def _is_news(self, decision: CueDecision) -> bool:
        """Return whether a decision deserves a line of its own in the log."""
        last = self._recorded
        if last is None or _codes(last) != _codes(decision):
            return True
        if (last.allowed_spm is None) != (decision.allowed_spm is None):
            return True
        return seconds_between(last.at_ns, decision.at_ns) >= EXPLAIN_EVERY_S

    def _record(self, decision: CueDecision) -> CueDecision:
        self._recorded = decision
        self._recorded_count += 1
        return decision


def _codes(decision: CueDecision) -> Sequence[str]:
    return [reason.code for reason in decision.reasons]


def _since(begin_ns: EngineNs | None, now_ns: EngineNs) -> float:
    return 0.0 if begin_ns is None else seconds_between(begin_ns, now_ns)
