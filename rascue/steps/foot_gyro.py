"""Foot and shank: initial and final contact from the medio-lateral angular rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rascue.core.errors import WrongUse
from rascue.core.types import DetectorEvent, ImuBlock, SourceInfo
from rascue.steps import filters
from rascue.steps._kernels import ffi, lib
from rascue.steps.activity import ActivityParams
from rascue.steps.kernel_stream import KernelStream
from rascue.steps.kernel_structs import coefficients, fill

LOW_PASS_HZ = 15.0
"""Corner of the low-pass on the rate: its 15 ms of delay are part of ``contact_offset_s``. From 10
to 22 Hz the results on the recordings hardly differ (docs/detectors.md)."""


@dataclass(frozen=True, slots=True)
class FootGyroParams:
    """What counts as a swing of the leg.

    Chosen on the recordings, see docs/detectors.md; angles are of rotation about the
    medio-lateral axis, "usual" is a running mean of the announced swings.

    Parameters
    ----------
    gap_s
        Samples further apart than this start the signal anew.
    delay_max_s
        A contact found later than this after it is not told.
    contact_offset_s
        Contact minus zero crossing of the filtered rate: filter delay and the mean of what three
        sets of references say (-20, +10 and +15 ms about this value).
    lift_offset_s
        Final contact minus zero crossing between push and swing, against voisard's references.
    rest_offset_s
        Contact minus start of rest, for a movement in which no swing was seen.
    fade_offset_s
        The same for a swing whose rate faded into rest without falling through zero...
    tilt_share, tilted_rest_s
        ...unless the toes point higher than at the last rest, by this part of the usual swing: such
        a foot rests only after this time, and has its contact then.
    up_memory_s, axis_memory_s
        Memory of rest for the direction of gravity, of movement for the medio-lateral axis.
    square_deg
        A sensor's axis so near the axis of most rotation is taken for the medio-lateral one:
        sensors are worn square to the foot, and feet turn out. 0: never.
    rest_rate_dps, rest_s
        The foot rests when it has turned more slowly than this for so long.
    confirm_rate_dps, confirm_s
        A zero crossing is certain at so large an opposite rate, or after so long beyond zero.
    swing_peak_min_dps, swing_angle_min_deg, swing_min_s
        Smallest swing.
    swing_share_min
        Part of the usual swing angle from which a swing is announced at once; a smaller one
        waits for the end of the movement, where the largest is taken.
    own_push_share_min, own_push_swing_min_deg
        With a push of so large a part of its angle before it, so small a swing is announced at
        once too.
    push_share_min
        Part of the usual push angle that begins a new movement without a rest.
    lift_share_min
        Part of the usual push angle from which the final contact is told as the push ends; after a
        smaller one it is told with the contact.
    pair_share_min, first_swing_min_deg
        While the swing direction is unknown: part of the swing's angle that a push has at least,
        and smallest swing.
    vote_min_deg, direction_known_deg
        Lobes smaller than this say nothing about the direction; evidence that fixes it.
    alike_share_min, longer_ratio, duration_weight
        Of two lobes that are alike in angle (smaller over larger) while one lasts so much longer,
        the shorter is the swing; so large a part of its angle is the evidence.
    next_swing_share_min, next_push_share_min
        Part of the usual swing, and push as part of that swing, that make a stride of their own
        though the foot did not rest since the last contact.
    rotation_min_deg, walk_memory_s
        So much rotation about any axis within a movement without swing makes a contact, if the
        last one is not longer ago than this.
    stride_min_s, doubtful_stride_min_s
        Shortest time between two contacts of a foot; where the second ended no clear swing, that of
        the fastest cadence that is used (172.9 steps/min, as in ``RobustMedianParams``).
    learning
        Share of the newest swing in what is usual.
    activity
        When contacts make a walk.
    """

    gap_s: float = 0.1
    delay_max_s: float = 0.4
    contact_offset_s: float = 0.005
    lift_offset_s: float = -0.045
    fade_offset_s: float = -0.07
    tilt_share: float = 0.35
    tilted_rest_s: float = 0.14
    rest_offset_s: float = -0.05
    up_memory_s: float = 5.0
    axis_memory_s: float = 6.0
    square_deg: float = 35.0
    rest_rate_dps: float = 37.0
    rest_s: float = 0.08
    confirm_rate_dps: float = 100.0
    confirm_s: float = 0.02
    swing_peak_min_dps: float = 50.0
    swing_angle_min_deg: float = 10.0
    swing_min_s: float = 0.06
    swing_share_min: float = 0.4
    own_push_share_min: float = 0.3
    own_push_swing_min_deg: float = 5.0
    push_share_min: float = 0.4
    lift_share_min: float = 0.5
    pair_share_min: float = 0.35
    first_swing_min_deg: float = 15.0
    vote_min_deg: float = 5.0
    direction_known_deg: float = 80.0
    alike_share_min: float = 0.8
    longer_ratio: float = 1.7
    duration_weight: float = 0.5
    next_swing_share_min: float = 0.7
    next_push_share_min: float = 0.5
    rotation_min_deg: float = 25.0
    walk_memory_s: float = 3.5
    stride_min_s: float = 0.6
    doubtful_stride_min_s: float = 0.69
    learning: float = 0.3
    activity: ActivityParams = field(
        default_factory=lambda: ActivityParams(standing_after_s=3.5, standing_after_steps=1.75)
    )


DEFAULT_PARAMS = FootGyroParams()


class FootGyroDetector:
    """One contact per stride of the leg that wears the sensor; needs a gyroscope, any mounting.

    Parameters
    ----------
    info
        What the source says about itself.
    params
        Thresholds.

    Raises
    ------
    WrongUse
        When the source has no gyroscope.

    Notes
    -----
    1. Up is the mean acceleration while the foot rests. The axis of most rotation in the plane
       across it is medio-lateral; it is tracked by one power iteration a sample. An axis of the
       sensor that lies near is taken instead.
    2. The rate about that axis is cut where it crosses zero. Between two rests follow a lobe of
       push-off, the larger one of the swing, and a small one as the foot comes flat.
    3. Which way the leg swings: the foot turns back to where it was, so push-off and landing
       together undo the swing and the swing is the largest lobe. Each lobe votes.
    4. A clear swing is announced where it ends. One whose rate fades without crossing zero, a small
       one and one that nothing larger followed are announced when the foot rests; a foot whose
       toes still point up has not landed flat and is given a little longer. None of these may
       follow the contact before sooner than a stride of the fastest cadence that is used.
    5. The final contact lies where push and swing meet. It is told there, some 0.3 s before the
       next contact, where the push was as large as usual; else with that contact.

    Steps: initial and final contacts. Axes: three of the gyroscope, three of the accelerometer.
    Delay: about 25 ms after the contact for a clear swing, up to 0.4 s for a shuffle.
    Accuracy: docs/detectors.md, shown by tests/replay/test_steps_recordings.py.

    Source: the shape of the rate and the zero crossing at contact are those of Sabatini,
    Martelloni, Scapellato, Cavallo, IEEE Trans Biomed Eng 52 (2005) 486-494, and Catalfamo,
    Ghoussayni, Ewins, Sensors 10 (2010) 5683-5702.

    Deviations: no calibrated mounting, no fixed direction of the swing, thresholds relative to the
    person's own swings, and shuffling steps decided at the end of the movement.
    """

    name = "foot"
    contacts_per_stride = 1

    def __init__(self, info: SourceInfo, params: FootGyroParams = DEFAULT_PARAMS) -> None:
        if not info.has_gyro:
            raise WrongUse(
                f"{info.source_id}: the detector 'foot' needs a gyroscope; use 'accelerometer'"
            )
        self._params = fill(ffi.new("foot_params *"), params)
        self._params.rate_hz = info.rate_hz
        self._state = ffi.new("foot_state *")
        filter_values = coefficients(filters.low_pass(LOW_PASS_HZ, info.rate_hz))
        lib.foot_start(self._state, filter_values)
        self._stream = KernelStream(info, self._feed)

    @property
    def delay_max_s(self) -> float:
        """Longest time from a contact to its announcement, s."""
        return float(self._params.delay_max_s)

    @property
    def oriented(self) -> bool:
        """True once the direction of the swing is known."""
        votes_deg = float(self._state.direction_votes_deg)
        return abs(votes_deg) >= float(self._params.direction_known_deg)

    def process(self, block: ImuBlock) -> Sequence[DetectorEvent]:
        """Take the next samples; return what they revealed, in order of ``detected_ns``."""
        return self._stream.process(block)

    def reset(self) -> None:
        """Forget the signal (after a gap); keep counting."""
        lib.foot_restart(self._state)

    def _feed(self, n: int, t_ns: Any, acc: Any, gyr: Any, reports: Any) -> int:
        return int(lib.foot_feed(self._state, self._params, n, t_ns, acc, gyr, reports))
