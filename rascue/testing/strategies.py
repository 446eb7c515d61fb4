"""What every cue strategy must do; a third party runs the suite on its own class.

Subclass ``CueStrategyContract`` in a test module whose name begins with ``Test`` and return the
class from ``strategy_class``; pytest then runs each check on a walk of one minute in which the
person starts, walks, hurries, stands and walks again.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import Any, get_type_hints

from annotated_types import Interval

from rascue.core.clock import after
from rascue.core.types import (
    Beat,
    CadenceEstimate,
    CadenceStatus,
    DacFrame,
    EngineNs,
    Side,
    StepEvent,
)
from rascue.cue.base import CueInput, CueStrategy, Synchrony, WantedCue
from rascue.cue.choose import checked_params

START_NS = EngineNs(5_000_000_000)
TICK_S = 0.05
DELAY_S = 0.1

PHASES = ((0.0, None), (3.0, 100.0), (25.0, 112.0), (40.0, None), (48.0, 95.0))
"""What the person does: (from, s; cadence, steps/min, None while standing)."""

DURATION_S = 60.0
ANNOUNCED_AFTER_STEPS = 4
LOCKED_AFTER_S = 12.0


class CueStrategyContract:
    """Checks of the rules in ``rascue.cue.base``."""

    @abstractmethod
    def strategy_class(self) -> Any:
        """Return the class under test."""

    def make(self) -> CueStrategy:
        """Return a new strategy with default parameters."""
        chosen = self.strategy_class()
        strategy: CueStrategy = chosen(chosen.params_type())
        return strategy

    def test_parameters_are_frozen_documented_and_bounded(self) -> None:
        """Each has a default inside its range, a unit-bearing name and a line of text."""
        params_type = self.strategy_class().params_type
        _require(is_dataclass(params_type), "params_type is no dataclass")
        _require(params_type.__dataclass_params__.frozen, "params_type is not frozen")
        hints = get_type_hints(params_type, include_extras=True)
        for item in fields(params_type):
            _require(item.default is not MISSING, f"{item.name} has no default")
            _require(item.name in (params_type.__doc__ or ""), f"{item.name} is not documented")
            if not isinstance(item.default, (bool, str)):
                metadata = getattr(hints[item.name], "__metadata__", ())
                _require(any(isinstance(m, Interval) for m in metadata), f"{item.name}: no range")
        checked_params(params_type, asdict(params_type()), "by default")

    def test_name_and_needs_are_constant(self) -> None:
        """They are known without any input."""
        first, second = self.make(), self.make()
        _require(bool(first.name) and first.name == second.name, "name")
        _require(first.needs == second.needs, "needs")

    def test_every_wish_is_explained(self) -> None:
        """Each carries a code and a sentence, also when nothing changes."""
        for wish in _wishes(self.make()):
            _require(len(wish.reasons) > 0, "a wish without a reason")
            for reason in wish.reasons:
                _require(reason.code.isidentifier(), f"code {reason.code!r}")
                _require(reason.text.endswith(".") and reason.text[0].isupper(), reason.text)

    def test_every_wish_is_a_tempo_or_silence(self) -> None:
        """The guard accepts anything, but a good strategy sends it no nonsense."""
        for wish in _wishes(self.make()):
            spm = wish.cadence_spm
            _require(spm is None or (math.isfinite(spm) and spm > 0), f"wanted {spm}")

    def test_nothing_known_is_no_trouble(self) -> None:
        """Without steps, baseline and target nothing is raised."""
        for wish in _wishes(self.make(), knows_target=False, phases=((0.0, None),)):
            _require(wish.cadence_spm is None, "a tempo out of nothing")

    def test_a_tempo_is_wanted_when_person_and_target_are_known(self) -> None:
        """At least once in a minute of walking."""
        wanted = [wish.cadence_spm for wish in _wishes(self.make())]
        _require(any(spm is not None for spm in wanted), "never wants a cue")

    def test_the_same_inputs_give_the_same_wishes(self) -> None:
        """No hidden state outside the object, no chance without a seed."""
        _require(list(_wishes(self.make())) == list(_wishes(self.make())), "wishes differ")

    def test_only_differences_of_time_count(self) -> None:
        """A session that begins an hour later is wished the same."""
        hour_ns = 3600 * 1_000_000_000
        early = list(_wishes(self.make()))
        late = list(_wishes(self.make(), start_ns=EngineNs(START_NS + hour_ns)))
        for one, other in zip(early, late, strict=True):
            _require(one.cadence_spm == other.cadence_spm, "tempo depends on the hour")
            if one.align_to_ns is None or other.align_to_ns is None:
                _require(one.align_to_ns is other.align_to_ns, "alignment depends on the hour")
            else:
                _require(other.align_to_ns - one.align_to_ns == hour_ns, "alignment is not moved")


def _wishes(
    strategy: CueStrategy,
    *,
    start_ns: EngineNs = START_NS,
    knows_target: bool = True,
    phases: tuple[tuple[float, float | None], ...] = PHASES,
) -> Iterator[WantedCue]:
    """Yield the wish of each tick; what is wanted is granted and sounds."""
    contacts = list(_contacts(phases))
    told = 0
    last_step: StepEvent | None = None
    last_beat: Beat | None = None
    cue_spm: float | None = None
    for tick in range(round(DURATION_S / TICK_S)):
        t = tick * TICK_S
        new = [c for c in contacts[told:] if c + DELAY_S <= t]
        events = tuple(_step(told + k, c, start_ns) for k, c in enumerate(new))
        told += len(new)
        last_step = events[-1] if events else last_step
        wish = strategy.decide(
            CueInput(
                now_ns=after(start_ns, t),
                in_block_s=t,
                target_spm=105.0 if knows_target else None,
                baseline_spm=100.0 if knows_target else None,
                cadence=_cadence(t, phases, told, last_step, start_ns),
                new_steps=events,
                last_step=last_step,
                synchrony=_synchrony(t, told, cue_spm),
                last_beat=last_beat,
                cue_spm=cue_spm,
            )
        )
        yield wish
        cue_spm = wish.cadence_spm
        last_beat = _next_beat(last_beat, wish, after(start_ns, t))


def _contacts(phases: tuple[tuple[float, float | None], ...]) -> Iterator[float]:
    """Yield the instants of contacts, s."""
    ends = [begin for begin, _ in phases[1:]] + [DURATION_S]
    for (begin, spm), end in zip(phases, ends, strict=True):
        for k in range(0 if spm is None else int((end - begin) * spm / 60.0)):
            yield begin + k * 60.0 / (spm or 1.0)


def _step(index: int, contact_s: float, start_ns: EngineNs) -> StepEvent:
    side = Side.LEFT if index % 2 else Side.RIGHT
    ic_ns = after(start_ns, contact_s)
    return StepEvent(index, ic_ns, after(ic_ns, DELAY_S), side, 1.0, "contract")


def _cadence(
    t: float,
    phases: tuple[tuple[float, float | None], ...],
    told: int,
    last_step: StepEvent | None,
    start_ns: EngineNs,
) -> CadenceEstimate:
    """Return the true cadence as an estimator would tell it."""
    now_ns = after(start_ns, t)
    _, spm = [phase for phase in phases if phase[0] <= t][-1]
    if spm is None:
        return CadenceEstimate(now_ns, None, None, 0, 0.0, CadenceStatus.STANDING)
    if told < ANNOUNCED_AFTER_STEPS or last_step is None:
        return CadenceEstimate(now_ns, None, None, told, 0.0, CadenceStatus.SPARSE)
    next_ns = after(last_step.ic_ns, 60.0 / spm)
    return CadenceEstimate(now_ns, spm, 1.0, told, 5.0, CadenceStatus.STEADY, next_ns, 0.01)


def _synchrony(t: float, told: int, cue_spm: float | None) -> Synchrony:
    """Return a person who locks some seconds after the begin and is lost while standing."""
    if cue_spm is None or told < ANNOUNCED_AFTER_STEPS:
        return Synchrony(0, None, None, None, None, locked=False, locked_s=0.0)
    locked_s = max(0.0, t - LOCKED_AFTER_S)
    return Synchrony(16, 0.95, -0.03, 0.02, 0.1, locked=locked_s > 0, locked_s=locked_s)


def _next_beat(last: Beat | None, wish: WantedCue, now_ns: EngineNs) -> Beat | None:
    """Return the last beat placed when the wish is granted at once."""
    if wish.cadence_spm is None:
        return None
    period_s = 60.0 / wish.cadence_spm
    due_ns = now_ns if last is None else after(last.due_ns, period_s)
    if last is not None and due_ns > after(now_ns, 0.3):
        return last
    index = 0 if last is None else last.index + 1
    return Beat(index, due_ns, DacFrame(0), period_s, "click", False, -18.0, 0)


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads like assert
    if not condition:
        raise AssertionError(message)
