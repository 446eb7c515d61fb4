"""How full music is: what the programme says, and more while a person walks with the beat. Pure.

The reward comes and goes slowly, part after part, so that losing the beat is not punished by a
sudden hole in the music.
"""

from __future__ import annotations

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs, ProgramStep
from rascue.cue.base import Synchrony

REWARD = 0.25
"""Intensity added while the person walks with the beat: one or two parts more. Default."""

REWARD_AFTER_S = 5.0
"""... without a break for so long, s. Default, not evidence."""

REWARD_PER_S = 0.05
"""How fast it comes and goes, 1/s: 5 s from none to all. Default, not evidence."""

DIGITS = 2


class Fullness:
    """Follows one session."""

    def __init__(self) -> None:
        self._reward = 0.0
        self._last_ns: EngineNs | None = None

    def at(
        self, now_ns: EngineNs, step: ProgramStep, in_block_s: float, synchrony: Synchrony
    ) -> float:
        """Return the intensity of the music now, 0..1.

        Parameters
        ----------
        now_ns
            Not before the last call.
        step, in_block_s
            Block of the programme, and time since it began, s.
        synchrony
            How steps and beats go together.
        """
        passed_s = 0.0 if self._last_ns is None else seconds_between(self._last_ns, now_ns)
        self._last_ns = now_ns
        rewarded = synchrony.locked and synchrony.locked_s >= REWARD_AFTER_S
        change = REWARD_PER_S * passed_s * (1.0 if rewarded else -1.0)
        self._reward = min(max(self._reward + change, 0.0), REWARD)
        share = in_block_s / step.duration_s
        end = step.intensity if step.end_intensity is None else step.end_intensity
        planned = step.intensity + (end - step.intensity) * share
        return round(min(planned + self._reward, 1.0), DIGITS)
