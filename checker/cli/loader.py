"""A user's file as a module, executed once for as long as it does not change.

It is compiled from its text every time: Python's own store of compiled files takes two savings
within one second for one, if they have the same length.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

from alignspec.packages import clash, stand_beside
from spec.errors import SpecError, location_in, shorten

_loaded: dict[Path, tuple[tuple[int, int], ModuleType]] = {}
"""By file: the time and size at which it was read, and the module that it made."""
_held = False
"""Whether files that were read stand for what they were then."""


@contextmanager
def held() -> Iterator[None]:
    """Meanwhile no file is read again, here and in processes that are forked: what is saved while
    work is under way does not change half of it."""
    global _held
    before, _held = _held, True
    try:
        yield
    finally:
        _held = before


def load(path: str) -> ModuleType:
    """A user's file as a module. It is executed again only after it has changed.

    Raises:
        SpecError: naming the file and, where there is one, the line of the mistake.
    """
    file = Path(path)
    if _held and file.resolve() in _loaded:
        return _loaded[file.resolve()][1]
    if not file.is_file():
        raise SpecError("no such file; give the path of a Python file with a scheme", path)
    file, state = file.resolve(), file.stat()
    stamp = (state.st_mtime_ns, state.st_size)
    known = _loaded.get(file)
    if known is not None and known[0] == stamp:
        return known[1]
    module = _execute(file, path)
    _loaded[file] = (stamp, module)
    return module


def _execute(file: Path, path: str) -> ModuleType:
    # the same name in every process, so that what the file defines can be sent from one to another
    name = f"alignspec_user_{hashlib.sha256(str(file).encode()).hexdigest()[:16]}"
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
        stand_beside(file.parent)
    try:
        with redirect_stdout(sys.stderr):  # what it prints must not mix with a document
            exec(compile(file.read_bytes(), path, "exec"), vars(module))
    except SpecError:
        raise
    except SyntaxError as error:
        location = f"{shorten(error.filename or path)}:{error.lineno or 1}"
        raise SpecError(f"{error.msg}; mend the syntax", location) from None
    except SystemExit as error:
        raise SpecError(
            'the file exits while it is read; put what it runs under `if __name__ == "__main__":`',
            location_in(error) or path,
        ) from None
    except (Exception, KeyboardInterrupt) as error:
        frames = traceback.extract_tb(error.__traceback__)
        mine = [f for f in frames if Path(f.filename).resolve() == file]
        location = f"{shorten(path)}:{mine[-1].lineno}" if mine else path
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        if isinstance(error, ImportError):
            said = "; ".join(filter(None, (said, clash(error, file.parent))))
        raise SpecError(said, location) from error
    return module
