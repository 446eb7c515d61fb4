"""Accompaniment that is made while somebody walks: one beat of music for each beat of the cue."""
