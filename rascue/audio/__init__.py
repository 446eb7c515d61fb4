"""Beats -> samples at exact frames of the sound device."""
