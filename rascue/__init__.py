"""Closed-loop rhythmic auditory stimulation for impaired gait."""

__version__ = "0.1.0"
