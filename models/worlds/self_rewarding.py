"""Self-rewarding training on one question.

the question ── by lot: a person answers, and may slip
             └─ two answers of the model ── it prefers one, and is wrong about which
"""

from __future__ import annotations

from models.self_rewarding import SelfRewarding
from spec import INDEPENDENT, Bool, Entry, Question, Real, all_of, any_of, maximum, minimum, when


def either(entry: Entry) -> Bool:
    """A question of the table is open, with answers right at least half the time, or settled."""
    return any_of(
        all_of(entry.settled == 0, entry.open <= "1/2"),
        all_of(entry.settled == 1, entry.open == 0),
    )


def preferred(question: Question, p: SelfRewarding) -> dict[str, Real]:
    """Two answers to the question, and the one that the model prefers; or a person's answer.

    Without independence the two answers may be wrong together more or less often: both with
    probability b between max(0, 2 x - 1) and x, and one of them with probability 2 (x - b).
    """
    wrong, misjudged = question.part(0).open, question.part(0).misjudged
    slip = question.draw("the person is wrong")
    question.mean("slip", slip)
    both = wrong**2
    if not question.assumes(INDEPENDENT):
        both = question.draw(
            "both answers are wrong", at_least=maximum(0, 2 * wrong - 1), at_most=wrong
        )
    chosen = both + 2 * (wrong - both) * misjudged
    turns = misjudged > "1/2"
    settled = when(turns, 1, question.part(0).settled)
    return {
        "open": (1 - p.human) * when(turns | (question.part(0).settled == 1), 0, chosen),
        "settled": minimum(1, (1 - p.human) * settled + p.human * slip),
    }
