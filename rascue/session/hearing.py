"""Hearing safety of one session: what was heard, and how loud the rest may be (R2). Pure.

The sound is turned down in time, so that what is left of the allowance lasts to the end of the
programme; only when that would make it useless does it fade away. All of it reaches the cue as
tighter limits, which the guard applies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rascue.audio.exposure import beat_tone_s, mean_tone_s
from rascue.audio.hearing_dose import (
    SESSION_SHARE_MAX,
    UNCALIBRATED_OFFSET_DB,
    level_max_dbfs,
    level_that_lasts_dba,
    share_of_week,
    soft_start_dbfs,
)
from rascue.core.clock import seconds_between
from rascue.core.events import AudioStatus
from rascue.core.limits import CueLimits
from rascue.core.types import Beat, EngineNs, SoundDose
from rascue.cue.guard import LEVEL_FLOOR_DBFS

LAST_S = 60.0
"""However little of the programme is left, the allowance must last for so long, s. Default: it
keeps the level even when a person prolongs the session, and a fade within the allowance."""

USELESS_DB = 15.0
"""A cue this far below the level asked for is no help; it fades instead. Default."""

LOWERED_DB = 0.5
"""A difference that is worth a word, dB. Default."""

RECORD_EVERY_S = 10.0
"""What a power cut may take from the account, s of sound. Default."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the cue asks of the ears from now on.

    Parameters
    ----------
    level_dbfs
        Peak level that programme and person ask for, dB re full scale.
    sound, intensity
        What a beat sounds like.
    cue_spm
        Beats a minute.
    left_s
        Cued time left in the programme, s.
    sounding_s
        Time since the last silence, s; 0 when silent.
    """

    level_dbfs: float
    sound: str
    intensity: float
    cue_spm: float
    left_s: float
    sounding_s: float


class Hearing:
    """The account of one person's ears.

    Parameters
    ----------
    reference_dba
        Level that may be heard for 40 hours a week, dB(A).
    week_share
        Share of the week's dose that was used before this session.
    """

    def __init__(self, reference_dba: float, week_share: float) -> None:
        self._reference_dba = reference_dba
        self._week_share = week_share
        self._session_share = 0.0
        self._recorded_share = 0.0
        self._recorded_ns: EngineNs | None = None
        self._output: AudioStatus | None = None
        self._tightened: tuple[CueLimits, CueLimits] | None = None
        self._cap_dbfs = math.inf
        self._asked_dbfs = -math.inf
        self.is_spent = False
        """Whether what was left did not allow a useful cue any more; for the rest of the session,
        so that no beat returns by itself."""

    def take_output(self, output: AudioStatus) -> None:
        """Take what the sound output is now: it may have been exchanged."""
        self._output = output

    def heard(self, beat: Beat) -> None:
        """Count a beat that has sounded; nobody hears an output that is not audible."""
        if self._audible:
            tone_s = beat_tone_s(beat.sound, beat.index, beat.intensity, beat.interval_s)
            level_dba = beat.level_dbfs + self._offset_db
            self._session_share += share_of_week(tone_s, level_dba, self._reference_dba)

    def tightened(self, limits: CueLimits, demand: Demand) -> CueLimits:
        """Return the limits with the level that ears may have now."""
        soft_dbfs = soft_start_dbfs(demand.level_dbfs, demand.sounding_s)
        highest = min(limits.level_max_dbfs, soft_dbfs)
        if self._audible:
            self._asked_dbfs = min(demand.level_dbfs, self._loudest_dbfs(limits))
            self._cap_dbfs = self._lasting_dbfs(demand)
            self.is_spent |= self._asked_dbfs - self._cap_dbfs > USELESS_DB
            highest = min(highest, self._loudest_dbfs(limits), self._cap_dbfs)
        return self._with_level(limits, max(highest, LEVEL_FLOOR_DBFS))

    @property
    def lowered_db(self) -> float:
        """By how much the sound is turned down for the ears' sake, dB; 0 when it is not."""
        lowered = self._asked_dbfs - self._cap_dbfs
        return lowered if lowered > LOWERED_DB else 0.0

    def state(self, now_ns: EngineNs) -> SoundDose:
        """Return the account at this instant."""
        return SoundDose(
            at_ns=now_ns,
            session_share=self._session_share,
            week_share=self._week_share + self._session_share,
            audible=self._audible,
            level_offset_db=self._output.level_offset_db if self._output else None,
        )

    def news(self, now_ns: EngineNs, *, at_once: bool = False) -> list[SoundDose]:
        """Return the account when it is time to write it down."""
        if self._session_share == self._recorded_share:
            return []
        last_ns = self._recorded_ns
        early = last_ns is not None and seconds_between(last_ns, now_ns) < RECORD_EVERY_S
        if early and not at_once:
            return []
        self._recorded_share, self._recorded_ns = self._session_share, now_ns
        return [self.state(now_ns)]

    def _with_level(self, limits: CueLimits, level_dbfs: float) -> CueLimits:
        """Return the limits with this level: the last ones again while nothing changes."""
        if self._tightened is not None:
            given, tightened = self._tightened
            if given is limits and tightened.level_max_dbfs == level_dbfs:
                return tightened
        tightened = replace(limits, level_max_dbfs=level_dbfs)
        self._tightened = limits, tightened
        return tightened

    @property
    def _audible(self) -> bool:
        return self._output is not None and self._output.audible

    @property
    def _offset_db(self) -> float:
        known = self._output.level_offset_db if self._output else None
        return UNCALIBRATED_OFFSET_DB if known is None else known

    def _loudest_dbfs(self, limits: CueLimits) -> float:
        known = self._output.level_offset_db if self._output else None
        return level_max_dbfs(known, limits.level_max_dbfs)

    def _lasting_dbfs(self, demand: Demand) -> float:
        """Return the peak level at which the rest of the programme uses what is left."""
        left = min(
            SESSION_SHARE_MAX - self._session_share,
            1.0 - self._week_share - self._session_share,
        )
        interval_s = 60.0 / demand.cue_spm
        beats = max(demand.left_s, LAST_S) / interval_s
        tone_s = beats * mean_tone_s(demand.sound, demand.intensity, interval_s)
        return level_that_lasts_dba(left, tone_s, self._reference_dba) - self._offset_db
