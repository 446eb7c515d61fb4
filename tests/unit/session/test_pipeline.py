"""Blocks of several sensors become contacts, strides and one cadence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.clock import after
from rascue.core.errors import WrongUse
from rascue.core.types import (
    CadenceStatus,
    EngineNs,
    ImuBlock,
    Placement,
    Side,
    StepEvent,
    StrideRecord,
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
