"""Specifications whose files are as they were, told from the texts of the files alone.

Theorem. What a closed file defines is a function of its text and of the files that it imports.
A file is *closed* if every module that it imports is one of ``PURE`` or another closed file that
is loaded, and it names nothing by which more could be reached: no function that reads,
evaluates or looks up by a text, no hidden attribute, no module within a module.
Steps cannot read clocks or draw (``spec.outside``), and nothing that is pure does either. So of
equal texts of all loaded files, at equal versions, equal statements have equal verdicts.

What the files hold is what was executed only if they are older than this process, and than the
compiled files that Python keeps of them; otherwise nothing is said.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
import time
from collections.abc import Iterator
from functools import cache, cached_property
from inspect import ismodule
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from alignspec.packages import SHIPPED, is_ours
from checker.cli.fingerprint import versions
from checker.cli.verdict_text import NoText, plain
from spec.errors import is_user_file
from spec.statements.base import Statement

BEGUN = time.time_ns()
"""When this module was imported, in ns: before any file of a user's is."""

LIBRARIES = """
__future__ abc attr attrs collections dataclasses enum flint fractions functools itertools math
numbers operator typing
"""
"""Libraries that give nothing but functions of their arguments."""
BUILT_IN = """
open input exec eval compile breakpoint globals locals vars dir id hash getattr setattr delattr
"""
"""Functions that read, evaluate, tell addresses, or look up by a text."""
LOOKING_UP = "attrgetter methodcaller get_type_hints resolve_types format_map Path"
"""Those of libraries and of the language."""

PURE, UNBOUND = frozenset(LIBRARIES.split()), frozenset(BUILT_IN.split())
REACHING = frozenset(LOOKING_UP.split())
COMMAND = ("__main__", "__mp_main__")
"""The module that was started; the second name is that of multiprocessing."""
PLAIN_HIDDEN = frozenset({"__init__", "__name__", "__doc__", "__attrs_post_init__"})


@attrs.frozen
class Source:
    """A file that a loaded module was made from."""

    module: str
    path: Path
    text: bytes
    shipped: bool


@attrs.frozen(slots=False)
class Sources:
    """The files of the specifications that are loaded, and when what they hold was executed."""

    files: tuple[Source, ...]

    @classmethod
    def loaded(cls) -> Sources | None:
        """Those of this process; None if one of them may not be what was executed."""
        files = tuple(_files())
        return cls(files) if all(_was_executed(file.path) for file in files) else None

    @cached_property
    def texts(self) -> str:
        """A hash of the versions and of all texts."""
        found = hashlib.sha256(repr((versions(), sys.flags.optimize)).encode())
        for file in self.files:
            found.update(f"\0{file.module}\0{len(file.text)}\0".encode() + file.text)
        return found.hexdigest()

    @cached_property
    def closed(self) -> bool:
        """Whether all files are closed. Those that ship are; a test says so."""
        loaded = frozenset(file.module for file in self.files)
        return all(is_closed(file.text, loaded) for file in self.files if not file.shipped)

    def key(self, statement: Statement, question: Any) -> str | None:
        """A hash of the texts, of what is stated and of what is asked, which tells a verdict if
        the files are closed; None where the question is no plain data.

        Args:
            statement: what is stated.
            question: overriding values, options and the like, as plain data.
        """
        try:
            asked = repr(plain(question))
        except NoText:
            return None
        named = f"{type(statement).__name__} {statement.name} {statement.location}"
        return hashlib.sha256("\0".join((self.texts, named, asked)).encode()).hexdigest()


def is_closed(text: bytes, loaded: frozenset[str]) -> bool:
    """Whether a file with this text is closed.

    Args:
        text: of the file.
        loaded: names of the loaded modules that were made from files of specifications.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(
        all(_pure(name, loaded) for name in _imported(node))
        and not any(_reaches(name) for name in _names(node))
        and not _modules_within().intersection(_parts(node))
        for node in nodes
    )


def _pure(name: str, loaded: frozenset[str]) -> bool:
    return name in loaded or name.partition(".")[0] in PURE or _is_language(name)


def _is_language(name: str) -> bool:
    """Whether a module is of the language, not one of a project's folder ``spec``."""
    ours = name.partition(".")[0] == "spec" and is_ours(sys.modules.get(name))
    return ours or name == "alignspec"


def _imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports; "" for one that is named relative to its own."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "" if node.level else node.module or ""


def _names(node: ast.AST) -> Iterator[str]:
    """What a piece of a text names; "__" for what is built in and reaches further, and for a
    string that may name what is hidden."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield "__" if node.id in UNBOUND else node.id
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "__" in node.value:
        yield "__"
    yield from _parts(node)


def _parts(node: ast.AST) -> Iterator[str]:
    """What a piece of a text takes out of a module, or of another value."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        yield from (alias.name for alias in node.names)


def _reaches(name: str) -> bool:
    return name in REACHING or (name.startswith("__") and name not in PLAIN_HIDDEN)


@cache
def _modules_within() -> frozenset[str]:
    """The names by which pure modules and the language hold modules that are not pure."""
    held = [module for name, module in list(sys.modules.items()) if _pure(name, frozenset())]
    return frozenset(
        name
        for module in held
        for name, value in list(vars(module).items())
        if ismodule(value) and not _pure(value.__name__, frozenset())
    )


def _was_executed(path: Path) -> bool:
    """Whether a file is what this process executed: it has not been saved since."""
    state, compiled = path.stat(), Path(importlib.util.cache_from_source(str(path)))
    newer = not compiled.exists() or compiled.stat().st_mtime_ns > state.st_mtime_ns
    return newer and max(state.st_mtime_ns, state.st_ctime_ns) < BEGUN


def _files() -> Iterator[Source]:
    """The files of specifications that are loaded, in order of module."""
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is not None and name not in COMMAND and _specifies(name, module, file):
            path = Path(file).resolve()
            yield Source(name, path, path.read_bytes(), is_ours(module))


def _specifies(name: str, module: ModuleType, file: str) -> bool:
    """Whether a module is a user's, or one of ours that holds specifications."""
    return name.partition(".")[0] in SHIPPED if is_ours(module) else is_user_file(file)
