"""What ears may have: counted from beats that sounded, turned down in time, ended calmly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from rascue.audio.hearing_dose import (
    LOUDEST_DBA,
    SESSION_SHARE_MAX,
    SOFT_START_DB,
    SOFT_START_S,
    UNCALIBRATED_MAX_DBFS,
)
from rascue.core.faults import FaultCode
from rascue.core.limits import HARD_LIMITS
from rascue.core.types import AudioState, Beat, DacFrame, EngineNs, SoundDose
from rascue.session.hearing import LAST_S, RECORD_EVERY_S, Demand, Hearing
from tests.unit.session.rig import AudioStatus, Rig, beats, cued, picked, uncued

DEMAND = Demand(-18.0, "folk", 1.0, 120.0, 1800.0, sounding_s=60.0)


def output(*, audible: bool = True, offset_db: float | None = 100.0) -> AudioStatus:
    return AudioStatus(
        EngineNs(0), AudioState.RUNNING, None, (), 0, 0.0, 0.0,
        audible=audible, level_offset_db=offset_db,
    )  # fmt: skip


def a_beat(level_dbfs: float, index: int = 0, sound: str = "folk") -> Beat:
    return Beat(index, EngineNs(0), DacFrame(0), 0.5, sound, False, level_dbfs, 0, 1.0)


def listening(week_share: float = 0.0, **of_output) -> Hearing:
    hearing = Hearing(80.0, week_share)
    hearing.take_output(output(**of_output))
    return hearing


def session_through(hearing: Hearing, demand: Demand, seconds: float) -> list[float]:
    """Let a session run at the highest level it may have; return the level of each beat.

    Once the allowance is spent it goes on for the longest fade, at full level.
    """
    levels: list[float] = []
    more_s = HARD_LIMITS.fade_s
    for index in range(round(seconds * demand.cue_spm / 60)):
        left_s = max(0.0, demand.left_s - index * 60 / demand.cue_spm)
        limits = hearing.tightened(HARD_LIMITS, replace(demand, left_s=left_s))
        more_s -= 60 / demand.cue_spm if hearing.is_spent else 0.0
        if more_s <= 0:
            break
        level = min(demand.level_dbfs, limits.level_max_dbfs)
        hearing.heard(a_beat(level, index, demand.sound))
        levels.append(level)
    return levels


def test_a_usual_session_is_not_touched() -> None:
    hearing = listening()
    assert set(session_through(hearing, DEMAND, 1800)) == {-18.0}
    assert hearing.lowered_db == 0.0
    assert 0 < hearing.state(EngineNs(0)).session_share < SESSION_SHARE_MAX


@pytest.mark.parametrize("week_share", [0.0, 0.5, 0.95, 0.999])
@pytest.mark.parametrize("offset_db", [85.0, 100.0, 118.0, None])
def test_the_allowance_is_never_exceeded_however_loud_and_long(
    week_share: float, offset_db: float | None
) -> None:
    hearing = listening(week_share, offset_db=offset_db)
    demand = replace(DEMAND, level_dbfs=0.0, left_s=600.0)
    session_through(hearing, demand, 2 * 600)  # twice as long as was planned
    state = hearing.state(EngineNs(0))
    assert state.session_share < SESSION_SHARE_MAX
    assert state.week_share < 1.0


def test_it_is_turned_down_evenly_and_lasts_to_the_end() -> None:
    hearing = listening(0.999, offset_db=95.0)
    levels = session_through(hearing, replace(DEMAND, level_dbfs=-10.0), 1750)
    assert hearing.lowered_db > 0
    assert not hearing.is_spent
    assert max(levels) < -10.0
    assert max(abs(late - early) for early, late in pairwise(levels)) < 0.2


def test_what_would_be_useless_ends_and_does_not_return_by_itself() -> None:
    hearing = listening(0.99999)
    hearing.tightened(HARD_LIMITS, DEMAND)
    assert hearing.is_spent
    hearing.tightened(HARD_LIMITS, replace(DEMAND, level_dbfs=-50.0, left_s=LAST_S))
    assert hearing.is_spent


def test_an_output_that_nobody_measured_has_the_conservative_cap() -> None:
    limits = listening(offset_db=None).tightened(HARD_LIMITS, replace(DEMAND, level_dbfs=0.0))
    assert limits.level_max_dbfs <= UNCALIBRATED_MAX_DBFS
    loud = listening(offset_db=100.0).tightened(HARD_LIMITS, replace(DEMAND, level_dbfs=0.0))
    assert loud.level_max_dbfs + 100.0 <= LOUDEST_DBA


def test_what_nobody_hears_is_not_counted_and_not_bound() -> None:
    hearing = listening(1.5, audible=False)
    limits = hearing.tightened(HARD_LIMITS, replace(DEMAND, level_dbfs=0.0))
    assert limits.level_max_dbfs == HARD_LIMITS.level_max_dbfs
    hearing.heard(a_beat(-6.0))
    assert hearing.news(EngineNs(0), at_once=True) == []


def test_limits_are_only_ever_tightened() -> None:
    tight = replace(HARD_LIMITS, level_max_dbfs=-30.0)
    assert listening().tightened(tight, DEMAND) == replace(tight)


def test_the_account_is_written_down_now_and_then() -> None:
    hearing = listening()
    told: list[SoundDose] = []
    for second in range(25):
        hearing.heard(a_beat(-18.0, second))
        told += hearing.news(EngineNs(second * 10**9))
    assert [dose.at_ns // 10**9 for dose in told] == [0, RECORD_EVERY_S, 2 * RECORD_EVERY_S]
    assert told[0].session_share < told[1].session_share < told[2].session_share


# --- in the engine -----------------------------------------------------------------------------


def audible(rig: Rig, offset_db: float | None = None) -> Rig:
    """Let the output of a rig be one that can be heard."""
    poll = rig.out.poll
    rig.out.poll = lambda now_ns: replace(  # type: ignore[method-assign]
        poll(now_ns), audible=True, level_offset_db=offset_db
    )
    return rig


def test_after_each_silence_the_sound_begins_softly() -> None:
    rig = Rig().begin(cued(10), uncued("rest", 5), cued(10))
    heard = beats(rig.run(30))
    for begin_s in (0.0, 15.0):
        part = [b for b in heard if begin_s <= rig.seconds(b.due_ns) - 0.5 < begin_s + 9.5]
        assert part[0].level_dbfs == pytest.approx(-18.0 - SOFT_START_DB, abs=1.0)
        assert part[-1].level_dbfs == -18.0
        late = [b for b in part if rig.seconds(b.due_ns) - begin_s > SOFT_START_S + 1.5]
        assert {b.level_dbfs for b in late} == {-18.0}


def test_a_session_counts_what_was_heard_and_says_so_at_its_end() -> None:
    rig = audible(Rig()).begin(cued(25, sound="folk"))
    doses = picked(rig.run(30), SoundDose)
    assert len(doses) >= 3
    assert doses[-1].session_share > doses[0].session_share > 0
    assert doses[-1].level_offset_db is None


def test_a_week_that_is_nearly_used_up_lets_the_beat_fade_with_a_word() -> None:
    rig = audible(Rig()).ready()
    assert rig.start(cued(60, sound="folk"), hearing_used=0.9999999).ok
    rig.run(10)
    assert FaultCode.SOUND_SPENT in rig.faults
    assert rig.state == "silent"
    levels = [b.level_dbfs for b in beats([e for _, effects in rig.log for e in effects])]
    assert all(later <= earlier + 12.0 for earlier, later in pairwise(levels))
    rig.ask("end")
    rig.run(2)
    assert FaultCode.SOUND_SPENT not in rig.faults


def test_a_loud_session_after_a_loud_week_is_turned_down_with_a_word() -> None:
    rig = audible(Rig(), 95.0).ready()
    assert rig.start(cued(600, sound="ballad", level_dbfs=-10), hearing_used=0.9995).ok
    rig.run(10)
    assert FaultCode.SOUND_LOWERED in rig.faults
    assert rig.state == "cueing"


def test_nothing_begins_when_the_week_is_used_up_unless_nobody_hears_it() -> None:
    rig = audible(Rig()).ready()
    refused = rig.start(cued(60), hearing_used=1.0)
    assert not refused.ok
    assert "seven days" in refused.text
    assert Rig().ready().start(cued(60), hearing_used=1.0).ok
