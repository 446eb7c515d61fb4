"""The patient's own songs: what lies on the disk for each, and how their beats are kept."""
