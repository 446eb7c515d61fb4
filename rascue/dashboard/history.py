"""Keeps the live charts' rows of the running session; a gap in the data is a gap in the rows.

A chart joins neighboring points by a line, so a hole must hold a row of nothing: a straight line
across it would be read as data.
"""

from __future__ import annotations

from rascue.core.clock import seconds_between
from rascue.core.types import EngineNs
from rascue.dashboard.words import IN_SESSION
from rascue.link.messages import Snapshot

ROW_PERIOD_S = 0.5
"""Time between two rows, s; a chart is no finer. Default, not evidence."""
GAP_PERIODS = 3
"""Rows missing before the line is broken. Source: ECOSYSTEM 3.5."""
ROWS_MAX = 12_000
"""Rows kept: the longest session (``core.limits``, 5400 s) and some more."""

Row = tuple[float, float | None, float | None, float | None, float | None]
"""Session time, s; cadence, target and cue, steps/min; asynchrony, ms."""

Mark = tuple[float, str]
"""Session time, s; text."""


class LiveHistory:
    """Rows and marks of one session, from snapshots in their order."""

    def __init__(self) -> None:
        self.session_id: str | None = None
        self.rows: list[Row] = []
        self.marks: list[Mark] = []
        self._started_ns = EngineNs(0)

    def add(self, now: Snapshot) -> list[Row]:
        """Take a snapshot; return the rows it gave: none, one, or a break and one."""
        if now.session_id is None or now.state not in IN_SESSION:
            return []
        if now.session_id != self.session_id:
            self._begin(now)
        t_s = self._session_time_s(now.at_ns)
        last_s = self.rows[-1][0] if self.rows else None
        if last_s is not None and t_s - last_s < ROW_PERIOD_S:
            return []
        new: list[Row] = [
            (t_s, now.cadence_spm, now.target_spm, now.cue_spm, now.asynchrony_mean_ms)
        ]
        if last_s is not None and t_s - last_s > GAP_PERIODS * ROW_PERIOD_S:
            new.insert(0, (round(last_s + ROW_PERIOD_S, 3), None, None, None, None))
        self.rows.extend(new)
        del self.rows[:-ROWS_MAX]
        return new

    def mark(self, at_ns: int, text: str) -> Mark | None:
        """Take a remark; None when no session runs."""
        if self.session_id is None:
            return None
        mark = (self._session_time_s(at_ns), text)
        self.marks.append(mark)
        return mark

    def _begin(self, now: Snapshot) -> None:
        self.session_id = now.session_id
        self.rows, self.marks = [], []
        self._started_ns = EngineNs(now.at_ns - round(now.elapsed_s * 1e9))

    def _session_time_s(self, at_ns: int) -> float:
        return round(seconds_between(self._started_ns, EngineNs(at_ns)), 3)
