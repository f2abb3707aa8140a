# expect: Argument "seed" to "Scheme" has incompatible type
# expect: "Callable[[Imitation], Assistant[Benign]]"
# expect: "Callable[[Imitation], Assistant[Trusted]]
"""Claims that it is trusted, but the seed is only benign: nothing makes it corrigible."""

from models.distillation import clone
from models.imitation import Imitation
from models.steps import consult
from spec import Assistant, Overseer, Real, Scheme
from spec.alignment import Benign, Trusted


def mild(p: Imitation) -> Assistant[Benign]:
    return Assistant(
        capability=Real(1),
        error=Real(0),
        malign=Real(0),
        resistance=Real(1),
        cost=Real(1),
        regret=Real(0),
    )


overclaiming = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "overclaiming",
    parameters=Imitation,
    seed=mild,  # error
    amplify=consult,
    distill=clone,
)
