"""alignspec as a dependency: ``import alignspec`` gives the language of ``spec``, and ``check``.

The same classes as those of the plain names ``spec`` and ``checker``, under a name that no project
has a folder of. They are imported when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alignspec.packages import own

if TYPE_CHECKING:
    import spec
    from checker import EnginesDisagree, Options, Verdict, check
    from spec import *  # noqa: F403

    __all__ = ["EnginesDisagree", "Options", "Verdict", "check"]
    __all__ += spec.__all__

_OF_THE_CHECKER = ("EnginesDisagree", "Options", "Verdict", "check")


def __getattr__(name: str) -> object:
    if name == "__all__":
        return [*_OF_THE_CHECKER, *own("spec").__all__]
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = own("checker" if name in _OF_THE_CHECKER else "spec")
    if name not in home.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_OF_THE_CHECKER, *own("spec").__all__])
