"""Exact binomial intervals, whose ends no float decides.

Of n independent draws, each wrong with probability p, k were wrong. The interval of Clopper and
Pearson ("The use of confidence or fiducial limits illustrated in the case of the binomial", 1934)
leaves out the values of p at which k or more, or k or fewer, have a probability of at most half the
level that may be missed. It covers p with at least the confidence, whatever p and n are. The tails
are values of the regularized incomplete beta function, P(X >= k) = I_p(k, n - k + 1), which FLINT
encloses in balls; each end that is returned was compared with such a ball, and lies outward of the
exact one by at most a millionth of the interval's half-width, or ``GRAIN``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import log, sqrt
from typing import Any

import flint

from checker.backends.evaluator import ball
from checker.backends.rounding import ceil_to, floor_to, precision

GRAIN = Fraction(1, 10**15)
"""The ends are multiples of this."""
SHARE = 10**6
"""An end is looked for as near as the interval's half-width divided by this."""
FIRST_BITS, MOST_BITS = 64, 4096
"""The working precision; it is doubled while a tail cannot be compared."""
TURNS = 80
"""More steps of the search for an end than it takes by halving alone."""

Interval = tuple[Fraction, Fraction]


@cache
def clopper_pearson(count: int, of: int, missed: Fraction) -> Interval:
    """An interval that holds the probability with confidence ``1 - missed`` at least.

    Args:
        count: how many of the draws were counted, in 0..of.
        of: how many draws there were, at least 1.
        missed: the greatest probability of missing it, in (0, 1).
    """
    tail = missed / 2
    low = Fraction(0) if count == 0 else _least(count, of, tail)
    high = Fraction(1) if count == of else 1 - _least(of - count, of, tail)
    return low, high


def at_least(count: int, of: int, probability: Fraction) -> Any:
    """A ball around P(X >= count) for a binomial X, at FLINT's working precision."""
    return ball(probability).beta_lower(count, of - count + 1, regularized=True)


def _least(count: int, of: int, tail: Fraction) -> Fraction:
    """At or just below the p at which P(X >= count) is ``tail``: it rises from 0 to 1 with p."""
    below = _comparison(count, of, tail)
    low, high = Fraction(0), Fraction(count, of)
    guess = _guess(count, of, tail)
    width = max(GRAIN, floor_to(max(high - guess, GRAIN) / SHARE, GRAIN))
    step = width
    if below(guess):
        low = guess
        while guess + step < high and below(guess + step):
            low, step = guess + step, 4 * step
        high = min(high, guess + step)
    else:
        high = guess
        while guess - step > low and not below(guess - step):
            high, step = guess - step, 4 * step
        low = max(low, guess - step)
    for _ in range(TURNS):
        if high - low <= width:
            break
        middle = floor_to((low + high) / 2, GRAIN)
        low, high = (middle, high) if below(middle) else (low, middle)
    return low


def _comparison(count: int, of: int, tail: Fraction) -> Callable[[Fraction], bool]:
    """Whether P(X >= count) at some p is surely at most the tail; if that stays open, no."""

    def below(probability: Fraction) -> bool:
        bits = FIRST_BITS
        while bits <= MOST_BITS:
            with precision(bits):
                value, limit = at_least(count, of, probability), ball(tail)
                if value <= limit:
                    return True
                if value > limit:
                    return False
            bits *= 2
        return False

    return below


def _guess(count: int, of: int, tail: Fraction) -> Fraction:
    """Where the end should be, in floats: by the secant method on the logarithm of the tail."""
    wanted = log(tail)
    share = count / of
    spread = sqrt(-2 * wanted * max(share * (1 - share), 1 / of) / of)
    points = [max(share - spread, share / 50), max(share - spread / 2, share / 10)]
    with precision(FIRST_BITS):
        known = [(p, _log_tail(count, of, p) - wanted) for p in points]
        for _ in range(8):
            (p, f), (q, g) = known[-2:]
            if f == g or abs(q - p) <= 1e-9 * spread:
                break
            fresh = q - g * (q - p) / (g - f)
            fresh = min(max(fresh, min(p, q) / 4), share)
            known.append((fresh, _log_tail(count, of, fresh) - wanted))
    best = min(known, key=lambda pair: abs(pair[1]))[0]
    return min(max(ceil_to(Fraction(best), GRAIN), Fraction(0)), Fraction(count, of))


def _log_tail(count: int, of: int, probability: float) -> float:
    value = at_least(count, of, Fraction(probability))
    logarithm = value.log() if value > 0 else flint.arb("-inf")
    return float(logarithm.mid()) if logarithm.is_finite() else -1e6
