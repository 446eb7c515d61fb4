"""Which contacts our step detectors miss and invent, and what that does to the cadence.

``python tests/benchmarks/steps_errors.py [DATA [TOOLS]]`` prints the counts of
docs/detectors_errors.md: missed and false contacts (0.25 s, the group's median error removed) by
their place in the walk, what speaks for the annotation being wrong, and the recordings with the
largest cadence error.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rascue.testing.steps_scoring import Scored, load_script, our_detector, score_folder

SHARED = Path(__file__).resolve().parents[3] / "shared"
TOLERANCE_S = 0.25
STEADY = 0.2
"""An interval further from the median than this share belongs to a turn or pause."""

LONG = 1.3
"""An interval longer than this, in medians, may hide a contact that was not annotated."""

WORST = 12


def main(data: Path = SHARED / "data" / "gait", tools: Path = SHARED / "tools") -> None:
    """Print the counts of feet and backs."""
    scorer = load_script(Path(tools), "score_steps")
    rows = score_folder(Path(data), our_detector, lambda row: row["dataset"] != "oxford")
    for placement in ("foot", "lower_back"):
        members = [row for row in rows if row.placement == placement]
        matched = list(matches(members, scorer))
        print(f"{placement}: {len(members)} recordings")
        print_counts("contacts", Counter(x for one in matched for x in one.places))
        print_counts("missed", Counter(x for one in matched for x in one.missed(Path(data))))
        print_counts("false", Counter(x for one in matched for x in one.invented(Path(data))))
        print_cadence(matched)


class Matched:
    """A recording with its contacts paired to the references; all times in s."""

    def __init__(self, row: Scored, offset_s: float, scorer: Any) -> None:
        self.row = row
        self.truth = row.reference.contacts_s
        self.told = np.sort(np.array(row.found.t_s)) - offset_s
        pairs = scorer.match_events(self.truth, self.told, TOLERANCE_S)
        self.hit = {i for i, _ in pairs}
        unpaired = np.setdiff1d(np.arange(len(self.told)), [j for _, j in pairs])
        self.false_s = self.told[unpaired][
            scorer.inside(self.told[unpaired], row.reference.valid_s)
        ]
        kept = np.setdiff1d(self.told, np.setdiff1d(self.told[unpaired], self.false_s))
        steps, valid = 2 // row.reference.contacts_per_stride, row.reference.valid_s
        true_spm = scorer.cadence(self.truth, steps, valid)
        self.cadence_error_spm = scorer.cadence(kept, steps, valid) - true_spm
        self.intervals = np.diff(self.truth)
        self.places = [self._place(i) for i in range(len(self.truth))]

    def _place(self, i: int) -> str:
        if i in (0, len(self.truth) - 1):
            return "first" if i == 0 else "last"
        if i == 1:
            return "second"
        near = self.intervals[i - 1 : i + 1] / np.median(self.intervals)
        return "steady" if (np.abs(near - 1.0) <= STEADY).all() else "turn or pause"

    def missed(self, data: Path) -> Iterator[str]:
        """Yield the place of each reference without a contact, and whether the signal shows one."""
        own = self._file(data, "ic_from_signal")
        for i in set(range(len(self.truth))) - self.hit:
            seen = own is None or len(own) != len(self.truth) or own[i]
            yield self.places[i] + ("" if seen else ", no crossing in the signal")

    def invented(self, data: Path) -> Iterator[str]:
        """Yield the place of each false contact, and what the other foot did meanwhile."""
        sides = self.row.reference.sides
        others = np.setdiff1d(self.row.reference.all_contacts_s, self.truth)
        for at_s in self.false_s:
            k = int(np.searchsorted(self.truth, at_s))
            if k in (0, len(self.truth)):
                yield "before the first" if k == 0 else "after the last"
                continue
            start_s, end_s = self.truth[k - 1], self.truth[k]
            if end_s - start_s > LONG * np.median(self.intervals):
                twice = ((others > start_s) & (others < end_s)).sum() > 1
                same = len(set(sides)) > 1 and sides[k - 1] == sides[k]
                lacks = ", where the feet do not alternate" if twice or same else ""
                yield f"in a long interval{lacks}"
            else:
                alone = {k - 1, k} <= self.hit
                yield "in a usual interval" if alone else "beside a missed one"

    def _file(self, data: Path, key: str) -> np.ndarray | None:
        with np.load(data / f"{self.row.name}.npz", allow_pickle=False) as file:
            return file.get(key)


def matches(rows: list[Scored], scorer: Any) -> Iterator[Matched]:
    """Yield each recording, the median error of all of them removed."""
    errors = []
    for row in rows:
        truth, told = row.reference.contacts_s, np.array(row.found.t_s)
        pairs = scorer.match_events(truth, told, TOLERANCE_S)
        errors += [told[j] - truth[i] for i, j in pairs]
    offset_s = float(np.median(errors))
    for row in rows:
        yield Matched(row, offset_s, scorer)


def print_counts(what: str, counts: Counter[str]) -> None:
    """Print how many there are of each kind."""
    print(f"  {what}: {sum(counts.values())}")
    for kind, n in sorted(counts.items()):
        print(f"    {kind:58s} {n:5d}")


def print_cadence(matched: list[Matched]) -> None:
    """Print what the cadence error is made of, and the worst recordings."""
    errors = np.array([abs(one.cadence_error_spm) for one in matched])
    clean = np.array([not len(one.false_s) and len(one.hit) == len(one.truth) for one in matched])
    print(
        f"  cadence error: mean {errors.mean():.2f}, median {np.median(errors):.2f}; {clean.sum()} "
        f"recordings without false or missed ones {errors[clean].mean():.2f}, "
        f"{100.0 * errors[clean].sum() / errors.sum():.0f} % of the sum"
    )
    for one in sorted(matched, key=lambda one: -abs(one.cadence_error_spm))[:WORST]:
        print(
            f"    {one.row.name:42s} {one.cadence_error_spm:+6.2f}  {len(one.false_s)} false, "
            f"{len(one.truth) - len(one.hit)} missed of {len(one.truth)}"
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
