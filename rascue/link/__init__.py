"""Messages between engine and dashboard over a local socket."""
