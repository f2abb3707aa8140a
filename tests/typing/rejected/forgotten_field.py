# expect: Missing named argument "regret" for "Assistant"
"""A seed that does not say what its regret is: no field may be left out."""

from models.imitation import Imitation
from spec import Assistant, Real
from spec.alignment import Trusted


def seed(p: Imitation) -> Assistant[Trusted]:
    return Assistant(  # error
        capability=Real(1),
        error=p.slip,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
    )
