"""An I2C bus without hardware: models of chips, register by register, behind real ioctls."""
