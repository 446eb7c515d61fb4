"""Programmes: TOML and dictionaries become prescriptions; what cannot be run is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from rascue.audio.catalog import sound_exists
from rascue.config.program import (
    find_program,
    load_program,
    program_from_dict,
    program_to_dict,
    shipped_programs,
)
from rascue.core.errors import ConfigError
from rascue.core.types import StepKind, Target, TargetKind
from rascue.cue.choose import strategy_for

CUED: dict[str, Any] = {
    "kind": "cued",
    "duration_s": 60,
    "strategy": "fixed",
    "target": {"kind": "absolute", "value": 100},
}
TABLE: dict[str, Any] = {
    "name": "plain",
    "version": "1",
    "title": "A plain one",
    "rationale": "because",
    "step": [{"kind": "baseline", "duration_s": 30}, CUED],
}


def refusal(**changes: object) -> str:
    """Return what is said about the table with its cued step changed."""
    table = copy.deepcopy(TABLE)
    table["step"][1].update(changes)
    with pytest.raises(ConfigError) as told:
        program_from_dict(table, "programme")
    line = str(told.value)
    assert "\n" not in line
    return line


def test_a_table_becomes_a_programme():
    program = program_from_dict(TABLE, "programme")
    assert [step.kind for step in program.steps] == [StepKind.BASELINE, StepKind.CUED]
    assert program.steps[1].target == Target(TargetKind.ABSOLUTE, 100.0)
    assert program.duration_s == 90.0


@pytest.mark.parametrize("name", shipped_programs())
def test_each_shipped_programme_can_be_run(name):
    program = find_program(name)
    assert program.name == name
    for step in program.steps:
        if step.strategy:
            assert strategy_for(step.strategy, step.params).name == step.strategy
            assert sound_exists(step.sound)


@pytest.mark.parametrize("name", shipped_programs())
def test_each_shipped_programme_survives_its_dictionary(name):
    program = find_program(name)
    assert program_from_dict(program_to_dict(program), "again") == program


def test_a_file_is_found_by_its_path(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(shipped_programs()["steady"].read_bytes())
    assert find_program(str(path)) == load_program(shipped_programs()["steady"])


def test_an_unknown_name_offers_the_nearest_and_lists_all():
    with pytest.raises(ConfigError) as told:
        find_program("stedy")
    shown = ", ".join(shipped_programs())
    assert str(told.value) == (
        f'unknown programme "stedy" (did you mean "steady"?); shipped are: {shown}'
    )


def test_a_path_to_nothing_says_so(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        find_program(str(tmp_path / "own.toml"))


def test_a_refusal_names_the_file(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('name = "x"\n', "utf-8")
    with pytest.raises(ConfigError) as told:
        load_program(path)
    assert str(told.value) == f'{path}: key "version" is missing; add it'


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"duration_s": 0}, 'key "step.1.duration_s" = 0 is not accepted'),
        ({"duration_s": 1e9}, "less than or equal to 5400"),
        ({"level_dbfs": 0}, "less than or equal to -6"),
        ({"max_rate_spm_per_s": 3}, "less than or equal to 2"),
        ({"accent_every": 0}, "greater than or equal to 1"),
        ({"kind": "dance"}, "key \"step.1.kind\" = 'dance' is not accepted"),
        ({"levle_dbfs": -20}, 'unknown key "step.1.levle_dbfs" (did you mean "level_dbfs"?)'),
        ({"target": {"kind": "absolute", "value": 200}}, "less than or equal to 180"),
        ({"target": {"kind": "absolute", "valu": 90}}, 'key "step.1.target.value" is missing'),
    ],
)
def test_a_wrong_value_in_a_step_names_the_step_and_the_range(changes, told):
    assert told in refusal(**changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"strategy": ""}, 'programme: step 2: a cued block needs a "strategy"'),
        ({"target": None}, 'programme: step 2: a cued block needs a "target"'),
        ({"kind": "rest"}, 'programme: step 2: a rest block has no cue; remove "strategy"'),
        ({"kind": "fade", "strategy": ""}, 'programme: step 2: a fade block needs a "strategy"'),
    ],
)
def test_what_a_kind_of_block_needs_is_said(changes, told):
    assert refusal(**changes) == told


def test_a_programme_without_blocks_is_refused():
    with pytest.raises(ConfigError, match='key "step"'):
        program_from_dict({**TABLE, "step": []}, "programme")


@pytest.mark.parametrize("name", ["", "With Spaces", "../up"])
def test_a_name_that_is_no_plain_word_is_refused(name):
    with pytest.raises(ConfigError, match='key "name"'):
        program_from_dict({**TABLE, "name": name}, "programme")
