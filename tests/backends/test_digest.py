"""A digest tells terms apart, up to the order of their operands."""

from __future__ import annotations

import z3

from checker.backends.digest import digest


def test_a_digest_ignores_the_order_of_operands_and_nothing_else() -> None:
    x, y, z = z3.Reals("x y z")
    assert digest(x * y + z) == digest(z + y * x)
    assert digest(z3.And(x > y, y > z)) == digest(z3.And(y > z, x > y))
    assert len({digest(t) for t in (x - y, y - x, x / y, y / x, x + y, x * y)}) == 6
    assert digest(x > y) != digest(y > x)
