"""How a function that somebody wrote is run: on copies, heard in full, and again under other names.

A verdict is about what a step, a seed or an invariant returns on symbols. That is what was written
only if the function is one of its arguments: it keeps nothing from one call to the next, changes
nothing that it is given, and looks at nothing outside but constants. What it does otherwise is
found here, and refused.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar

import attrs
import z3

from spec.errors import SpecError, blaming, heard, location_of
from spec.nodes import id_of, kind_of, topological
from spec.outside import looks_at
from spec.terms import Bool, Count, Real
from spec.untouched import require_language

T = TypeVar("T")

Names = Callable[[str], str]
"""How symbols are called in one run of a function."""


def plain(name: str) -> str:
    """As they are called everywhere."""
    return name


def anew(name: str) -> str:
    """As they are called in the second run, so that no function can tell them by their names."""
    return f"{name[::-1]}'"


def call(function: Callable[..., Any], what: str, location: str, *arguments: Any) -> Any:
    """What a user's function returns, given copies of its arguments.

    Args:
        function: what they wrote.
        what: what that is, for an error to name.
        location: where it stands.
        arguments: records, tuples of records, or anything else, which is passed as it is.

    Raises:
        SpecError: if it raises, catches an error of the language, or changes an argument.
    """
    given = [_copied(argument) for argument in arguments]
    with heard(), blaming(what, location):
        result = function(*given)
    for before, after in zip(arguments, given, strict=True):
        changed = _changed(before, after)
        if changed is not None:
            raise SpecError(
                f"{what} changes the {type(changed).__name__} that it was given; return a new one "
                "that names every field",
                location,
            )
    return result


def _copied(value: Any) -> Any:
    """A record or a number that shares nothing with the one it is made from."""
    if isinstance(value, Real | Count | Bool):
        return type(value)(value.term)
    if isinstance(value, tuple):
        return tuple(map(_copied, value))
    if not attrs.has(type(value)):
        return value
    made = copy(value)
    for name, each in vars(value).items():
        object.__setattr__(made, name, _copied(each))
    return made


def _changed(before: Any, after: Any) -> Any:
    """The record that is no longer what it was copied from, if one is not."""
    if isinstance(before, tuple):
        pairs = zip(before, after, strict=True)
        return next((each for pair in pairs if (each := _changed(*pair)) is not None), None)
    if not attrs.has(type(before)) or isinstance(before, Real | Count | Bool):
        return None
    one, two = vars(before), vars(after)
    same = one.keys() == two.keys() and all(_equal(one[name], two[name]) for name in one)
    return None if same else before


def _equal(one: Any, two: Any) -> bool:
    if isinstance(one, Real | Count | Bool):
        return type(one) is type(two) and one.term.eq(two.term)
    if isinstance(one, z3.ExprRef):
        return isinstance(two, z3.ExprRef) and one.eq(two)
    return one is two or _changed(one, two) is None


def same_twice(
    run: Callable[[Names], T],
    terms: Callable[[T], Sequence[z3.ExprRef]],
    symbols: Callable[[T], Sequence[z3.ExprRef]],
    role: str,
    function: Callable[..., Any],
    instead: str = "let nature choose with nature.choose(...)",
) -> T:
    """What a user's function gives, run twice, on symbols of other names the second time.

    Both runs must give the same but for the names. So nothing can be drawn or counted, kept from
    one run for the next, or read off a name.

    Args:
        run: runs it, given how symbols are to be called.
        terms: all that a run gave.
        symbols: the symbols that a run was given or made, in the same order each time.
        role: what the function is.
        function: the function, for an error to say where it stands.
        instead: what to write in place of a number that is drawn.

    Raises:
        SpecError: for a function that gives something else the second time, or reads the clock or
            random numbers.
    """
    require_language()
    _require_inward(role, function, instead)
    with _undrawn(role, function, instead):
        first, second = run(plain), run(anew)
    if not _same_but_names(terms(first), symbols(first), terms(second), symbols(second)):
        raise SpecError(
            f"{role} gives something else each time it is run; it is a function of its arguments, "
            "so draw no random number, read no clock, look at no symbol's name, and keep nothing "
            f"from one call to the next: {instead}",
            location_of(function),
        )
    return first


def same(first: Sequence[z3.ExprRef], second: Sequence[z3.ExprRef]) -> bool:
    """Whether two rows of terms are the same, one by one."""
    return len(first) == len(second) and all(map(z3.ExprRef.eq, first, second))


def _same_but_names(
    first: Sequence[z3.ExprRef],
    named: Sequence[z3.ExprRef],
    second: Sequence[z3.ExprRef],
    renamed: Sequence[z3.ExprRef],
) -> bool:
    if len(named) != len(renamed) or any(
        one.sort() != two.sort() for one, two in zip(named, renamed, strict=True)
    ):
        return False
    pairs = [*zip(renamed, named, strict=True), *zip(named, renamed, strict=True)]
    return same(first, [z3.substitute(term, *pairs) for term in second] if pairs else second)


def _require_inward(role: str, function: Callable[..., Any], instead: str) -> None:
    """Refuse a function whose code reads the clock or a generator of random numbers."""
    said = looks_at(function)
    if said:
        raise SpecError(
            f"{role} {said}; it is a function of its arguments, so {instead}",
            location_of(function),
        )


@contextmanager
def _undrawn(role: str, function: Callable[..., Any], instead: str) -> Iterator[None]:
    """Refuse what draws one of Python's random numbers, and leave those as they were.

    Two equal runs are not enough for it: it may give something else one time in a million.
    """
    before = random.getstate()
    try:
        yield
        drawn = random.getstate() != before
    finally:
        random.setstate(before)
    if drawn:
        raise SpecError(
            f"{role} draws a random number; it is a function of its arguments, so {instead}",
            location_of(function),
        )


def require_own(
    what: str, terms: Sequence[z3.ExprRef], own: Sequence[z3.ExprRef], location: str
) -> None:
    """Refuse a number that was kept from another function: it says nothing here.

    Raises:
        SpecError: naming it.
    """
    known = {id_of(node) for node in topological(own)}
    for node in topological(terms):
        if z3.is_const(node) and isinstance(node, z3.ArithRef) and id_of(node) not in known:
            if kind_of(node) != z3.Z3_OP_UNINTERPRETED:
                continue
            raise SpecError(
                f"{what} reads {node}, which is none of its arguments; use only what it is given",
                location,
            )
