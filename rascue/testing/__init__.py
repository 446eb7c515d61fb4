"""Contract suites that every plug-in of a kind must pass."""
