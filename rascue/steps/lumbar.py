"""Lower back: the contacts of both feet from the vertical and the backward acceleration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rascue.core.types import DetectorEvent, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.activity import ActivityParams
from rascue.steps.kernel_stream import KernelStream
from rascue.steps.kernel_structs import coefficients, fill

# Corners: 0.5 Hz takes gravity and posture away, 3.2 Hz leaves the step frequency of any walk and
# little delay, 2.5 Hz is steadier for timing; the shock of a landing lies between 4 and 15 Hz;
# sway and pelvis move at half the step frequency; a turn lasts a second or more. Chosen on the
# recordings, see docs/detectors.md.
FILTERS: dict[str, Callable[[float], filters.Biquad]] = {
    "high_pass": lambda rate_hz: filters.high_pass(0.5, rate_hz),
    "low_pass": lambda rate_hz: filters.low_pass(3.2, rate_hz),
    "timing_pass": lambda rate_hz: filters.low_pass(2.5, rate_hz),
    "shock_high_pass": lambda rate_hz: filters.high_pass(4.0, rate_hz),
    "shock_low_pass": lambda rate_hz: filters.low_pass(15.0, rate_hz),
    "sway_pass": lambda rate_hz: filters.low_pass(2.0, rate_hz),
    "yaw_pass": lambda rate_hz: filters.low_pass(1.2, rate_hz),
    "tip_pass": lambda rate_hz: filters.low_pass(0.5, rate_hz),
    "turn_pass": lambda rate_hz: filters.low_pass(0.7, rate_hz),
}


@dataclass(frozen=True, slots=True)
class LumbarParams:
    """What counts as a contact of either foot.

    Chosen on the recordings, see docs/detectors.md. "Rise" is the height of a rise of the filtered
    sum of vertical and backward acceleration, "usual" a running mean over the announced steps.

    Parameters
    ----------
    gap_s
        Samples further apart than this start the signal anew.
    contact_offset_s
        Contact minus upward zero crossing of the timing signal, mostly its filter's delay.
    untimed_offset_s, end_offset_s
        Contact minus certainty where there is no such crossing: certainty within the rise, and
        at its end.
    look_back_s, look_ahead_s
        Where around the certainty that crossing is sought.
    up_memory_s, backward_memory_s, side_power_memory_s
        Memory of the direction of gravity, (of movement) of the direction of walking, and of how
        strong sway and pelvic rotation are.
    backward_weight, timing_weight
        Weight of the backward beside the vertical acceleration: to find and to time steps.
    shock_weight, shock_timing_weight, shock_level_share
        The same of the shock of landing; part of its horizontal beside its vertical strength.
    moving_mps2
        Vertical acceleration of a walk; less counts less for the direction of walking.
    step_min_s
        Shortest time between two contacts.
    first_step_max_s
        Longest step time taken from the first two contacts of a walk: they are slow, or one
        between them was missed.
    early_share, late_share
        A contact before or after these parts of the usual step time is early or late.
    rise_min_mps2
        Smallest rise that ever counts; it does while the walk is new.
    stir_mps2, rest_s
        The body rests after the sum stayed within this for so long.
    swing_min_s
        No step ends sooner after rest: a foot must leave the ground before it lands.
    tip_max_dps
        When no walk is known, or its next step is late, and the trunk tips forward or backward
        faster than this (smoothed), somebody sits down, stands up or bends. Needs the gyroscope.
    first_level_share
        While a walk is new a rise counts only if it ends so much of itself above zero.
    rise_share, rise_early_share, rise_due_share
        Part of the usual rise that counts at any time, when it is early, and when a step is due.
    level_share, rise_now_share
        So high above zero, and so much of the usual rise, makes a step certain before its end.
    fall_share
        A rise has ended when the signal fell by this part of it.
    pattern_memory_s
        Without steps for so long the walk is forgotten.
    side_memory, side_known
        Share of the step before in the evidence for a side; evidence, in standard deviations of
        sway and pelvic rotation, from which it is told.
    weak_max
        So many steps in a row may count only because they were due.
    activity
        When contacts make a walk.
    """

    gap_s: float = 0.1
    contact_offset_s: float = -0.05
    untimed_offset_s: float = -0.06
    end_offset_s: float = -0.18
    look_back_s: float = 0.15
    look_ahead_s: float = 0.23
    up_memory_s: float = 2.0
    backward_memory_s: float = 30.0
    side_power_memory_s: float = 10.0
    backward_weight: float = 0.4
    timing_weight: float = 1.0
    shock_weight: float = 0.7
    shock_timing_weight: float = 0.3
    shock_level_share: float = 0.5
    moving_mps2: float = 0.7
    step_min_s: float = 0.29
    first_step_max_s: float = 0.85
    early_share: float = 0.8
    late_share: float = 1.4
    rise_min_mps2: float = 0.8
    stir_mps2: float = 0.15
    rest_s: float = 0.4
    swing_min_s: float = 0.56
    tip_max_dps: float = 16.0
    first_level_share: float = 0.1
    level_share: float = -0.1
    rise_now_share: float = 0.35
    rise_share: float = 0.38
    rise_early_share: float = 1.0
    rise_due_share: float = 0.18
    fall_share: float = 0.025
    pattern_memory_s: float = 3.75
    side_memory: float = 0.6
    side_known: float = 2.0
    weak_max: int = 1
    activity: ActivityParams = field(default_factory=ActivityParams)


DEFAULT_PARAMS = LumbarParams()


class LumbarDetector:
    """Contacts of both feet seen at the lower back; any mounting.

    Parameters
    ----------
    info
        What the source says about itself; without a gyroscope turning is not told and sides rest
        on the sway alone.
    params
        Thresholds.

    Notes
    -----
    1. Up is the running mean of the acceleration. Backward is the direction in which the
       horizontal acceleration goes along with the (delayed) vertical one: at each contact the
       body is braked and pushed up, while the sway alternates and averages out. It is known
       after the first step, whatever the mounting.
    2. Vertical plus backward acceleration, 0.5 to 3 Hz, plus the strength of the shock of landing
       (4 to 15 Hz) rises at each contact. A rise counts by its height beside the usual one; less
       is asked when a step is due and more when it is early. The push that starts a walk from
       rest is no contact, however high: no foot has left the ground yet.
       Nor is what comes out of rhythm while the trunk tips: that is sitting down, standing up or
       bending.
    3. The contact is timed where a sum with more backward acceleration rises through zero.
    4. Side: after a left contact the body sways and the pelvis turns to the right; the evidence
       alternates from step to step.

    Steps: initial contacts of both feet, turning. Axes: three of the accelerometer, three of the
    gyroscope if there. Delay: about 50 ms after the contact, 150 ms for one in twenty.
    Accuracy: docs/detectors.md, shown by tests/replay/test_steps_recordings.py.

    Source: forward acceleration at the lower back peaks at contact: Zijlstra, Hof, Gait & Posture
    18 (2003) 1-10. Sway tells the side: the same.

    Deviations: causal; no fixed axes; a sum of both directions; a threshold that knows the rhythm.
    """

    name = "lower_back"
    contacts_per_stride = 2
    delay_max_s = 0.45

    def __init__(self, info: SourceInfo, params: LumbarParams = DEFAULT_PARAMS) -> None:
        self._params = fill(ffi.new("lumbar_params *"), params)
        self._params.rate_hz = info.rate_hz
        self._params.has_gyro = info.has_gyro
        self._state = ffi.new("lumbar_state *")
        for name, design in FILTERS.items():
            setattr(self._state, name, coefficients(design(info.rate_hz))[0])
        lib.lumbar_start(self._state)
        self._stream = KernelStream(info, self._feed)

    @property
    def oriented(self) -> bool:
        """True once a first step told the way of walking."""
        return int(self._state.index) > 0

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.lumbar_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.lumbar_feed(self._state, self._params, n, t_ns, acc, gyr, reports))
