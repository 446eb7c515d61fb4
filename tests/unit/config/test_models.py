"""Every key is documented where it is defined, and the page made from it is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from rascue.config.models import RascueConfig
from rascue.config.program import ProgramModel, StepModel, TargetModel

SECTIONS = [field.annotation for field in RascueConfig.model_fields.values()]
MODELS = [*SECTIONS, ProgramModel, StepModel, TargetModel]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "config_reference.md"


@pytest.mark.parametrize("model", MODELS)
def test_each_key_says_what_it_is(model):
    assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize("model", MODELS)
def test_each_key_stands_in_the_reference(model):
    page = PAGE.read_text("utf-8")
    for name in model.model_fields:
        assert f"| `{name}` |" in page


@pytest.mark.parametrize("model", MODELS)
def test_each_number_has_a_range(model):
    for name, field in model.model_fields.items():
        if field.annotation in (int, float):
            assert field.metadata, name
