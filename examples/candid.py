"""An invariant of one's own, from the definition to an exact condition.

alignspec check examples/candid.py
"""

from typing import Any

from models.eliciting import eliciting
from spec import Bool, Claim, Closed, Real, Threshold, budget
from spec.alignment import Honest


class Candid(Honest):
    """Honest, and seldom wrong about what it says: it may be taken at its word."""

    misleading: Real = budget(0, 2, "bound on the probability of a false answer", limit="3/20")

    def holds(self, reporter: Any) -> Bool:
        misleads: Real = reporter.deception + reporter.error
        return misleads <= self.misleading


forever = Claim("candid", eliciting, Candid(), says="Reporters that copies check stay candid.")

alone = Closed(
    "candid/alone",
    eliciting,
    Candid(),
    expected="refuted",
    says="It is not inductive as it stands: a reporter that errs more leads its overseer astray.",
)

limit = Threshold(
    "candid/caught",
    eliciting,
    Candid(),
    parameter="caught",
    value="3/4",
    says="As long as checks catch three quarters of what is not believed.",
)

unseen = Claim(
    "candid/unseen",
    eliciting,
    Candid(),
    expected="refuted",
    at={"unchecked": "1/10"},
    says="Not if a tenth of the questions is beyond every check.",
)
