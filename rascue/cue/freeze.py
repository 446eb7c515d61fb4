"""A cue in a freeze, or when steps stop coming: an option of any strategy (``freeze_cue = true``).

Source: freezing is answered within 0.26 s by the fastest published devices (FIELD [26]), 0.37 s by
insoles [27]; both see more than contacts. The freeze index cannot be that fast (windows of 2-6 s,
FIELD C10). Without a sensor on the leg the missing step itself is the sign.
Equation: with the usual interval ``D`` between contacts (median of the last eight), the cue begins
when no contact was announced for ``late_ratio * D + ANNOUNCED_WITHIN_S`` after the last one.
Deviations: a person who stops at will looks the same; the cue then sounds for ``cue_s`` and falls
silent until steps return.
Where a sensor on the leg tells freezing itself (``rascue.steps.freezing``), its flag takes the
place of the missing step: then a person who stops at will hears nothing.
Needs: detected steps. Any output.
"""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import replace

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, GaitSign, Reason
from rascue.cue.base import CueInput, CueStrategy, StrategyNeeds, WantedCue

LATE_RATIO = 1.15
"""A step later than this many usual intervals is missing. Default, not evidence: the scatter of
step times is 3-5 % in most people (FIELD C9)."""

ANNOUNCED_WITHIN_S = 0.15
"""Longest time from a contact to its announcement (ARCHITECTURE 3)."""

CUE_S = 8.0
"""Longest cue for one freeze, s; most episodes are shorter. Default, not evidence."""

STEPS_TO_END = 6
"""Contacts after which the person walks again. Default, not evidence."""

_SEEN = ("freezing", "The leg trembles in place")
_MISSING = ("step_missing", "A step is missing")

CONTACTS_KEPT = 8
CONTACTS_MIN = 4


class FreezeCue:
    """Lets another strategy decide, but sounds a cue in a freeze.

    Parameters
    ----------
    around
        The strategy that decides while the person walks.
    """

    def __init__(self, around: CueStrategy) -> None:
        self.around = around
        self._intervals_s: deque[float] = deque(maxlen=CONTACTS_KEPT)
        self._last_ns: EngineNs | None = None
        self._frozen_ns: EngineNs | None = None
        self._steps_since = 0

    @property
    def name(self) -> str:
        """Name of the strategy around which it stands."""
        return self.around.name

    @property
    def needs(self) -> StrategyNeeds:
        """As the other strategy, and steps."""
        return replace(self.around.needs, steps=True)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the other strategy's wish, or a cue while steps are missing."""
        self._take(now)
        wish = self.around.decide(now)
        if self._is_frozen(now) and (self._frozen_ns is None or self._steps_since > 0):
            self._frozen_ns = now.now_ns
            self._steps_since = 0
        if self._frozen_ns is None:
            return wish
        tempo_spm = wish.cadence_spm or now.baseline_spm or now.target_spm
        if tempo_spm is None or seconds_between(self._frozen_ns, now.now_ns) > CUE_S:
            return wish
        code, what = _SEEN if now.sees_freezing else _MISSING
        text = f"{what}: the cue helps at {tempo_spm:.0f} steps/min."
        reason = Reason(code, text, None, tempo_spm)
        return WantedCue(tempo_spm, wish.align_to_ns, (reason, *wish.reasons))

    def _take(self, now: CueInput) -> None:
        """Take contacts; enough of them end a freeze."""
        for step in now.new_steps:
            if self._last_ns is not None and self._frozen_ns is None:
                self._intervals_s.append(seconds_between(self._last_ns, step.ic_ns))
            self._last_ns = step.ic_ns
            self._steps_since += 1
            if self._steps_since >= STEPS_TO_END:
                self._frozen_ns = None

    def _is_frozen(self, now: CueInput) -> bool:
        """Whether the leg trembles or, without a sensor that sees it, a step is missing."""
        return GaitSign.FREEZE in now.signs if now.sees_freezing else self._misses_step(now)

    def _misses_step(self, now: CueInput) -> bool:
        """Whether a step should have been announced by now."""
        if self._last_ns is None or len(self._intervals_s) < CONTACTS_MIN:
            return False
        usual_s = statistics.median(self._intervals_s)
        silent_s = seconds_between(self._last_ns, now.now_ns)
        return silent_s > LATE_RATIO * usual_s + ANNOUNCED_WITHIN_S
