"""Steps -> cadence estimate, strides, variability."""
