"""Hearing a sound before it is chosen: the same cap, a stop that ends it, nothing left behind."""

from __future__ import annotations

import pytest

from rascue.audio.hearing_dose import UNCALIBRATED_MAX_DBFS
from rascue.core.events import FadeAll, MakeReady, ScheduleBeat
from rascue.session.preview import FIRST_INDEX, LENGTH_S, NOTICE_S
from tests.unit.session.rig import Rig, a_program, beats, cued, picked
from tests.unit.session.test_hearing import audible

HEAR = {
    "sound": "folk:d-minor", "accent_every": 4, "intensity": 0.8, "cue_spm": 110.0,
    "level_dbfs": -18.0,
}  # fmt: skip


def scheduled(effects):
    return [effect.beat for effect in picked(effects, ScheduleBeat)]


def test_beats_are_heard_for_a_while_and_then_no_more():
    rig = Rig().ready()
    effects = rig.ask("preview", **HEAR)
    assert picked(effects, MakeReady) == [MakeReady(("folk:d-minor",))]
    assert rig.engine.view().preview == "folk:d-minor"
    heard = scheduled(rig.run(NOTICE_S + LENGTH_S + 2))
    assert len(heard) == pytest.approx(LENGTH_S * 110 / 60, abs=2)
    assert {(b.sound, b.level_dbfs, b.intensity) for b in heard} == {("folk:d-minor", -18.0, 0.8)}
    assert [b.index for b in heard] == list(range(FIRST_INDEX, FIRST_INDEX + len(heard)))
    assert rig.engine.view().preview == ""
    assert rig.out.peaks[-1][1] == 0.0


def test_stop_ends_it_at_once():
    rig = Rig().ready()
    rig.ask("preview", **HEAR)
    rig.run(NOTICE_S + 2)
    assert picked(rig.ask("stop"), FadeAll)
    before = len(rig.out.peaks)
    assert scheduled(rig.run(5)) == []
    assert max(peak for _, peak in rig.out.peaks[before + 1 :]) == 0.0


def test_it_is_as_loud_as_a_session_may_be_and_no_louder():
    rig = audible(Rig()).ready()
    rig.ask("preview", **{**HEAR, "level_dbfs": 0.0})
    assert {b.level_dbfs for b in scheduled(rig.run(5))} == {UNCALIBRATED_MAX_DBFS}


def test_a_tempo_outside_the_limits_is_brought_inside():
    rig = Rig().ready()
    rig.ask("preview", **{**HEAR, "cue_spm": 180.0})
    heard = scheduled(rig.run(8))
    assert heard[1].interval_s >= rig.config.limits.interval_min_s


def test_a_session_silences_it_and_begins_clean():
    rig = Rig().ready()
    rig.ask("preview", **HEAR)
    rig.run(NOTICE_S + 1)
    effects = rig.ask("start", program=a_program(cued(60)), subject_code="P1", session_id="s")
    assert picked(effects, FadeAll)
    later = rig.run(5)
    assert {beat.index for beat in scheduled(later)} == {beat.index for beat in beats(later)}


def test_it_is_refused_in_a_session_without_an_output_and_for_unknown_sounds():
    refused = Rig().begin(cued(60)).answer("preview", **HEAR)
    assert "end it first" in refused.text
    assert "does not run yet" in Rig().answer("preview", **HEAR).text
    unknown = Rig().ready().answer("preview", **{**HEAR, "sound": "bel"})
    assert 'unknown sound "bel"' in unknown.text
    assert "bell" in unknown.text
