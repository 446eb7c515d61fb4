"""The real-time source: gives what a sensor gives, late enough for a beat to be heard."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from rascue.core.clock import NS_PER_S, after
from rascue.core.errors import SensorUnavailable
from rascue.core.types import BlockFlag, EngineNs, ImuBlock, Placement, Side, StepEvent
from rascue.session.pipeline import Pipeline
from rascue.simulate.scenario import Scenario, load_scenario, scenario_from_dict
from rascue.simulate.source import BEHIND_S, BLOCK_S, SimulatedSource, simulated_sources

START = EngineNs(100 * NS_PER_S)


class HandClock:
    """Time that goes on only when told."""

    def __init__(self) -> None:
        self.at = START

    def now_ns(self) -> EngineNs:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at = after(self.at, seconds)


def blocks_of(source: SimulatedSource, clock: HandClock, seconds: float) -> list[ImuBlock]:
    found = []
    for _ in range(round(seconds / BLOCK_S)):
        clock.forward(BLOCK_S)
        block = source.read(0.0)
        if block is not None:
            found.append(block)
    return found


def opened(scenario: Scenario, clock: HandClock) -> SimulatedSource:
    source = simulated_sources(scenario, clock, seed=1)[0][0]
    source.open()
    return source


def test_it_says_that_it_is_simulated() -> None:
    source = simulated_sources(load_scenario("demo"), HandClock())[0][0]
    assert source.info.description.startswith("simulated")


def test_nothing_comes_before_its_time_and_samples_stay_behind_the_clock() -> None:
    clock = HandClock()
    source = opened(load_scenario("demo"), clock)
    assert source.read(0.0) is None
    blocks = blocks_of(source, clock, 4.0)
    assert len(blocks) > 90
    assert blocks[-1].last_ns <= after(clock.now_ns(), -BEHIND_S)
    t_ns = np.concatenate([block.t_ns for block in blocks])
    assert np.all(np.diff(t_ns) > 0)


def test_a_reader_that_was_held_up_gets_all_samples() -> None:
    clock = HandClock()
    source = opened(load_scenario("demo"), clock)
    before = blocks_of(source, clock, 1.0)[-1]
    clock.forward(3.0)
    after_pause = source.read(0.0)
    assert after_pause is not None
    assert after_pause.first_ns - before.last_ns < 0.02 * NS_PER_S
    assert after_pause.last_ns - after_pause.first_ns > 2.9 * NS_PER_S


def test_a_beat_told_late_still_moves_the_person() -> None:
    def last_sample(*, cued: bool) -> np.ndarray:
        clock = HandClock()
        (source,), person = simulated_sources(load_scenario("entraining"), clock, seed=1)
        source.open()
        block = None
        for k in range(500):
            clock.forward(BLOCK_S)
            if cued and k % 14 == 0:
                person.hear(after(clock.now_ns(), -0.05))
            block = source.read(0.0) or block
        assert block is not None
        return block.acc_mps2

    assert not np.array_equal(last_sample(cued=True), last_sample(cued=False))


def test_a_lost_sensor_is_gone_refuses_to_open_and_comes_back_with_a_gap() -> None:
    scenario = scenario_from_dict(
        {
            "title": "t",
            "duration_s": 60,
            "program": "steady_100",
            "walker": "deaf",
            "fault": [{"kind": "sensor_lost", "at_s": 2.0, "for_s": 3.0}],
        },
        "x",
        "x",
    )
    clock = HandClock()
    source = opened(scenario, clock)
    blocks_of(source, clock, 1.9)
    clock.forward(0.2)
    with pytest.raises(SensorUnavailable, match="simulated loss"):
        source.read(0.0)
    with pytest.raises(SensorUnavailable):
        source.open()
    clock.forward(3.0)
    source.open()
    assert blocks_of(source, clock, 1.0)[0].flags & BlockFlag.GAP_BEFORE


def test_two_feet_of_one_person_step_in_turns() -> None:
    clock = HandClock()
    worn = (Placement.LEFT_FOOT, Placement.RIGHT_FOOT)
    sources, _ = simulated_sources(replace(load_scenario("demo"), placements=worn), clock)
    assert [source.info.placement for source in sources] == list(worn)
    for source in sources:
        source.open()
    pipeline = Pipeline([source.info for source in sources], "", 0.15)
    sides = []
    for _ in range(500):
        clock.forward(BLOCK_S)
        for source in sources:
            block = source.read(0.0)
            found = pipeline.feed(block) if block else []
            sides += [event.side for event in found if isinstance(event, StepEvent)]
    assert len(sides) > 25
    assert abs(sides.count(Side.LEFT) - sides.count(Side.RIGHT)) <= 1


def test_closing_wakes_a_waiting_reader() -> None:
    source = opened(load_scenario("demo"), HandClock())
    results: list[ImuBlock | None] = []
    reader = threading.Thread(target=lambda: results.append(source.read(60.0)))
    reader.start()
    source.close()
    reader.join(timeout=10.0)
    assert results == [None]
