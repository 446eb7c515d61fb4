"""Two feet: whether the left and the right sensor are exchanged, from where the toes point."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rascue.core.types import EngineNs, SensorConcern, SensorHealth, Side
from rascue.steps.foot_travel import FootTravel

SOURCE_ID = "feet"
"""Names both sensors in what is told."""

SENTENCE = (
    "The toes of both feet point inward ({difference:.0f} degrees between them): "
    "left and right seem to be exchanged."
)


@dataclass(frozen=True, slots=True)
class FeetParams:
    """When two sensors seem to be exchanged; chosen on recordings, see docs/detectors.md.

    Parameters
    ----------
    strides_min, strides_kept
        Straight strides of each foot before anything is said, and over which the median is taken.
    yaw_max_deg, length_min_m
        A stride that turns more, or is shorter, says nothing.
    swapped_deg, right_deg
        Angle from right to left foot, positive when the toes point outward: below the first the
        doubt is raised, above the second it is cleared.
    """

    strides_min: int = 6
    strides_kept: int = 20
    yaw_max_deg: float = 15.0
    length_min_m: float = 0.3
    swapped_deg: float = -10.0
    right_deg: float = 0.0


DEFAULT_PARAMS = FeetParams()


class FeetWatch:
    """Tells from straight strides whether left and right are exchanged; any mounting.

    Notes
    -----
    Nearly everybody walks with the toes outward: the left foot points to the left of the way it
    travels, the right foot to the right. Both directions come from the sensor alone (see
    ``FootTravelMeter``). Who walks with the toes inward looks exchanged, and an exchanged pair on
    feet that point straight ahead is not noticed.

    Source: toe-out of 5 to 7 degrees a foot in usual walking (Murray, Drought, Kory, J Bone Joint
    Surg 46-A (1964) 335-360). Deviations: direction of the foot from its axis of rotation.
    """

    def __init__(self, params: FeetParams = DEFAULT_PARAMS) -> None:
        self._params = params
        self._toes_deg = {
            side: deque[float](maxlen=params.strides_kept) for side in (Side.LEFT, Side.RIGHT)
        }
        self._raised = False

    def process(self, side: Side, travels: Sequence[FootTravel]) -> list[SensorHealth]:
        """Take strides of one foot, as they become known."""
        return [change for one in travels for change in self._take(side, one)]

    def _take(self, side: Side, one: FootTravel) -> list[SensorHealth]:
        straight = abs(one.yaw_deg) <= self._params.yaw_max_deg
        if straight and one.length_m >= self._params.length_min_m:
            self._toes_deg[side].append(one.toe_deg)
        if min(map(len, self._toes_deg.values())) < self._params.strides_min:
            return []
        left_deg, right_deg = (median(toes) for toes in self._toes_deg.values())
        return self._judge(left_deg - right_deg, one.detected_ns)

    def _judge(self, outward_deg: float, at_ns: EngineNs) -> list[SensorHealth]:
        bound = self._params.right_deg if self._raised else self._params.swapped_deg
        if (outward_deg < bound) == self._raised:
            return []
        self._raised = not self._raised
        detail = SENTENCE.format(difference=-outward_deg) if self._raised else ""
        return [SensorHealth(at_ns, SOURCE_ID, SensorConcern.SWAPPED_FEET, self._raised, detail)]
