"""Lower back: both feet's contacts; for now from the magnitude of the acceleration."""

from __future__ import annotations

from rascue.steps.accel_norm import AccelNormDetector


class LumbarDetector(AccelNormDetector):
    """Contacts of both feet seen at the lower back."""

    name = "lower_back"
