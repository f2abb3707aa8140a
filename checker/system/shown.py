"""What a notebook shows of a result. The words are made in ``report``, which says so here."""

from __future__ import annotations

from functools import singledispatch


@singledispatch
def shown(result: object) -> str | None:
    """A result as HTML; None, so that it is shown as text, while nobody has said how."""
    return None


class Shown:
    """A result that a notebook shows."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return shown(self)
