"""The folder that the evidence for verdicts is written to, a file each."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from checker.cli.console import write_whole
from checker.cli.options import UsageError

OPTION = "--evidence"


class EvidenceFolder:
    """A folder with one file for each of some statements, which are named.

    Files of the same names that an earlier call wrote are removed first, so that none of them is
    taken for what the present call found.
    """

    def __init__(self, folder: str, statements: Sequence[str]) -> None:
        self.folder = Path(folder)
        self.names = file_names(statements)
        try:
            self.folder.mkdir(exist_ok=True)
            for name in self.names:
                (self.folder / name).unlink(missing_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()
        except OSError as error:
            raise _unwritable(self.folder, error) from None

    def write(self, number: int, text: str) -> None:
        """Write the evidence for the statement of a number.

        Raises:
            UsageError: if the folder does not take it.
        """
        try:
            write_whole(self.folder / self.names[number], text)
        except OSError as error:
            raise _unwritable(self.folder, error) from None


def _unwritable(folder: Path, error: OSError) -> UsageError:
    said = error.strerror or str(error)
    return UsageError(f"{folder}: cannot write evidence ({said}); give another {OPTION}")


def file_names(statements: Sequence[str]) -> list[str]:
    """A file name for each statement, numbered where two would have the same."""
    names: list[str] = []
    for statement in statements:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "--", statement).lstrip(".") or "statement"
        name, number = f"{plain}.json", 2
        while name in names:
            name, number = f"{plain}-{number}.json", number + 1
        names.append(name)
    return names
