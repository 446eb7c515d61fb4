"""A strategy from a name and parameters, or one line that says what is wrong."""

from __future__ import annotations

import math

import pytest

from rascue import registry
from rascue.core.errors import WrongUse
from rascue.cue.choose import strategy_for
from rascue.cue.match import Match, MatchParams


@pytest.mark.parametrize("name", registry.names(registry.Kind.STRATEGY))
def test_every_built_in_is_found_by_its_name_with_defaults(name):
    assert strategy_for(name, {}).name == name


def test_parameters_reach_the_strategy():
    strategy = strategy_for("match", {"hold_s": 5, "step_pct": 0.5})
    assert isinstance(strategy, Match)
    assert strategy.params == MatchParams(hold_s=5.0, step_pct=0.5)
    assert type(strategy.params.hold_s) is float


@pytest.mark.parametrize(
    ("name", "params", "line"),
    [
        ("macth", {}, 'there is no cue strategy "macth" (did you mean "match"?); known are: '),
        ("match", {"hold": 3}, 'strategy match: unknown key "hold" (did you mean "hold_s"?)'),
        ("fixed", {"x": 3}, 'strategy fixed: unknown key "x"; known are: none'),
        ("match", {"step_pct": 9}, "step_pct = 9.0 is out of range; it must be 0.1 to 3"),
        ("match", {"step_pct": math.nan}, "step_pct = nan is out of range"),
        ("match", {"step_pct": "much"}, "step_pct = 'much' must be of type float"),
        ("match", {"step_pct": True}, "step_pct = True must be of type float"),
        ("follow", {"strides": 2.5}, "strides = 2.5 must be of type int"),
        ("follow", {"strides": 0}, "strides = 0 is out of range; it must be 1 to 20"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(name, params, line):
    with pytest.raises(WrongUse) as error:
        strategy_for(name, params)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [0.1, 3.0])
def test_ranges_include_their_ends(value):
    assert strategy_for("match", {"step_pct": value}).params.step_pct == value
