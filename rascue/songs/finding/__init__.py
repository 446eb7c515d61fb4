"""Samples of a song -> the instants of its beats, how sure they are, whether they are steady."""
