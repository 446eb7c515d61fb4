"""Cadence -> decision -> beats, within limits."""
