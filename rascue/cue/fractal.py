"""Living pulse: 1/f modulation of the intervals of another strategy.

Source: fractal metronomes restore persistence of stride times where an isochronous cue removes it
(Marmelat 2014, FIELD [82]); in Parkinson's disease most where it was lowest (FIELD [84]); the
modulation alone did not retrain walking, mutual adaptation did (Uchitomi 2013, FIELD [16]), so it
is an option and no default.
Equation: ``T[k] = T * (1 + cv_pct / 100 * x[k])`` with ``x`` of SD 1, scaling ``alpha``, clipped at
3 SD (FIELD C11).
Deviations: each interval is changed by shifting its beat, since a beat may be moved further than
a tempo may change; the bound on phase steps then limits it to 5 %.
Needs: what the strategy around which it plays needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from rascue.core.clock import after
from rascue.core.types import EngineNs
from rascue.cue.base import CueInput, CueStrategy, StrategyNeeds, WantedCue
from rascue.cue.fixed import Fixed, FixedParams
from rascue.cue.match import Match, MatchParams
from rascue.cue.mutual import Mutual, MutualParams
from rascue.cue.pink_noise import fractal_noise

BEATS = 1024
"""Length of the sequence before it repeats, about ten minutes: at least 512 (FIELD C11)."""


@dataclass(frozen=True, slots=True)
class FractalParams:
    """Parameters of ``fractal``.

    Parameters
    ----------
    around
        Strategy whose beats are modulated, with its default parameters.
    cv_pct
        SD of the intervals, % (1-2: FIELD C11).
    alpha
        Scaling exponent (0.8-1.0: FIELD C11).
    seed
        Chooses the sequence.
    """

    around: Literal["fixed", "match", "mutual"] = "fixed"
    cv_pct: Annotated[float, Interval(ge=0, le=2)] = 1.5
    alpha: Annotated[float, Interval(ge=0.5, le=1.2)] = 0.9
    seed: Annotated[int, Interval(ge=0, le=2**31)] = 1


class Fractal:
    """Modulates another strategy."""

    params_type = FractalParams

    def __init__(self, params: FractalParams) -> None:
        self.params = params
        self._around = _strategy(params.around)
        self._x = fractal_noise(BEATS, params.alpha, params.seed)

    @property
    def name(self) -> str:
        """Registered name."""
        return "fractal"

    @property
    def needs(self) -> StrategyNeeds:
        """As the strategy around which it plays."""
        return self._around.needs

    def decide(self, now: CueInput) -> WantedCue:
        """Return the other strategy's wish with the next beat moved a little."""
        wish = self._around.decide(now)
        if wish.cadence_spm is None or now.last_beat is None:
            return wish
        period_s = 60.0 / (now.cue_spm or wish.cadence_spm)
        nominal_ns = wish.align_to_ns or after(now.last_beat.due_ns, period_s)
        x = float(self._x[(now.last_beat.index + 1) % BEATS])
        align_to_ns: EngineNs = after(nominal_ns, period_s * self.params.cv_pct / 100.0 * x)
        return WantedCue(wish.cadence_spm, align_to_ns, wish.reasons)


def _strategy(name: str) -> CueStrategy:
    """Return the strategy around which to play."""
    if name == "match":
        return Match(MatchParams())
    return Mutual(MutualParams()) if name == "mutual" else Fixed(FixedParams())
