"""Nature in tests of models: it makes the choices that it is given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from spec import Number, Real


class Given:
    """Chooses, between the bounds of each choice, the share that it is given: all by default."""

    def __init__(self, **shares: Fraction | int) -> None:
        self._shares = {name.replace("_", " "): share for name, share in shares.items()}

    def choose(self, name: str, *, at_most: Number, at_least: Number = 0, metric: str = "") -> Real:
        """The bound below plus a share of the way to the bound above."""
        low = _real(at_least)
        return low + Real(Fraction(self._shares.get(name, 1))) * (_real(at_most) - low)

    def whether(self, name: str) -> bool:
        """Not needed by these models."""
        raise NotImplementedError(name)


def _real(value: Any) -> Real:
    return value if isinstance(value, Real) else Real(value)
