"""The guard, bound by bound, dense around each bound."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from rascue.core.limits import CueLimits
from rascue.core.types import CueDecision, EngineNs, Reason
from rascue.cue import guard
from rascue.cue.base import WantedCue
from rascue.cue.guard import GuardState

S = 1_000_000_000
LIMITS = CueLimits(
    cadence_min_spm=40.0,
    cadence_max_spm=160.0,
    rate_max_spm_per_s=2.0,
    change_max_ratio_per_beat=0.03,
    phase_step_max_ratio=0.05,
    distance_max_ratio=0.25,
    interval_min_s=0.3,
    level_max_dbfs=-6.0,
    level_rise_max_db_per_s=12.0,
    without_steps_max_s=10.0,
    hold_max_s=8.0,
    fade_s=4.0,
    cued_part_max_s=1800.0,
    session_max_s=5400.0,
)
WISH = Reason("wish", "Somebody wants this.")
SILENT = GuardState(now_ns=EngineNs(100 * S))
RUNNING = GuardState(
    now_ns=EngineNs(100 * S),
    own_spm=100.0,
    baseline_spm=100.0,
    cue_spm=100.0,
    cue_level_dbfs=-18.0,
    decided_ns=EngineNs(99 * S),
    last_due_ns=EngineNs(100 * S),
    last_period_s=0.6,
)


def allowed(
    wanted_spm: float | None,
    state: GuardState = RUNNING,
    limits: CueLimits = LIMITS,
    *,
    align_to_ns: int | None = None,
    level_dbfs: float = -18.0,
) -> CueDecision:
    align = None if align_to_ns is None else EngineNs(align_to_ns)
    wish = WantedCue(wanted_spm, align, (WISH,))
    return guard.allow(wish, level_dbfs, state, limits, "some", 3)


def codes(decision: CueDecision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_a_wish_within_all_bounds_is_granted_as_it_is():
    decision = allowed(101.0)
    assert decision == CueDecision(
        at_ns=EngineNs(100 * S),
        strategy="some",
        program_step=3,
        wanted_spm=101.0,
        allowed_spm=101.0,
        phase_shift_s=0.0,
        level_dbfs=-18.0,
        reasons=(WISH,),
    )


def test_silence_is_always_granted():
    decision = allowed(None, replace(RUNNING, holding=True), align_to_ns=7)
    assert decision.allowed_spm is None
    assert decision.phase_shift_s == 0.0
    assert decision.level_dbfs == guard.LEVEL_FLOOR_DBFS == -60.0
    assert decision.reasons == (WISH,)


# --- what is no number ---------------------------------------------------------------------------


def test_not_a_number_keeps_the_tempo_in_force():
    decision = allowed(math.nan)
    assert decision.allowed_spm == 100.0
    assert decision.reasons[1:] == (
        Reason("not_a_number", "The wanted tempo is not a number: nothing changes."),
    )


def test_not_a_number_does_not_start_a_cue():
    assert allowed(math.nan, SILENT).allowed_spm is None


@pytest.mark.parametrize(
    ("wanted", "start", "running"),
    [(math.inf, 160.0, 102.0), (-math.inf, 40.0, 98.0), (-5.0, 40.0, 98.0), (0.0, 40.0, 98.0)],
)
def test_infinite_and_negative_tempi_end_at_a_bound(wanted, start, running):
    assert allowed(wanted, SILENT).allowed_spm == start
    assert allowed(wanted).allowed_spm == pytest.approx(running)


# --- absolute bounds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(39.999, 40.0), (40.0, 40.0), (40.001, 40.001), (159.999, 159.999), (160.0, 160.0),
     (160.001, 160.0)],
)  # fmt: skip
def test_the_first_tempo_is_free_within_the_range(wanted, expected):
    decision = allowed(wanted, SILENT)
    assert decision.allowed_spm == expected
    assert codes(decision) == (["wish"] if wanted == expected else ["wish", "range"])


def test_a_clamp_says_from_what_to_what():
    reason = allowed(200.0, SILENT).reasons[-1]
    assert (reason.from_value, reason.to_value) == (200.0, 160.0)
    assert reason.text == "The tempo stays between 40 and 160 steps/min."


def test_the_shortest_interval_bounds_the_tempo():
    tight = replace(LIMITS, interval_min_s=0.5)
    assert allowed(125.0, SILENT, tight).allowed_spm == 120.0


def test_absolute_bounds_hold_even_where_the_tempo_must_stay():
    for state in (replace(RUNNING, holding=True), replace(RUNNING, walking=False), RUNNING):
        assert allowed(100.0, state, replace(LIMITS, cadence_max_spm=90.0)).allowed_spm == 90.0
    assert allowed(math.nan, RUNNING, replace(LIMITS, cadence_max_spm=90.0)).allowed_spm == 90.0


# --- distance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"), [(124.9, 124.9), (125.1, 125.0), (75.1, 75.1), (74.9, 75.0)]
)
def test_a_first_tempo_stays_near_the_baseline(wanted, expected):
    decision = allowed(wanted, replace(SILENT, baseline_spm=100.0, own_spm=150.0))
    assert decision.allowed_spm == expected
    assert codes(decision)[1:] == ([] if wanted == expected else ["distance"])


def test_without_a_baseline_it_stays_near_the_cadence_now():
    decision = allowed(150.0, replace(SILENT, own_spm=80.0))
    assert decision.allowed_spm == 100.0
    assert decision.reasons[-1] == Reason(
        "distance", "The cue stays within 25 % of the person's own 80 steps/min.", 150.0, 100.0
    )


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, 0.0, -90.0])
def test_a_cadence_that_is_none_bounds_nothing(nonsense):
    state = replace(SILENT, baseline_spm=nonsense, own_spm=nonsense)
    assert allowed(150.0, state).allowed_spm == 150.0
    assert allowed(150.0, replace(SILENT, baseline_spm=nonsense, own_spm=80.0)).allowed_spm == 100.0


def test_the_smallest_cadence_is_a_reference():
    assert allowed(150.0, replace(SILENT, own_spm=0.5)).allowed_spm == 40.0
    assert codes(allowed(150.0, replace(SILENT, own_spm=0.5)))[1] == "distance"


def test_a_cue_far_away_comes_back_as_fast_as_slew_allows():
    decision = allowed(100.0, replace(RUNNING, baseline_spm=70.0))
    assert decision.allowed_spm == 98.0
    assert codes(decision) == ["wish", "distance", "slew"]


# --- slew ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"), [(101.9, 101.9), (102.1, 102.0), (98.1, 98.1), (97.9, 98.0)]
)
def test_the_tempo_changes_slowly_over_time(wanted, expected):
    decision = allowed(wanted)
    assert decision.allowed_spm == expected
    assert codes(decision)[1:] == ([] if wanted == expected else ["slew"])


def test_slew_is_per_second():
    state = replace(RUNNING, decided_ns=EngineNs(round(99.95 * S)))
    assert allowed(120.0, state).allowed_spm == pytest.approx(100.1)


@pytest.mark.parametrize("decided", [None, EngineNs(101 * S), EngineNs(100 * S)])
def test_no_time_since_the_last_decision_means_no_change(decided):
    assert allowed(120.0, replace(RUNNING, decided_ns=decided)).allowed_spm == 100.0


def test_slew_text_names_the_bound():
    assert allowed(120.0).reasons[1].text == "The tempo changes by at most 2 spm per s."


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(110.0, 60 / (0.6 * 0.97)), (90.0, 60 / (0.6 * 1.03)), (103.0, 103.0), (97.2, 97.2)],
)
def test_the_interval_changes_little_from_beat_to_beat(wanted, expected):
    decision = allowed(wanted, replace(RUNNING, decided_ns=EngineNs(90 * S)))
    assert decision.allowed_spm == pytest.approx(expected)
    told = [(reason.code, reason.text) for reason in decision.reasons[1:]]
    text = "The interval changes by at most 3 % from beat to beat."
    assert told == ([] if wanted == expected else [("beat_change", text)])


def test_before_the_first_beat_only_the_slew_counts():
    state = replace(RUNNING, decided_ns=EngineNs(90 * S), last_period_s=None)
    assert allowed(119.0, state).allowed_spm == 119.0


# --- hold, standing ------------------------------------------------------------------------------


def test_while_holding_tempo_and_phase_stay():
    decision = allowed(101.0, replace(RUNNING, holding=True), align_to_ns=round(100.61 * S))
    assert decision.allowed_spm == 100.0
    assert decision.phase_shift_s == 0.0
    assert decision.reasons[1] == Reason(
        "holding", "Something is not as it should be: the tempo is held.", 101.0, 100.0
    )


def test_while_holding_no_cue_begins():
    assert allowed(100.0, replace(SILENT, holding=True)).allowed_spm is None


def test_while_the_person_stands_the_tempo_stays():
    decision = allowed(101.0, replace(RUNNING, walking=False))
    assert decision.allowed_spm == 100.0
    assert decision.reasons[1] == Reason(
        "standing", "The person stands: the tempo stays until the next steps.", 101.0, 100.0
    )


def test_a_cue_may_begin_while_the_person_stands():
    assert allowed(90.0, replace(SILENT, walking=False)).allowed_spm == 90.0


# --- silence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "bound", "code", "text"),
    [
        ("session_s", 5400.0, "session_over", "The longest session allowed is over."),
        ("cued_s", 1800.0, "cued_part_over", "The longest cued part allowed is over."),
        (
            "without_steps_s",
            14.0,
            "no_steps",
            "No step for too long: the cue is silent until the next one.",
        ),
        ("held_s", 12.0, "held_too_long", "The tempo was held for as long as allowed."),
    ],
)
def test_each_length_ends_in_silence(field, bound, code, text):
    before = allowed(100.0, replace(RUNNING, **{field: math.nextafter(bound, 0)}))
    assert before.allowed_spm == 100.0
    for too_long in (bound, bound + 1, math.inf, math.nan):
        decision = allowed(100.0, replace(RUNNING, **{field: too_long}))
        assert decision.allowed_spm is None
        assert decision.reasons == (WISH, Reason(code, text))


def test_nothing_is_explained_about_a_silence_that_was_wanted():
    assert codes(allowed(None, replace(RUNNING, session_s=9999.0))) == ["wish"]


# --- phase ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("beats", [-3, -1, 0, 1, 2, 50])
@pytest.mark.parametrize("offset_s", [-0.02999, -0.01, 0.0, 0.01, 0.02999])
def test_a_small_shift_is_granted_toward_the_nearest_beat(beats, offset_s):
    align = round((100.6 + 0.6 * beats + offset_s) * S)
    decision = allowed(100.0, align_to_ns=align)
    assert decision.phase_shift_s == pytest.approx(offset_s, abs=1e-9)
    assert codes(decision) == ["wish"]


@pytest.mark.parametrize(
    ("offset_s", "expected"), [(0.03001, 0.03), (0.29, 0.03), (-0.03001, -0.03)]
)
def test_a_large_shift_is_cut_to_its_share_of_the_interval(offset_s, expected):
    decision = allowed(100.0, align_to_ns=round((100.6 + offset_s) * S))
    assert decision.phase_shift_s == pytest.approx(expected)
    assert decision.reasons[-1].code == "phase_step"
    assert decision.reasons[-1].text == (
        "A beat moves by at most 5 % of its interval, within the tempo's bounds."
    )


def test_the_shift_refers_to_the_pulse_at_the_allowed_tempo():
    state = replace(RUNNING, decided_ns=EngineNs(98 * S), cue_spm=100.0)
    decision = allowed(102.0, state, align_to_ns=round((100 + 60 / 102 + 0.02) * S))
    assert decision.phase_shift_s == pytest.approx(0.02, abs=1e-8)


@pytest.mark.parametrize(("offset_s", "expected"), [(0.29, 0.29), (-0.29, -0.29), (0.31, -0.29)])
def test_while_the_person_stands_the_phase_is_free(offset_s, expected):
    state = replace(RUNNING, walking=False)
    decision = allowed(100.0, state, align_to_ns=round((100.6 + offset_s) * S))
    assert decision.phase_shift_s == pytest.approx(expected, abs=1e-9)


def test_a_shift_never_makes_an_interval_too_short():
    state = replace(RUNNING, walking=False)
    tight = replace(LIMITS, interval_min_s=0.5)
    decision = allowed(100.0, state, tight, align_to_ns=round((100.6 - 0.2) * S))
    assert decision.phase_shift_s == pytest.approx(-0.1)


EDGE = replace(RUNNING, own_spm=None, baseline_spm=None, decided_ns=EngineNs(100 * S))


def at_edge(spm: float, offset_s: float, state: GuardState = EDGE) -> float:
    """Return the shift of a pulse that runs at a tempo, s."""
    running = replace(state, cue_spm=spm, last_period_s=60 / spm)
    return allowed(spm, running, align_to_ns=round((100 + 60 / spm + offset_s) * S)).phase_shift_s


@pytest.mark.parametrize(
    ("spm", "offset_s", "expected"),
    [
        (160.0, -0.01, 0.0),
        (160.0, 0.01, 0.01),
        (158.0, -0.01, 60 / 160 - 60 / 158),
        (40.0, 0.05, 0.0),
        (40.0, -0.05, -0.05),
        (41.0, 0.05, 60 / 40 - 60 / 41),
    ],
)
def test_shifts_do_not_add_up_to_a_tempo_out_of_range(spm, offset_s, expected):
    assert at_edge(spm, offset_s) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("known", ["baseline_spm", "own_spm"])
@pytest.mark.parametrize(
    ("spm", "offset_s", "expected"),
    [
        (125.0, -0.01, 0.0),
        (124.0, -0.01, 60 / 125 - 60 / 124),
        (125.0, 0.01, 0.01),
        (75.0, 0.01, 0.0),
        (76.0, 0.02, 60 / 75 - 60 / 76),
        (75.0, -0.01, -0.01),
    ],
)
def test_shifts_do_not_add_up_to_a_tempo_far_from_the_person(known, spm, offset_s, expected):
    state = replace(EDGE, **{known: 100.0})
    assert at_edge(spm, offset_s, state) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("own", "spm"), [(20.0, 41.0), (400.0, 159.0)])
def test_of_range_and_distance_that_exclude_each_other_range_counts(own, spm):
    state = replace(EDGE, baseline_spm=own)
    back = 60 / 40 - 60 / 41 if spm < 100 else 60 / 160 - 60 / 159
    assert at_edge(spm, 2 * back, state) == pytest.approx(back, abs=1e-8)
    assert at_edge(spm, -2 * back, state) == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize(("spm", "offset_s"), [(130.0, -0.01), (70.0, 0.01)])
def test_a_pulse_already_too_far_is_not_shifted_further(spm, offset_s):
    state = replace(EDGE, baseline_spm=100.0)
    assert at_edge(spm, offset_s, state) == 0.0
    assert at_edge(spm, -offset_s, state) == pytest.approx(-offset_s, abs=1e-8)


def test_a_silent_pulse_has_no_phase_to_shift():
    assert allowed(100.0, SILENT, align_to_ns=round(100.31 * S)).phase_shift_s == 0.0


def test_without_an_instant_to_align_to_nothing_shifts():
    assert allowed(100.0).phase_shift_s == 0.0


# --- level ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(-6.1, -6.1), (-6.0, -6.0), (-5.9, -6.0), (math.inf, -6.0), (-59.9, -59.9), (-60.1, -60.0),
     (-math.inf, -60.0)],
)  # fmt: skip
def test_the_first_level_is_free_between_floor_and_cap(wanted, expected):
    decision = allowed(100.0, SILENT, level_dbfs=wanted)
    assert decision.level_dbfs == expected
    assert codes(decision)[1:] == ([] if wanted == expected else ["level"])


@pytest.mark.parametrize(
    ("wanted", "expected"), [(-6.1, -6.1), (-5.9, -6.0), (-40.0, -40.0), (0.0, -6.0)]
)
def test_a_level_may_rise_to_what_one_second_allows(wanted, expected):
    assert allowed(100.0, level_dbfs=wanted).level_dbfs == expected


def test_a_level_rises_slowly_and_falls_at_once():
    state = replace(RUNNING, decided_ns=EngineNs(round(99.5 * S)))
    decision = allowed(100.0, state, level_dbfs=-7.0)
    assert decision.level_dbfs == pytest.approx(-12.0)
    assert decision.reasons[-1].code == "level"
    assert decision.reasons[-1].text == "The level rises slowly and stays at or below -6 dBFS."
    assert allowed(100.0, state, level_dbfs=-50.0).level_dbfs == -50.0


def test_while_holding_the_level_does_not_rise():
    state = replace(RUNNING, holding=True)
    assert allowed(100.0, state, level_dbfs=-12.0).level_dbfs == -18.0
    assert allowed(100.0, state, level_dbfs=-30.0).level_dbfs == -30.0


def test_a_level_that_is_no_number_keeps_the_one_in_force_or_the_floor():
    decision = allowed(100.0, level_dbfs=math.nan)
    assert decision.level_dbfs == -18.0
    assert decision.reasons[1:] == (
        Reason("level_not_a_number", "The wanted level is not a number."),
    )
    assert allowed(100.0, SILENT, level_dbfs=math.nan).level_dbfs == -60.0


# --- state as built by default -------------------------------------------------------------------


def test_a_bare_state_is_a_silent_session_that_just_began():
    assert GuardState(EngineNs(5)) == GuardState(
        now_ns=EngineNs(5),
        own_spm=None,
        baseline_spm=None,
        cue_spm=None,
        cue_level_dbfs=None,
        decided_ns=None,
        last_due_ns=None,
        last_period_s=None,
        walking=True,
        holding=False,
        without_steps_s=0.0,
        held_s=0.0,
        cued_s=0.0,
        session_s=0.0,
    )


@pytest.mark.parametrize("shift_ns", [0, 30_000_000])
def test_a_level_rises_slowly_from_beat_to_beat_however_far_apart_decisions_are(shift_ns):
    state = replace(RUNNING, decided_ns=EngineNs(90 * S), last_beat_dbfs=-30.0)
    align_ns = 100 * S + 600_000_000 + shift_ns
    decision = allowed(100.0, state, level_dbfs=-12.0, align_to_ns=align_ns)
    next_beat_s = 0.6 + shift_ns / S
    assert decision.level_dbfs == pytest.approx(-30.0 + 12.0 * next_beat_s)
    assert decision.reasons[-1].code == "level"
