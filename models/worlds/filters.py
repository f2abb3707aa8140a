"""A filter before an agent that is asked until an answer passes, on one question.

the question ── answer ── passes the filter: it is the answer
                      └─ rejected ── another answer ── ...
"""

from __future__ import annotations

from models.filters import Resampling, passed
from spec import Question, Real


def resampled(question: Question, p: Resampling) -> dict[str, Real]:
    """The first answer that passes, each malign as often as on this question."""
    return {"malign": passed(question.part().malign, p)}
