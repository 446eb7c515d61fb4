"""People who walk and hear, for tests and demonstration."""
