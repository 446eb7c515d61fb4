"""The command line: `rascue COMMAND`; one module a command, loaded only when it is used."""

from rascue.cli.main import main

__all__ = ["main"]
