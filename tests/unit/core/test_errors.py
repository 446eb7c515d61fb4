from __future__ import annotations

import inspect

import pytest

from rascue.core import errors
from rascue.core.errors import (
    AudioUnavailable,
    ConfigError,
    RascueError,
    SensorUnavailable,
    UnavailableReason,
    WrongUse,
)

ALL = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)
]


def test_all_our_errors_are_one_family():
    assert all(issubclass(kind, RascueError) for kind in ALL)


@pytest.mark.parametrize("kind", ALL)
def test_only_wrong_use_ends_with_status_2(kind):
    assert kind.exit_status == (2 if issubclass(kind, WrongUse) else 1)


@pytest.mark.parametrize("kind", ALL)
def test_the_tree_at_the_top_of_the_module_shows_each(kind):
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_wrong_configuration_is_wrong_use():
    assert issubclass(ConfigError, WrongUse)


@pytest.mark.parametrize("kind", [SensorUnavailable, AudioUnavailable])
@pytest.mark.parametrize("reason", list(UnavailableReason))
def test_an_absent_device_says_which_why_and_what_to_do(kind, reason):
    error = kind("hw:1", reason, "no such card")
    assert error.reason is reason
    assert str(error) == f"hw:1 is not available (no such card): {reason.value}"


def test_without_a_detail_there_are_no_empty_brackets():
    text = str(SensorUnavailable("waist", UnavailableReason.NO_ACK))
    assert text == "waist is not available: check the wiring and the address"
