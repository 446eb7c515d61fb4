"""How well the next contact is foretold: a stride ahead, and when a beat has to be placed.

Scored where the reference walk is steady: the last three strides and the next lie within a share
of their median. Of a person whose strides vary by CV, the next cannot be foretold better than CV
times the stride time from strides alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rascue.core.clock import NS_PER_S
from rascue.core.types import CadenceEstimate, FinalContactEvent, StepEvent

if TYPE_CHECKING:
    from rascue.testing.steps_scoring import Scored

STEADY_RATIO = 0.03
"""Strides of healthy adults at their own pace vary by a CV of 1 to 3 % (Hausdorff, J Neuroeng
Rehabil 2:19, 2005); a stride further from the median than that is a change of the walk."""

LOOSE_RATIO = 0.05
"""Also given, as it takes in most walks of people with impaired gait."""

STRIDES_BEFORE = 3

HORIZON_S = 0.3
"""A beat is given to the sound output so long before it sounds, by default (EngineConfig)."""

MATCH_S = 0.25
"""Contact found and reference belong together within this time."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """The next contact as expected from ``emit_s`` on, s; NaN while unknown."""

    emit_s: float
    contact_s: float
    sd_s: float
    after_contact: bool


def expected(event: StepEvent | FinalContactEvent, estimate: CadenceEstimate) -> Expected:
    """Return what an estimate says after an event."""
    next_ns, sd_s = estimate.next_ic_ns, estimate.next_ic_sd_s
    return Expected(
        event.detected_ns / NS_PER_S,
        np.nan if next_ns is None else next_ns / NS_PER_S,
        np.nan if sd_s is None else sd_s,
        isinstance(event, StepEvent),
    )


def prediction_figures(rows: Sequence[Scored], scorer: Any, offset_s: float) -> dict[str, float]:
    """Return the columns of the table that tell of the next contact; ms, and shares."""
    ahead, horizon = (
        np.concatenate([prediction_errors(row, scorer, offset_s, lead_s) for row in rows])
        for lead_s in (None, HORIZON_S)
    )
    return {
        "prediction_sd_ms": _sd_ms(ahead, STEADY_RATIO),
        "prediction_loose_sd_ms": _sd_ms(ahead, LOOSE_RATIO),
        "prediction_at_horizon_sd_ms": _sd_ms(horizon, STEADY_RATIO),
        "prediction_at_horizon_loose_sd_ms": _sd_ms(horizon, LOOSE_RATIO),
        "prediction_within_sd": _share_within(horizon, 1.0),
        "prediction_within_two_sd": _share_within(horizon, 2.0),
    }


def prediction_errors(
    row: Scored, scorer: Any, offset_s: float, lead_s: float | None = None
) -> Floats:
    """Return errors of the expected contacts of a recording, shape (n, 3).

    Parameters
    ----------
    offset_s
        Constant offset of the detector, taken away from all it says.
    lead_s
        Score what was known so long before the true contact; None: at the contact before it.

    Returns
    -------
    Expected minus true contact, s; its stated SD, s; largest distance of the last three strides
    and the next from their median, as a share of it.
    """
    rows = [
        (known.contact_s - offset_s - contact_s, known.sd_s, unsteadiness)
        for known, contact_s, unsteadiness in _cases(row, scorer, offset_s, lead_s)
    ]
    errors = np.array(rows, np.float64).reshape(-1, 3)
    return errors[np.isfinite(errors).all(axis=1)]


def _cases(
    row: Scored, scorer: Any, offset_s: float, lead_s: float | None
) -> Iterator[tuple[Expected, float, float]]:
    contacts, step = row.reference.contacts_s, row.reference.contacts_per_stride
    outlook = row.found.outlook
    emit_s = np.array([known.emit_s for known in outlook])
    after_contact = [k for k, known in enumerate(outlook) if known.after_contact]
    found_s = np.array(row.found.t_s) - offset_s
    for i, j in scorer.match_events(contacts, found_s, MATCH_S) if outlook else ():
        first = i - STRIDES_BEFORE * step
        if first < 0 or i + 1 >= len(contacts):
            continue
        strides = contacts[first + step : i + 2] - contacts[first : i + 2 - step]
        middle = np.median(strides)
        index = after_contact[j]
        if lead_s is not None:
            until_s = contacts[i + 1] + offset_s - lead_s
            index = max(index, int(np.searchsorted(emit_s, until_s, "right")) - 1)
        yield outlook[index], contacts[i + 1], float(np.abs(strides - middle).max() / middle)


def _sd_ms(errors: Floats, ratio: float) -> float:
    steady = errors[errors[:, 2] <= ratio, 0]
    return 1000.0 * float(steady.std()) if len(steady) else float("nan")


def _share_within(errors: Floats, sds: float) -> float:
    steady = errors[errors[:, 2] <= LOOSE_RATIO]
    if not len(steady):
        return float("nan")
    return float(np.mean(np.abs(steady[:, 0]) <= sds * steady[:, 1]))
