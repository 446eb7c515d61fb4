"""Every built-in step detector keeps the rules of its kind."""

from __future__ import annotations

from rascue.core.types import ImuBlock, Placement, SourceInfo
from rascue.steps.accel_norm import AccelNormDetector
from rascue.steps.base import StepDetector
from rascue.steps.foot_gyro import FootGyroDetector
from rascue.steps.lumbar import LumbarDetector
from rascue.testing.step_detectors import StepDetectorContract
from tests.unit.steps.walks import back_walk, foot_walk


class TestFootGyro(StepDetectorContract):
    def make(self) -> StepDetector:
        return FootGyroDetector(SourceInfo("sensor", Placement.LEFT_FOOT, 100.0, has_gyro=True))

    def walk(self) -> ImuBlock:
        return foot_walk()[0]


class TestLumbar(StepDetectorContract):
    def make(self) -> StepDetector:
        return LumbarDetector(SourceInfo("sensor", Placement.LOWER_BACK, 100.0, has_gyro=True))

    def walk(self) -> ImuBlock:
        return back_walk()[0]


class TestLumbarWithoutGyroscope(StepDetectorContract):
    def make(self) -> StepDetector:
        return LumbarDetector(SourceInfo("sensor", Placement.LOWER_BACK, 100.0, has_gyro=False))

    def walk(self) -> ImuBlock:
        walk = back_walk()[0]
        return ImuBlock("sensor", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps[:0])


class TestAccelNorm(StepDetectorContract):
    def make(self) -> StepDetector:
        return AccelNormDetector(SourceInfo("sensor", Placement.POCKET, 100.0, has_gyro=False))

    def walk(self) -> ImuBlock:
        walk = back_walk()[0]
        return ImuBlock("sensor", 0, walk.t_ns, walk.acc_mps2, walk.gyr_dps[:0])
