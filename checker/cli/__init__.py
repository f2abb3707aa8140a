"""The command line."""

from checker.cli.app import main

__all__ = ["main"]
