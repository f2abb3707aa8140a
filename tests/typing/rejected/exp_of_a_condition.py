# expect: Argument 1 to "exp" has incompatible type "Bool"
"""Takes exp of a condition."""

from spec import Real, exp


def grown(error: Real) -> Real:
    return exp(error <= 1)  # error
