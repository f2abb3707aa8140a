"""Questions that were settled, kept so that somebody else can settle them again."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import z3


@attrs.frozen
class Asked:
    """That a conclusion follows from some conditions; or that it does not, at a point, where there
    is one."""

    given: Sequence[z3.BoolRef]
    then: z3.BoolRef
    point: Sequence[tuple[z3.ExprRef, z3.ExprRef]] | None = None
