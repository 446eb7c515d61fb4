"""Shifts of beats never add up to a tempo beyond the prescribed one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rascue.core.clock import seconds_between
from rascue.core.types import CadenceStatus
from rascue.cue.mutual import Mutual, MutualParams
from rascue.cue.phase_lock import PhaseLock, PhaseLockParams

HURRIES = {
    "festination_per_min": 3.0, "festination_ratio_per_step": 0.025, "phase_gain": 0.2,
    "period_gain": 0.04, "target_ratio": 1.0, "duration_s": 240.0,
}  # fmt: skip


@pytest.mark.parametrize("strategy", [Mutual(MutualParams()), PhaseLock(PhaseLockParams())])
def test_ten_beats_are_no_faster_than_prescribed_for_somebody_who_hurries(closed_loop, strategy):
    walked = closed_loop(strategy, 3, **HURRIES)
    due_s = np.array([walked.at_s(beat.due_ns) for beat in walked.beats])
    fastest_spm = 600.0 / (due_s[10:] - due_s[:-10]).min()
    assert fastest_spm <= 1.005 * walked.baseline_spm
    assert max(d.allowed_spm or 0.0 for d in walked.decisions) <= walked.baseline_spm + 1e-6


def test_who_hurries_at_the_beginning_is_not_met_there(now):
    steady = now(target_spm=100.0, baseline_spm=100.0)
    cadence = replace(steady.cadence, cadence_spm=104.0, status=CadenceStatus.STEADY)
    wish = Mutual(MutualParams()).decide(replace(steady, cadence=cadence))
    assert wish.cadence_spm == 100.0


def test_a_slower_target_is_never_undercut(closed_loop):
    walked = closed_loop(Mutual(MutualParams()), 1, target_ratio=0.95, phase_gain=0.02)
    slowest = min(d.wanted_spm for d in walked.decisions if d.wanted_spm)
    assert slowest >= 0.95 * walked.baseline_spm - 1e-6
    assert seconds_between(walked.start_ns, walked.beats[-1].due_ns) > 170.0
