"""Walker files: all shipped ones load, and what is wrong is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.core.errors import ConfigError, WrongUse
from rascue.simulate.walker_params import load_walker, shipped_walkers, walker_from_dict

GOOD = {"name": "x", "description": "y", "preferred_spm": 90.0}


@pytest.mark.parametrize("name", list(shipped_walkers()))
def test_every_shipped_walker_loads_under_its_own_name(name: str) -> None:
    assert load_walker(name).name == name


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"phase_gian": 0.2}, r'unknown key "phase_gian" \(did you mean "phase_gain"\?\)'),
        ({"phase_gain": 1.5}, r'key "phase_gain" = 1.5 is not accepted: .*less than or equal to 1'),
        ({"preferred_spm": "fast"}, r'key "preferred_spm" = \'fast\' is not accepted'),
        (
            {"preferred_spm": 160.0},
            r"preferred_spm = 160 must lie between .* cadence_max_spm = 150",
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(change: dict[str, object], line: str) -> None:
    with pytest.raises(ConfigError, match=line) as caught:
        walker_from_dict({**GOOD, **change}, "file.toml")
    assert str(caught.value).startswith("file.toml: ")
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match='key "preferred_spm" is missing'):
        walker_from_dict({"name": "x", "description": "y"}, "file.toml")


def test_an_unknown_walker_lists_the_known_ones() -> None:
    with pytest.raises(WrongUse, match=r'did you mean "deaf".*known are: .*entraining'):
        load_walker("deef")


def test_a_walker_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\ndescription = "d"\npreferred_spm = 77\n', "utf-8")
    assert load_walker(str(path)).preferred_spm == 77.0
