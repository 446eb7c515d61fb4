"""What happened -> one SQLite file a session."""
