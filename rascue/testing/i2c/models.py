"""The modelled chips, by the names of the drivers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rascue.core.clock import Clock
from rascue.testing.i2c.icm42688_model import Icm42688Model
from rascue.testing.i2c.lsm6dsox_model import Lsm6dsoxModel
from rascue.testing.i2c.motion import Motion
from rascue.testing.i2c.mpu60x0_model import Mpu60x0Model
from rascue.testing.i2c.register_chip import RegisterChip, Samples

Watch = Callable[[Samples], None] | None
ModelMaker = Callable[[Motion, Clock, float, Watch], RegisterChip]

MODELS: dict[str, ModelMaker] = {
    "lsm6dso": Lsm6dsoxModel,
    "lsm6dsox": Lsm6dsoxModel,
    "ism330dhcx": partial(Lsm6dsoxModel, identity=0x6B),
    "mpu6050": Mpu60x0Model,
    "mpu6500": partial(Mpu60x0Model, identity=0x70, capacity_bytes=512),
    "mpu9250": partial(Mpu60x0Model, identity=0x71, capacity_bytes=512),
    "icm42688": Icm42688Model,
}
