"""Blocks of several sensors become contacts, strides and one cadence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rascue.core.clock import after
from rascue.core.errors import WrongUse
from rascue.core.types import (
    CadenceStatus,
    EngineNs,
    GaitFlag,
    GaitSign,
    ImuBlock,
    Placement,
    Side,
    SourceInfo,
    StepEvent,
    StrideRecord,
    StrideTravel,
)
from rascue.session.pipeline import Pipeline
from rascue.simulate.person import SimulatedPerson
from rascue.simulate.scenario import load_scenario
from tests.unit.session.rig import START_NS, WALK, still

GAP_S = 0.15


def fed(pipeline: Pipeline, numbers: range, later_s: float = 0.0) -> list[object]:
    """Feed blocks of the recorded walk; return all they revealed."""
    return [found for k in numbers for found in pipeline.feed(moved(WALK.block(k), later_s))]


def moved(block: ImuBlock, later_s: float) -> ImuBlock:
    return replace(block, t_ns=block.t_ns + np.int64(round(later_s * 1e9)))


def test_a_walk_gives_steps_strides_and_a_cadence():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    found = fed(pipeline, range(1, 401))
    steps = [event for event in found if isinstance(event, StepEvent)]
    strides = [event for event in found if isinstance(event, StrideRecord)]
    estimate = pipeline.estimate(after(START_NS, 20.0))
    assert 25 < len(steps) < 45
    assert len(strides) > 15
    assert estimate.cadence_spm == pytest.approx(60 * len(steps) / 20, rel=0.1)


def test_the_cadence_is_that_of_the_strides():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    strides = [event for event in fed(pipeline, range(1, 401)) if isinstance(event, StrideRecord)]
    mean_s = np.mean([stride.stride_time_s for stride in strides])
    assert pipeline.estimate(after(START_NS, 20.0)).cadence_spm == pytest.approx(
        120 / mean_s, rel=0.05
    )


def test_shifting_time_shifts_the_events_and_nothing_else():
    first = fed(Pipeline(WALK.infos, "", GAP_S), range(1, 201))
    second = fed(Pipeline(WALK.infos, "", GAP_S), range(1, 201), later_s=3600.0)
    shift_ns = 3600 * 10**9
    assert [event.ic_ns + shift_ns for event in first if isinstance(event, StepEvent)] == [
        event.ic_ns for event in second if isinstance(event, StepEvent)
    ]
    assert len(first) == len(second) > 10


def test_no_stride_spans_a_gap():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    fed(pipeline, range(1, 201))
    found = fed(pipeline, range(201, 401), later_s=0.5)
    begin_ns = after(START_NS, 10.0)
    strides = [event for event in found if isinstance(event, StrideRecord)]
    assert strides
    assert all(stride.ic_ns >= begin_ns for stride in strides)


def test_a_sensor_at_rest_after_a_walk_means_standing():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    fed(pipeline, range(1, 201))
    for k in range(201, 301):
        pipeline.feed(still(WALK.block(k)))
    assert pipeline.estimate(after(START_NS, 15.0)).status is CadenceStatus.STANDING


def test_without_samples_the_cadence_stays_as_it_was_known():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    fed(pipeline, range(1, 201))
    known = pipeline.estimate(after(START_NS, 10.0))
    later = pipeline.estimate(after(START_NS, 20.0))
    assert known.status is CadenceStatus.STEADY
    assert replace(later, at_ns=known.at_ns) == known


def test_before_the_first_step_nothing_is_known():
    estimate = Pipeline(WALK.infos, "", GAP_S).estimate(EngineNs(0))
    assert (estimate.status, estimate.cadence_spm) == (CadenceStatus.SPARSE, None)


def test_the_last_sample_of_each_sensor_is_remembered():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    name = WALK.infos[0].source_id
    assert pipeline.last_sample_ns(name) is None
    fed(pipeline, range(1, 3))
    assert pipeline.last_sample_ns(name) == WALK.block(2).last_ns


def test_two_feet_give_both_sides_and_one_cadence():
    scenario = load_scenario("demo")
    feet = replace(scenario, placements=(Placement.LEFT_FOOT, Placement.RIGHT_FOOT))
    person = SimulatedPerson(feet, seed=1, start_ns=START_NS)
    pipeline = Pipeline(person.infos, "", GAP_S)
    steps = []
    for tick in range(1, 401):
        for sensor in range(2):
            block = person.block(sensor, after(START_NS, 0.05 * tick))
            assert block is not None
            steps += [e for e in pipeline.feed(block) if isinstance(e, StepEvent)]
    sides = [step.side for step in steps]
    assert abs(sides.count(Side.LEFT) - sides.count(Side.RIGHT)) <= 2
    estimate = pipeline.estimate(after(START_NS, 20.0))
    assert estimate.cadence_spm == pytest.approx(60 * len(steps) / 20, rel=0.1)


def test_an_unknown_detector_is_refused_with_the_nearest():
    with pytest.raises(WrongUse, match="lower_bak"):
        Pipeline(WALK.infos, "lower_bak", GAP_S)


@cache
def feet(seconds: float) -> list[object]:
    """Return all that a simulated walk on two feet reveals."""
    scenario = replace(
        load_scenario("demo"), placements=(Placement.LEFT_FOOT, Placement.RIGHT_FOOT)
    )
    person = SimulatedPerson(scenario, seed=1, start_ns=START_NS)
    pipeline, found = Pipeline(person.infos, "", GAP_S), []
    for k in range(1, round(seconds / 0.1) + 1):
        made = [person.block(sensor, after(START_NS, 0.1 * k)) for sensor in range(2)]
        found += [item for block in made if block for item in pipeline.feed(block)]
    return found


def test_lengths_of_strides_follow_one_stride_later_with_the_same_contacts():
    found = feet(30.0)
    strides = {(s.side, s.ic_ns): k for k, s in enumerate(found) if isinstance(s, StrideRecord)}
    travels = {(t.side, t.ic_ns): k for k, t in enumerate(found) if isinstance(t, StrideTravel)}
    assert len(travels) > 20
    assert set(travels) <= set(strides)
    assert all(strides[key] < number for key, number in travels.items())
    for travel in (item for item in found if isinstance(item, StrideTravel)):
        assert travel.length_m >= 0.0
        assert travel.next_ic_ns < travel.detected_ns


def test_two_feet_tell_double_support():
    strides = [item for item in feet(30.0) if isinstance(item, StrideRecord)]
    known = [s for s in strides if s.double_support_time_s is not None]
    assert len(known) > 0.5 * len(strides)
    assert all(0.0 <= s.double_support_time_s < 0.5 * s.stride_time_s for s in known)


def test_a_shank_tells_freezing_and_a_back_does_not():
    info = SourceInfo("shank", Placement.RIGHT_SHANK, 100.0, has_gyro=False)
    shank = Pipeline((info,), "", GAP_S)
    assert shank.tells_freezing
    assert not Pipeline(WALK.infos, "", GAP_S).tells_freezing
    t_s = np.arange(0.0, 10.0, 0.01)
    acc = np.random.default_rng(0).normal(0.0, 0.05, (len(t_s), 3))
    acc[:, 2] += 9.81 + np.where(t_s > 5.0, 6.0 * np.sin(2 * np.pi * 5.0 * t_s), 0.0)
    t_ns = START_NS + np.round(t_s * 1e9).astype(np.int64)
    block = ImuBlock("shank", 0, t_ns, acc.astype("f4"), np.zeros((0, 3), "f4"))
    flags = [item for item in shank.feed(block) if isinstance(item, GaitFlag)]
    assert [(f.sign, f.raised, f.source_id) for f in flags] == [(GaitSign.FREEZE, True, "shank")]
    later = replace(block, t_ns=block.t_ns + np.int64(60 * 10**9))
    shank.feed(replace(later, acc_mps2=np.tile(acc[:1].astype("f4"), (len(t_s), 1))))


def test_a_sensor_knows_how_it_is_worn_after_the_first_steps():
    pipeline = Pipeline(WALK.infos, "", GAP_S)
    name = WALK.infos[0].source_id
    assert pipeline.unoriented == (name,)
    fed(pipeline, range(1, 201))
    assert pipeline.unoriented == ()
