# expect: Argument "seed" to "Scheme" has incompatible type
# expect: "Callable[[Imitation], Assistant[Unvetted]]"
# expect: "Callable[[Imitation], Assistant[Trusted]]
"""Starts from an agent of which nothing is known, and says that it is trusted ever after."""

from models.distillation import clone
from models.imitation import Imitation
from models.steps import consult
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
    amplify=consult,
    distill=clone,
)
