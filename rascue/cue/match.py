"""Meet and lead: begin at the person's tempo and phase, then lead to the target in small steps.

Source: isoprinciple of music therapy; raising the tempo only while entrained and easing it
otherwise is the published shape of InTandem (FIELD 1.1 [2][4][5]); finding the beat is hard and
keeping it is easy, hence the start in phase (D-Jogger, FIELD [17]).
Equation: lead tempo ``c`` (steps/min), start ``c0``, target ``c1``. Each time the person was locked
for ``dwell_s`` since the last move: ``c <- c + sign(c1 - c0) * step_pct / 100 * c0``, not beyond
``c1``. Each time the person was not locked for ``patience_s``: one such step back, not beyond
``c0``.
Needs: detected steps. Any output; an unknown latency only moves the phase of the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.core.clock import seconds_between
from rascue.core.types import CadenceStatus, EngineNs, Reason
from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.contact import beat_on_contact_ns
from rascue.cue.meeting import meeting_spm

_WAITING = Reason("waiting_for_steps", "The cue waits until the person walks evenly.")


@dataclass(frozen=True, slots=True)
class MatchParams:
    """Parameters of ``match``; all are defaults, not evidence, but where a source is named.

    Parameters
    ----------
    hold_s
        Time at the person's own tempo before the lead begins, s, if locked by then.
    step_pct
        Size of one step toward the target, % of the own tempo; changes up to 3 % go unnoticed
        (FIELD [21]).
    dwell_s
        Time locked on one step before the next one, s.
    patience_s
        Time not locked before the lead goes one step back, s.
    offset_s
        Where the first beat falls against a contact, s; positive is later. Footfalls come
        before the beat by some 20-60 ms (FIELD 2.6, general knowledge): a beat placed there is
        found at once.
    """

    hold_s: Annotated[float, Interval(ge=0, le=300)] = 8.0
    step_pct: Annotated[float, Interval(ge=0.1, le=3)] = 1.0
    dwell_s: Annotated[float, Interval(ge=1, le=300)] = 4.0
    patience_s: Annotated[float, Interval(ge=5, le=300)] = 20.0
    offset_s: Annotated[float, Interval(ge=-0.2, le=0.2)] = 0.03


class Match:
    """Leads a person who follows, and waits for one who does not."""

    params_type = MatchParams

    def __init__(self, params: MatchParams) -> None:
        self.params = params
        self._own_spm: float | None = None
        self._lead_spm = 0.0
        self._moved_ns = self._met_ns = EngineNs(0)
        self._loose_since_ns: EngineNs | None = None
        self._last_move = Reason("", "")

    @property
    def name(self) -> str:
        """Registered name."""
        return "match"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps."""
        return StrategyNeeds(steps=True)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the tempo of the lead; silence until the person's tempo is known."""
        if self._own_spm is None:
            return self._meet(now)
        self._watch_lock(now)
        if self._may_advance(now):
            self._move(now, forward=True)
        elif self._must_retreat(now):
            self._move(now, forward=False)
        return WantedCue(self._lead_spm, None, (self._last_move,))

    def _meet(self, now: CueInput) -> WantedCue:
        """Begin at the person's tempo, with a beat on a step."""
        met_spm = meeting_spm(now)
        if met_spm is None:
            return WantedCue(None, None, (_WAITING,))
        self._own_spm = now.baseline_spm or met_spm
        self._lead_spm = met_spm
        self._moved_ns = self._met_ns = now.now_ns
        text = f"Met the person at {met_spm:.0f} steps/min."
        self._last_move = Reason("met", text, None, met_spm)
        align_to_ns = beat_on_contact_ns(now, self.params.offset_s)
        return WantedCue(met_spm, align_to_ns, (self._last_move,))

    def _watch_lock(self, now: CueInput) -> None:
        """Keep since when the person walks and is not locked."""
        if now.synchrony.locked or now.cadence.status is CadenceStatus.STANDING:
            self._loose_since_ns = None
        elif self._loose_since_ns is None:
            self._loose_since_ns = now.now_ns

    def _may_advance(self, now: CueInput) -> bool:
        """Whether the person was locked long enough on this step."""
        at_start = self._moved_ns == self._met_ns
        dwell_s = max(self.params.hold_s, self.params.dwell_s) if at_start else self.params.dwell_s
        return (
            now.synchrony.locked
            and now.synchrony.locked_s >= self.params.dwell_s
            and seconds_between(self._moved_ns, now.now_ns) >= dwell_s
        )

    def _must_retreat(self, now: CueInput) -> bool:
        """Whether the person was not locked for too long, since the last step back as well."""
        if self._loose_since_ns is None:
            return False
        since_ns = max(self._loose_since_ns, self._moved_ns)
        return seconds_between(since_ns, now.now_ns) >= self.params.patience_s

    def _move(self, now: CueInput, *, forward: bool) -> None:
        """Take one step toward the target or back toward the own tempo."""
        own_spm = self._own_spm or 0.0
        goal_spm = own_spm if not forward or now.target_spm is None else now.target_spm
        step_spm = self.params.step_pct / 100.0 * own_spm
        before = self._lead_spm
        self._lead_spm += max(-step_spm, min(step_spm, goal_spm - before))
        self._moved_ns = now.now_ns
        if self._lead_spm != before:
            self._last_move = _told(now, before, self._lead_spm, forward=forward)


def _told(now: CueInput, before: float, lead_spm: float, *, forward: bool) -> Reason:
    """Say why the lead moved."""
    if not forward:
        text = f"Eased to {lead_spm:.0f}: the person is not on the beat."
        return Reason("eased", text, before, lead_spm)
    word = "Raised" if lead_spm > before else "Lowered"
    consistency = now.synchrony.consistency_r or 0.0
    text = (
        f"{word} to {lead_spm:.0f}: locked for {now.synchrony.locked_s:.0f} s, R {consistency:.2f}."
    )
    return Reason("led", text, before, lead_spm)
