"""What a function does outside its arguments: it reads clocks, draws numbers, writes names.

Two runs that agree do not show that a function is one of its arguments: it may differ one time in a
million. So its code is read, with that of the user's functions that it names.
"""

from __future__ import annotations

import datetime
import dis
import random
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from inspect import isclass, isfunction, ismodule
from types import CodeType, MethodType
from typing import Any

from spec.errors import is_user_file

_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
_TIMES = {*_CLOCKS, *(f"{name}_ns" for name in _CLOCKS), "localtime", "gmtime", "ctime"}
_DATES = {"now", "utcnow", "today"}
_DRAWN_FROM = {"random", "secrets", "uuid", "numpy.random"}
_ENTROPY = {"urandom", "getrandom"}


@lru_cache(maxsize=4096)
def looks_at(function: Callable[..., Any]) -> str:
    """What a function does that no function of its arguments does, in words ("" for nothing)."""
    seen: set[int] = set()
    todo: list[Any] = [function]
    while todo:
        each = _plain(todo.pop())
        if id(each) in seen or not isfunction(each) or not is_user_file(each.__code__.co_filename):
            continue
        seen.add(id(each))
        kept = next(_kept_outside(each), "")
        if kept:
            return f"writes {kept}, which stands outside it"
        names = {name for code in _codes(each.__code__) for name in code.co_names}
        for value in _named(each, names):
            said = _outside(value, names)
            if said:
                return said
            todo += vars(value).values() if isclass(value) else [value]
    return ""


def _plain(function: Any) -> Any:
    """The function that a wrapper of it calls."""
    while True:
        if isinstance(function, partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif isinstance(function, staticmethod | classmethod) or hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not isfunction(function) and isfunction(getattr(function, "func", None)):
            function = function.func
        else:
            return function


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions written within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _steps(function: Any, *wanted: str) -> Iterator[dis.Instruction]:
    """The instructions of these kinds in a function's code; what holds none is not taken apart."""
    numbers = {dis.opmap[name] for name in wanted}
    for code in _codes(function.__code__):
        if not numbers.isdisjoint(code.co_code[::2]):
            yield from (step for step in dis.get_instructions(code) if step.opname in wanted)


def _kept_outside(function: Any) -> Iterator[str]:
    """The global names that a function's code writes."""
    yield from (str(step.argval) for step in _steps(function, "STORE_GLOBAL", "DELETE_GLOBAL"))


def _named(function: Any, names: set[str]) -> Iterator[Any]:
    """The values that a function's code names: outside it, around it, and what it imports."""
    yield from (function.__globals__[name] for name in names if name in function.__globals__)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    for step in _steps(function, "IMPORT_NAME"):
        if step.argval in sys.modules:
            yield sys.modules[step.argval]


def _outside(value: Any, names: set[str]) -> str:
    """What is read of a value whose attributes, if any, have some of these names."""
    owner = getattr(value, "__self__", None)
    if isinstance(value, random.Random) or isinstance(owner, random.Random):
        return "draws a random number"
    if ismodule(value):
        if value.__name__ in _DRAWN_FROM or (value.__name__ == "os" and names & _ENTROPY):
            return "draws a random number"
        if value.__name__ == "numpy" and "random" in names:
            return "draws a random number"
        if value.__name__ == "time" and names & _TIMES:
            return f"reads the clock, time.{min(names & _TIMES)}"
        if value.__name__ == "datetime" and names & _DATES:
            return f"reads the clock, datetime.{min(names & _DATES)}"
        return ""
    if isclass(value) and issubclass(value, datetime.date) and names & _DATES:
        return f"reads the clock, {value.__name__}.{min(names & _DATES)}"
    module, name = getattr(value, "__module__", None), getattr(value, "__name__", "")
    if module == "time" and name in _TIMES:
        return f"reads the clock, time.{name}"
    if module in _DRAWN_FROM or name in _ENTROPY or type(value).__module__ == "numpy.random":
        return "draws a random number"
    return ""
