# expect: Unsupported operand types for * ("float" and "Real")
"""Writes one tenth as a float, which is not one tenth."""

from spec import Real


def tenth_of(error: Real) -> Real:
    return 0.1 * error  # error
