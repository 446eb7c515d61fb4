"""Any prescription survives the way through a dictionary and JSON; any table gets an answer."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rascue.config.program import program_from_dict, program_to_dict
from rascue.core.errors import ConfigError
from rascue.core.types import ProgramStep, SessionProgram, StepKind, Target, TargetKind

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
some_words = words.filter(bool)
tempi = st.floats(1.0, 180.0)
levels = st.floats(-60.0, -6.0)
targets = st.builds(Target, st.sampled_from(TargetKind), tempi, st.none() | tempi)
params = st.dictionaries(words, st.floats(allow_nan=False) | st.integers() | st.booleans() | words)


def blocks(kind: StepKind) -> st.SearchStrategy[ProgramStep]:
    cued = kind in {StepKind.CUED, StepKind.FADE}
    return st.builds(
        ProgramStep,
        kind=st.just(kind),
        duration_s=st.floats(0.001, 5400.0),
        title=words,
        target=targets if cued else st.none(),
        strategy=some_words if cued else st.just(""),
        params=params,
        sound=words,
        level_dbfs=levels,
        end_level_dbfs=st.none() | levels,
        accent_every=st.integers(1, 8),
        max_rate_spm_per_s=st.none() | st.floats(0.01, 2.0),
    )


programs = st.builds(
    SessionProgram,
    name=st.from_regex(r"[a-z0-9_]{1,80}", fullmatch=True),
    version=st.text("0123456789.", min_size=1, max_size=20),
    title=st.text("abc ÄÖ\N{SNOWMAN}", min_size=1, max_size=120),
    rationale=st.text("abc \n", min_size=1, max_size=200),
    steps=st.lists(st.sampled_from(StepKind).flatmap(blocks), min_size=1, max_size=5).map(tuple),
)


@given(programs)
def test_a_programme_comes_back_as_it_was(program):
    assert program_from_dict(program_to_dict(program), "again") == program


@given(programs)
def test_a_programme_comes_back_from_json_as_it_was(program):
    sent = json.loads(json.dumps(program_to_dict(program)))
    assert program_from_dict(sent, "again") == program


plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
KEYS = ("name", "version", "title", "rationale", "step", "kind", "duration_s", "target", "value")


@given(st.dictionaries(st.sampled_from(KEYS), plain))
def test_any_table_is_a_programme_or_one_line(table):
    try:
        program_from_dict(table, "from the link")
    except ConfigError as refused:
        assert str(refused).startswith("from the link: ")
        assert "\n" not in str(refused)
