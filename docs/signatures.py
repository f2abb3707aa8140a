"""What the reference from docstrings must be told of classes beside their docstrings.

The reference is read off the text of the sources, in which an attrs class has no ``__init__``, and
the fields of agents and the parameters of schemes say what they are in their definition.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import attrs
import griffe

from spec import Parameters
from spec.fields import Fields, field_domains
from spec.parameters import parameter_domains


class AttrsSignatures(griffe.Extension):
    """Gives an attrs class the ``__init__`` that attrs makes, and its fields with their domains."""

    def on_class(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Add the signature, unless the class is written with one or is made by no attrs."""
        made = _made(cls)
        if made is None or not attrs.has(made) or "__init__" in cls.members:
            return
        if issubclass(made, Fields):
            told = "\n".join(_told(made))
            text = f"{cls.docstring.value if cls.docstring else ''}\n\n{told}"
            cls.docstring = griffe.Docstring(text, parent=cls)
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


def _told(made: type[Fields]) -> Iterator[str]:
    """A line for each field of a class of agents, of parameters, or of an invariant's budgets."""
    if issubclass(made, Parameters):
        for name, knob in parameter_domains(made).items():
            source = f" Source: {knob.source}." if knob.source else ""
            span = f"{knob.default}, from {knob.low} to {knob.high}"
            yield f"- `{name}` = {span}: {knob.doc}.{source}"
        return
    for domain in field_domains(made):
        yield f"- `{domain.name}`, {domain.span}: {domain.doc}."


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
