"""The command ``alignspec``, which runs the checker that lies beside this package."""

from __future__ import annotations

import sys

from alignspec.packages import NameClash, own


def main() -> None:
    """Run the command line."""
    try:
        own("checker")
    except NameClash as error:
        print(f"alignspec: {error}", file=sys.stderr)
        sys.exit(2)
    from checker.cli import main as run

    run()
