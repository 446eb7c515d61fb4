"""TOML -> frozen models; programmes."""
