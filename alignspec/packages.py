"""The packages of this distribution, told from a project's own folders of the same names.

``spec``, ``models``, ``properties``, ``checker`` and ``recheck`` are names that other projects have
folders of. Those found beside this package are ours, whatever stands before them on the path. Each
extends its path (``pkgutil.extend_path``), so that modules that ours does not have are still found
in a folder of the project's. Nothing is imported here.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
"""The folder that the packages lie in."""

ENGINE = ("spec", "checker", "recheck")
"""The packages that every use of alignspec needs."""

SHIPPED = ("models", "properties")
"""The packages that are imported only for what ships."""


class NameClash(ImportError):
    """A project's package stands where one of ours must: which two, and what to do."""


class _Finder(MetaPathFinder):
    """Finds some packages in one folder, before anything on the path is looked at.

    Args:
        folder: where they lie.
        names: which they are.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = set(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The package in the folder if it is a regular one, or a module; else None."""
        if fullname not in self.names:
            return None
        found = PathFinder.find_spec(fullname, [str(self.folder)])
        return found if found is not None and found.loader is not None else None


_ours = _Finder(ROOT, ENGINE)


def stand_beside(folder: Path) -> None:
    """Let the files of a project import what it has in folders that are named like ours.

    Its regular package ``models`` or ``properties`` comes before ours, as in any script. Of the
    others, and of those that are imported already, modules that ours does not have are its own.
    """
    if folder.is_relative_to(ROOT) and (ROOT / "spec").is_relative_to(folder):
        return  # the folder is our own
    sys.meta_path.insert(1, _Finder(folder, SHIPPED))
    for name in (*ENGINE, *SHIPPED):
        module, path = sys.modules.get(name), str(folder / name)
        if module is not None and is_ours(module) and path not in module.__path__:
            module.__path__ = [*module.__path__, path]


def own(name: str) -> ModuleType:
    """One of our packages. From the first call on those of the engine are ours everywhere.

    Raises:
        NameClash: when another of that name has been imported before.
    """
    if _ours not in sys.meta_path:
        sys.meta_path.insert(0, _ours)
    if name in SHIPPED:
        _ours.names.update(SHIPPED)
    module = sys.modules.get(name) or importlib.import_module(name)
    if not is_ours(module):
        early = "import what you need from alignspec before it"
        way = early if name in ENGINE else "name a scheme, as file.py:name"
        raise NameClash(
            f'this project has a package "{name}" ({_home(module)}), and alignspec needs its own '
            f"({ROOT / name}); {way}, or rename {name}"
        )
    return module


def is_ours(module: ModuleType | None) -> bool:
    """Whether a module is one of our packages or lies in one."""
    home = _home(module)
    return home is not None and any(
        home.is_relative_to(ROOT / name) for name in (*ENGINE, *SHIPPED)
    )


def clash(error: ImportError, folder: Path) -> str:
    """What to say where an import of a project's met our package instead of its own.

    Args:
        error: what the import raised.
        folder: of the project.

    Returns:
        one clause, with the mend; "" if names do not clash.
    """
    top = (error.name or "").partition(".")[0]
    theirs = folder / top, folder / f"{top}.py"
    if not is_ours(sys.modules.get(top)) or not any(path.exists() for path in theirs):
        return ""
    return f'alignspec has a package "{top}" as well, which comes first; rename the {top} here'


def _home(module: ModuleType | None) -> Path | None:
    """The file of a module, or the first folder of one that has none."""
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    return None if file is None else Path(file).resolve()
