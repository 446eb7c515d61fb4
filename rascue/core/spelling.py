"""What somebody may have meant by an unknown word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE_MIN = 0.5
"""Share of letters in common from which a word is offered: default, not evidence."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean "x"?)' for the known word most like ``word``, or ''."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=ALIKE_MIN)
    return f' (did you mean "{close[0]}"?)' if close else ""
