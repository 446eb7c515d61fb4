"""Scenario files: all shipped ones load and keep to their own demands' names; errors are clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rascue.core.errors import ConfigError, WrongUse
from rascue.core.types import Placement
from rascue.simulate.figures.checks import QUESTIONS
from rascue.simulate.scenario import FaultKind, load_scenario, scenario_from_dict, shipped_scenarios

GOOD: dict[str, Any] = {
    "title": "t",
    "duration_s": 60,
    "program": "steady_100",
    "walker": "deaf",
}


def scenario(**change: object) -> Any:
    return scenario_from_dict({**GOOD, **change}, "mine", "mine.toml")


@pytest.mark.parametrize("name", list(shipped_scenarios()))
def test_every_shipped_scenario_loads_and_asks_only_known_questions(name: str) -> None:
    loaded = load_scenario(name)
    assert loaded.name == name
    assert {check.kind for check in loaded.checks} <= set(QUESTIONS)


def test_the_scenarios_that_others_rely_on_are_there() -> None:
    names = {"entraining", "deaf", "stops_and_starts", "asymmetric", "slow_shuffler"}
    assert names | {"sensor_lost", "demo"} <= set(shipped_scenarios())


def test_the_demo_walks_at_once_and_for_hours() -> None:
    demo = load_scenario("demo")
    assert demo.walker.start_delay_s <= 1.0
    assert demo.duration_s >= 4 * 3600


def test_walker_and_program_may_stand_in_the_file_itself() -> None:
    program = {"name": "p", "version": "1", "title": "t", "rationale": "r"}
    program["step"] = [{"kind": "baseline", "duration_s": 5}]
    walker = {"name": "w", "description": "d", "preferred_spm": 88.0}
    loaded = scenario(program=program, walker=walker, placements=["left_foot", "right_foot"])
    assert loaded.program.name == "p"
    assert loaded.walker.preferred_spm == 88.0
    assert loaded.placements == (Placement.LEFT_FOOT, Placement.RIGHT_FOOT)
    assert loaded.policy == ""


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"walker": {"name": "w"}}, r"mine.toml, section \[walker\]: key .* is missing"),
        ({"program": {}}, r"mine.toml, section \[program\]: key .* is missing"),
        ({"imu": {"acc_nois_mps2": 1}}, "acc_nois_mps2"),
        ({"duration": 3}, r'unknown key "duration" \(did you mean "duration_s"\?\)'),
        ({"fault": [{"kind": "flood", "at_s": 1, "for_s": 1}]}, "fault.0.kind"),
        ({"duration_s": -1}, 'key "duration_s" = -1'),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        scenario(**change)


def test_a_fault_covers_a_half_open_time() -> None:
    fault = scenario(fault=[{"kind": "sensor_gap", "at_s": 10, "for_s": 2}]).faults[0]
    assert fault.kind is FaultKind.SENSOR_GAP
    assert [fault.covers(t) for t in (9.9, 10.0, 11.9, 12.0)] == [False, True, True, False]


def test_an_unknown_scenario_lists_the_known_ones() -> None:
    with pytest.raises(WrongUse, match=r'did you mean "entraining".*known are: .*demo'):
        load_scenario("entrainin")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_scenario(str(tmp_path / "none.toml"))
