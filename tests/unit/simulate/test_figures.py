"""The figures: matching of contacts, synchrony and use of the envelope, on cases known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.core.clock import NS_PER_S
from rascue.core.limits import HARD_LIMITS
from rascue.core.types import Beat, CueDecision, DacFrame, EngineNs
from rascue.simulate.figures.envelope import Person, envelope_use
from rascue.simulate.figures.step_matching import TOLERANCE_NS, match_contacts, nearest_ns
from rascue.simulate.figures.synchrony_truth import LOCK_STEPS, cued_steps, locked_windows


def ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)


# --- matching of contacts ----------------------------------------------------------------------


def test_a_constant_delay_is_no_error_of_counting() -> None:
    true = [ns(t) for t in np.arange(1.0, 11.0, 0.5)]
    pairs, false, missed = match_contacts(true, [t + ns(0.1) for t in true])
    assert (len(pairs), false, missed) == (20, 0, 0)


def test_doubles_are_false_and_holes_are_missed() -> None:
    true = [ns(t) for t in (1, 2, 3, 4)]
    detected = [ns(t) for t in (1.0, 1.1, 3.0)]
    assert match_contacts(true, detected)[1:] == (1, 2)


def test_a_detection_goes_to_the_nearer_of_two_close_contacts() -> None:
    true = [ns(1.0), ns(1.3)]
    pairs, false, missed = match_contacts(true, [ns(1.2)])
    assert (pairs, false, missed) == ([(1, 0)], 0, 1)


@given(
    st.lists(st.integers(0, 20 * NS_PER_S), unique=True).map(sorted),
    st.lists(st.integers(0, 20 * NS_PER_S), unique=True).map(sorted),
)
def test_pairs_are_one_to_one_near_and_account_for_all(true: list[int], found: list[int]) -> None:
    pairs, false, missed = match_contacts(true, found)
    assert all(abs(true[i] - found[j]) <= TOLERANCE_NS for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert (false, missed) == (len(found) - len(pairs), len(true) - len(pairs))


@given(
    st.lists(st.integers(0, 1000), min_size=1, unique=True).map(sorted),
    st.lists(st.integers(-100, 1100), min_size=1),
)
def test_nearest_is_nearest(known: list[int], asked: list[int]) -> None:
    near = nearest_ns(np.array(known), np.array(asked))
    for index, at in zip(near, asked, strict=True):
        assert abs(known[index] - at) == min(abs(k - at) for k in known)


# --- synchrony ---------------------------------------------------------------------------------


def beats_and_steps(offset_s: float, step_s: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    beats = np.array([ns(1.0 + 0.6 * k) for k in range(60)])
    steps = np.array([ns(3.0 + offset_s + step_s * k) for k in range(50)])
    return steps, beats


def test_steps_before_beats_have_a_negative_asynchrony_and_are_consistent() -> None:
    steps, beats = beats_and_steps(-0.2 - 0.05)  # beats at 1.0 + 0.6 k; a step at 2.75
    cued = cued_steps(steps, beats)
    assert np.allclose(cued.asynchrony_s, -0.05, atol=1e-9)
    assert cued.consistency_r == pytest.approx(1.0)
    assert np.allclose(cued.phase_rad, -0.05 / 0.6 * 2 * np.pi, atol=1e-6)


def test_steps_of_another_tempo_are_not_consistent_nor_locked() -> None:
    steps, beats = beats_and_steps(0.0, step_s=0.66)
    cued = cued_steps(steps, beats)
    assert (cued.consistency_r or 0.0) < 0.2
    assert not locked_windows(cued.phase_rad).any()


def test_a_lock_begins_where_the_phase_comes_to_rest() -> None:
    drifting = np.linspace(-3.0, 0.0, 20)
    locked = locked_windows(np.concatenate([drifting, np.zeros(30)]))
    assert len(locked) == 50 - LOCK_STEPS + 1
    assert not locked[:8].any()
    assert locked[20:].all()


def test_steps_outside_of_a_stretch_of_beats_are_not_cued() -> None:
    beats = np.array([ns(t) for t in (10.0, 10.6, 11.2, 30.0, 30.6)])
    steps = np.array([ns(t) for t in (5.0, 10.3, 20.0, 30.3, 40.0)])
    assert [int(t) for t in cued_steps(steps, beats).ic_ns] == [ns(10.3), ns(30.3)]


def test_no_beats_no_synchrony() -> None:
    cued = cued_steps(np.array([ns(1.0)]), np.zeros(0, np.int64))
    assert cued.consistency_r is None
    assert len(locked_windows(cued.phase_rad)) == 0


# --- the envelope ------------------------------------------------------------------------------


def pulse(tempi_spm: list[float | None]) -> tuple[list[Beat], list[CueDecision]]:
    """Return a pulse with one decision for each beat; None is a second of silence."""
    beats: list[Beat] = []
    decisions: list[CueDecision] = []
    due_ns = ns(10.0)
    for spm in tempi_spm:
        decisions.append(CueDecision(EngineNs(due_ns), "x", 0, spm, spm, 0.0, -18.0, ()))
        due_ns += ns(60.0 / spm) if spm else ns(1.0)
        if spm:
            beats.append(
                Beat(
                    index=len(beats),
                    due_ns=EngineNs(due_ns),
                    frame=DacFrame(0),
                    interval_s=60.0 / spm,
                    sound="click",
                    accent=False,
                    level_dbfs=-18.0,
                    decision_index=len(decisions) - 1,
                )
            )
    return beats, decisions


def violations(beats: list[Beat], decisions: list[CueDecision]) -> tuple[str, ...]:
    return envelope_use(beats, decisions, HARD_LIMITS).violations


def test_a_steady_pulse_uses_nothing_of_the_envelope() -> None:
    used = envelope_use(*pulse([100.0] * 10), HARD_LIMITS)
    assert used.violations == ()
    assert used.max_slew_pct_per_beat == 0.0
    assert used.max_phase_step_pct == pytest.approx(0.0, abs=1e-6)


def test_slew_is_measured_and_too_much_of_it_is_found() -> None:
    used = envelope_use(*pulse([100.0, 101.0, 102.0]), HARD_LIMITS)
    assert used.max_slew_pct_per_beat == pytest.approx(0.99, abs=0.02)
    assert used.violations == ()
    jumped = violations(*pulse([100.0, 104.0]))
    assert jumped == ("beat 1: tempo jumped", "beat 1: tempo changed fast")


def test_a_shifted_beat_is_a_phase_jump() -> None:
    beats, decisions = pulse([100.0] * 3)
    late = [*beats[:2], replace(beats[2], due_ns=EngineNs(beats[2].due_ns + ns(0.06)))]
    assert violations(late, decisions) == ("beat 2: phase jumped",)
    assert envelope_use(late, decisions, HARD_LIMITS).max_phase_step_pct == pytest.approx(10.0)


def test_a_tempo_far_from_the_persons_own_is_found() -> None:
    beats, decisions = pulse([100.0] * 3)
    near, far = Person(own_spm=85.0), Person(own_spm=70.0)
    assert envelope_use(beats, decisions, HARD_LIMITS, near).violations == ()
    assert len(envelope_use(beats, decisions, HARD_LIMITS, far).violations) == 3


def test_beats_long_after_the_last_step_are_found() -> None:
    beats, decisions = pulse([60.0] * 40)
    walking = Person(step_ns=[beat.due_ns for beat in beats])
    assert envelope_use(beats, decisions, HARD_LIMITS, walking).violations == ()
    stopped = envelope_use(beats, decisions, HARD_LIMITS, Person(step_ns=walking.step_ns[:10]))
    assert stopped.violations[0] == "beat 25: 16.0 s without a step"
    assert len(stopped.violations) == 15


def test_beats_lost_on_the_way_are_no_jump_of_the_pulse() -> None:
    beats, decisions = pulse([100.0] * 8)
    assert violations([*beats[:2], *beats[5:]], decisions) == ()
    moved, jumped = (
        replace(beats[5], due_ns=EngineNs(beats[5].due_ns + ns(by_s))) for by_s in (0.1, 0.14)
    )
    assert violations([*beats[:2], moved], decisions) == ()
    assert violations([*beats[:2], jumped], decisions) == ("beat 5: phase jumped",)


def test_after_silence_a_pulse_begins_freely_but_not_at_once() -> None:
    beats, decisions = pulse([100.0, 100.0, None, 130.0, 130.0])
    assert violations(beats, decisions) == ()
    early = replace(beats[2], due_ns=EngineNs(beats[1].due_ns + ns(0.2)))
    found = violations([*beats[:2], early], decisions)
    assert found == ("beat 2: 0.200 s after the one before",)


@pytest.mark.parametrize(
    ("tempo_spm", "what"), [(25.0, "tempo too slow"), (200.0, "tempo too fast")]
)
def test_tempo_outside_the_range_is_found(tempo_spm: float, what: str) -> None:
    assert violations(*pulse([tempo_spm])) == (f"beat 0: {what}",)


def test_level_above_the_cap_and_a_fast_rise_are_found() -> None:
    beats, decisions = pulse([100.0, 100.0])
    loud = [beats[0], replace(beats[1], level_dbfs=-3.0)]
    assert violations(loud, decisions) == ("beat 1: too loud", "beat 1: level rose")
