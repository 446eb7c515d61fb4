"""What came of a simulated session: truth against the engine's records."""
