from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rascue.core.types import AudioState, SessionState
from rascue.dashboard.history import ROW_PERIOD_S, ROWS_MAX, LiveHistory
from rascue.link.messages import SensorLamp, SensorState, Snapshot, SoundLamp

START_NS = 5_000_000_000
NOTHING = (None, None, None, None)


def snapshot(t_s, cadence=100.0, session="s", **changes):
    return Snapshot(
        **{
            "seq": 0,
            "at_ns": START_NS + round(t_s * 1e9),
            "state": SessionState.CUEING,
            "session_id": session,
            "elapsed_s": t_s,
            "cadence_spm": cadence,
            "target_spm": 104.0,
            "cue_spm": 102.0,
            "asynchrony_mean_ms": -20.0,
            "sensor": SensorLamp(state=SensorState.RUNNING, text="x"),
            "sound": SoundLamp(state=AudioState.RUNNING, text="y", audible=True),
        }
        | changes
    )


def walked(times_s, **changes):
    history = LiveHistory()
    for t_s in times_s:
        history.add(snapshot(t_s, **changes))
    return history


def test_ten_snapshots_a_second_give_two_rows_a_second():
    history = walked([k / 10 for k in range(21)])
    assert [row[0] for row in history.rows] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert history.rows[0][1:] == (100.0, 104.0, 102.0, -20.0)


def test_a_hole_in_the_data_is_a_row_of_nothing():
    history = walked([0.0, 0.5, 4.0, 4.5])
    assert [row[0] for row in history.rows] == [0.0, 0.5, 1.0, 4.0, 4.5]
    assert history.rows[2][1:] == NOTHING


def test_a_cadence_that_is_not_known_is_a_gap_of_its_own_line_only():
    history = walked([0.0, 0.5], cadence=None)
    assert history.rows[0][1:] == (None, 104.0, 102.0, -20.0)


@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=60))
def test_no_line_ever_crosses_a_hole(steps_s):
    times_s = [sum(steps_s[:k]) for k in range(len(steps_s) + 1)]
    rows = walked(times_s).rows
    for before, after in pairwise(rows):
        assert after[0] > before[0]
        if before[1:] != NOTHING and after[1:] != NOTHING:
            assert after[0] - before[0] <= 3 * ROW_PERIOD_S + 0.002


def test_outside_a_session_nothing_is_kept():
    history = LiveHistory()
    assert history.add(snapshot(0, state=SessionState.IDLE, session=None)) == []
    assert history.add(snapshot(0, state=SessionState.ENDED)) == []
    assert history.mark(START_NS, "too early") is None


def test_a_new_session_begins_with_nothing():
    history = walked([0.0, 0.5])
    history.mark(START_NS, "turn")
    history.add(snapshot(7.0, session="other", elapsed_s=0.0))
    assert [row[0] for row in history.rows] == [0.0]
    assert history.marks == []


def test_a_dashboard_that_comes_late_keeps_session_time():
    history = walked([60.0, 60.5])
    assert [row[0] for row in history.rows] == [60.0, 60.5]
    assert history.mark(START_NS + 30 * 10**9, "turn") == (30.0, "turn")


def test_rows_are_bounded():
    history = walked([k * ROW_PERIOD_S for k in range(ROWS_MAX + 5)])
    assert len(history.rows) == ROWS_MAX
    assert history.rows[-1][0] == (ROWS_MAX + 4) * ROW_PERIOD_S
