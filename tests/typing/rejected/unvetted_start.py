# expect: Argument "seed" to "Scheme" has incompatible type
# expect: "Callable[[Imitation], Assistant[Unvetted]]"
# expect: "Callable[[Imitation], Assistant[Trusted]]"
"""Starts from an agent of which nothing is known, and says that it is trusted ever after."""

from models.imitation import Imitation, amplify, clone
from spec import Assistant, Overseer, Real, Scheme, Unvetted
from spec.alignment import Trusted


def found(p: Imitation) -> Assistant[Unvetted]:
    return Assistant(
        capability=Real(1),
        error=Real(0),
        malign=Real(1),
        resistance=Real(1),
        cost=Real(1),
        regret=Real(0),
    )


trusting = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "trusting",
    parameters=Imitation,
    seed=found,  # error
    amplify=amplify,
    distill=clone,
)
