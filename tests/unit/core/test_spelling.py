from __future__ import annotations

import pytest

from rascue.core.spelling import nearest

KNOWN = ("fixed", "match", "follow")


@pytest.mark.parametrize(("word", "meant"), [("folow", "follow"), ("fixd", "fixed")])
def test_a_typing_mistake_is_offered_back(word, meant):
    assert nearest(word, KNOWN) == f' (did you mean "{meant}"?)'


def test_what_resembles_nothing_gets_no_guess():
    assert nearest("zzz", KNOWN) == ""


def test_nothing_known_gives_no_guess():
    assert nearest("fixed", ()) == ""
