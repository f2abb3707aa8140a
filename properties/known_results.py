"""Results that the literature states exactly, each computed anew.

Nothing here is read off a paper: the models are the definitions that the papers start from, and the
numbers that the papers end with are what the statements must come out at.
"""

from fractions import Fraction

from models.noisy_majority import (
    BetterThanChance,
    ErrorWithin,
    confirmed_twice,
    noisy_majority,
)
from spec import Claim, Real, Row, Threshold

GATES = {3: "1/6", 5: "7/30", 7: "19/70", 9: "187/630"}
"""Copies that vote, and the noise below which they keep a stored answer better than chance."""

noisy_copies = Row(
    "noisy-majority",
    said="Three unreliable copies that outvote one another keep an answer, if each is wrong less "
    "than one time in six.",
    formal="e_0 = 0, e_(n+1) = eps (1 - M(e_n)) + (1 - eps) M(e_n), M of k votes. For k = 3: "
    "e_n <= 2/5 for all n iff eps <= 6/37; sup e_n < 1/2 iff eps < 1/6; e_n < 1/2 for all n iff "
    "eps < 1/2. For k = 5, 7, 9: sup e_n < 1/2 iff eps < 7/30, 19/70, 187/630.",
    statements=[
        Threshold(
            "noisy-majority/within",
            noisy_majority,
            ErrorWithin(),
            parameter="noise",
            value="6/37",
            says="The error keeps within 2/5 up to this noise, which is included.",
        ),
        *(
            Threshold(
                f"noisy-majority/kept-by-{copies}",
                noisy_majority,
                BetterThanChance(),
                at={"copies": copies},
                parameter="noise",
                value=value,
                included=False,
                away=True,
                says=f"Below this noise {copies} copies keep the error away from one half.",
            )
            for copies, value in GATES.items()
        ),
        Threshold(
            "noisy-majority/never-at-chance",
            noisy_majority,
            BetterThanChance(),
            parameter="noise",
            value="1/2",
            included=False,
            says="At no finite iteration is the error one half, unless the noise is.",
        ),
    ],
    silent="The copies err independently. That no other gate bears more noise is the harder half "
    "of the papers, and is not asked here.",
    source='von Neumann, "Probabilistic logics" (1956); Hajek and Weller, "On the maximum '
    'tolerable noise for reliable computation by formulas" (1991); Evans and Schulman, "On the '
    'maximum tolerable noise of k-input gates for reliable computation by formulas" (2003)',
    group="known results",
)

_BEYOND = Fraction(1, 4) + Fraction(1, 10**11)

saddle_node = Row(
    "confirmed-twice",
    said="If an answer must be wrong twice to pass, a small error stays small; a hair beyond the "
    "bound it is lost, but only after a very long time.",
    formal="e_0 = 0, e_(n+1) = e_n^2 + eps: e_n <= 3/4 for all n iff eps <= 1/4. At eps = 1/4 + "
    "1e-11 it first fails at n = 993,452.",
    statements=[
        Threshold(
            "confirmed-twice/threshold",
            confirmed_twice,
            ErrorWithin(error=Real("3/4")),
            parameter="noise",
            value="1/4",
            says="A quarter is borne, and nothing beyond.",
        ),
        Claim(
            "confirmed-twice/a-hair-beyond",
            confirmed_twice,
            ErrorWithin(error=Real("3/4")),
            expected="refuted",
            at={"noise": _BEYOND},
            says="Beyond it by 1e-11, the first failure is about pi / sqrt(1e-11) iterations away.",
        ),
    ],
    silent="No test of fewer than about a million iterations tells the two sides apart.",
    source="the saddle-node bifurcation of x^2 + c at c = 1/4, a textbook result",
    group="known results",
)
