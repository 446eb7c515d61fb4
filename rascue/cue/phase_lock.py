"""Beat on every step: tempo follows the person, and the phase is servoed to the steps.

Source: D-Jogger strategy 4 (Moens 2014, FIELD [17], C5); placing the beat earlier or later than
people put it by themselves pulls cadence down or up in runners (Buhmann 2018, FIELD [19]): in
patients this is experimental.
Equation: tempo as ``follow``; with lag ``phi`` of steps behind beats (mean of a stride, deg), the
next beat moves by ``gain * wrap(phi + offset_deg) / 360`` of the interval, at most 3 %.
Deviations: the playback rate of a song is not touched; beats are moved. The lag is that of a
stride, so beats do not alternate in asymmetric gait.
Needs: detected steps; spread of output latency up to 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from rascue.cue.base import CueInput, StrategyNeeds, WantedCue
from rascue.cue.phase_servo import PhaseServo
from rascue.cue.phase_start import PhaseStart, PhaseStartParams

BAND_PCT = 1.0
"""Change of the person's tempo that moves the cue's; the phase servo bridges the rest. Default."""


@dataclass(frozen=True, slots=True)
class PhaseLockParams:
    """Parameters of ``phase_lock``; all are defaults, not evidence.

    Parameters
    ----------
    gain
        Share of the phase error answered by each beat.
    offset_deg
        Where beats fall against steps, deg; positive: the beat comes later than the step.
    strides, slower_pct, faster_pct
        As in ``follow``.
    """

    gain: Annotated[float, Interval(ge=0, le=0.6)] = 0.3
    offset_deg: Annotated[float, Interval(ge=-90, le=90)] = 15.0
    strides: Annotated[int, Interval(ge=1, le=20)] = 4
    slower_pct: Annotated[float, Interval(ge=0, le=25)] = 10.0
    faster_pct: Annotated[float, Interval(ge=0, le=25)] = 0.0


class PhaseLock:
    """Keeps beats on steps."""

    params_type = PhaseLockParams

    def __init__(self, params: PhaseLockParams) -> None:
        self.params = params
        self._servo = PhaseServo()
        self._start = PhaseStart(
            PhaseStartParams(
                strides=params.strides,
                band_pct=BAND_PCT,
                slower_pct=params.slower_pct,
                faster_pct=params.faster_pct,
            )
        )

    @property
    def name(self) -> str:
        """Registered name."""
        return "phase_lock"

    @property
    def needs(self) -> StrategyNeeds:
        """Steps, and an output that sounds when it is told to."""
        return StrategyNeeds(steps=True, output_latency_sd_max_s=0.005)

    def decide(self, now: CueInput) -> WantedCue:
        """Return the person's tempo and where the next beat should fall."""
        wish = self._start.decide(now)
        if self._servo.update(now):
            self._servo.answer(self.params.gain, -self.params.offset_deg)
        if wish.cadence_spm is None or now.last_beat is None:
            return wish
        reference_spm = now.target_spm or now.baseline_spm or wish.cadence_spm
        fastest_spm = reference_spm * (1.0 + self.params.faster_pct / 100.0)
        align_to_ns = self._servo.next_beat_ns(now, wish.cadence_spm, fastest_spm)
        return WantedCue(wish.cadence_spm, align_to_ns, wish.reasons)
