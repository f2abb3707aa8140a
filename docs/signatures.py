"""The signatures of attrs classes, for the reference that is made from docstrings.

The reference is read off the text of the sources, in which an attrs class has no ``__init__``. It
is taken from the class itself.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import attrs
import griffe


class AttrsSignatures(griffe.Extension):
    """Gives every attrs class the ``__init__`` that attrs makes for it."""

    def on_class(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Add the signature, unless the class is written with one or is made by no attrs."""
        made = _made(cls)
        if made is None or not attrs.has(made) or "__init__" in vars(cls)["members"]:
            return
        taken = [_parameter(each) for each in inspect.signature(made).parameters.values()]
        self_ = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
        parameters = griffe.Parameters(self_, *taken)
        cls.set_member("__init__", griffe.Function("__init__", parameters=parameters))


def _made(cls: griffe.Class) -> type | None:
    found: Any = importlib.import_module(cls.module.path)
    for name in cls.path.removeprefix(f"{cls.module.path}.").split("."):
        found = getattr(found, name, None)
    return found if isinstance(found, type) else None


def _parameter(given: inspect.Parameter) -> griffe.Parameter:
    """One parameter; what is made anew each time is shown by dots."""
    fresh = given.default is inspect.Parameter.empty
    default = "..." if given.default is attrs.NOTHING else repr(given.default)
    return griffe.Parameter(
        given.name,
        annotation=given.annotation if isinstance(given.annotation, str) else None,
        kind=griffe.ParameterKind(given.kind.description),
        default=None if fresh else default,
    )
