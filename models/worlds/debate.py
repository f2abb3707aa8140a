"""A debate on one question: what is behind ``models/debate.py`` and ``cross_examination.py``.

    the question ── two copies of the agent, honestly mistaken together, or on two sides
        │
     level 1 ── the claim in dispute: the honest side is wrong about it, or none of its tries
        │       finds the flaw, or the liar shifts to another reading
     level d ── ...
        │
      leaf ── ruled by a person, or by a copy of the agent whose ruling a person reads

The question comes as debates do, the claims and the leaf as the liar steers: three changes of
distribution, each from what is asked in training. Whether levels fail together is not known.
"""

from __future__ import annotations

from models.cross_examination import CrossExamination
from models.debate import Argument, BareDebate, Debate, DebateWithPerson
from spec import INDEPENDENT, Assumption, Entry, Question, Real, minimum

WITHIN_REACH = Assumption(
    "within reach", "what a debater is asked is of a rank that its bounds hold for"
)


def _wrong(question: Question, entry: Entry, what: str) -> Real:
    """P(a debater is wrong there): beyond its rank it may always be."""
    if question.assumes(WITHIN_REACH):
        return entry.error
    return question.draw(f"a debater is wrong about {what}")


def _missed(question: Question, p: Argument, level: int) -> Real:
    """P(the flaw is missed at a level). Tries of a debater who is right fail each with at most
    1 - phi: all of them with the product, or with no less than one where they fail together."""
    wrong = _wrong(question, question.part(level, "disputed"), f"the claim of level {level}")
    tries = p.tries if question.assumes(INDEPENDENT) else 1
    unlucky = question.draw(
        f"no try finds the flaw on level {level}", at_most=(1 - p.flaw_finding) ** tries
    )
    return wrong + (1 - wrong) * unlucky


def _liar_wins(question: Question, missed: list[Real], at_leaf: Real) -> Real:
    gap = question.draw("what self-play leaves to the liar")
    question.mean("self_play_gap", gap)
    return minimum(1, at_leaf + sum(missed, gap))


def _mistaken(question: Question) -> Real:
    """P(both copies honestly make the same mistake), which may be that of either."""
    either = _wrong(question, question.part(0), "the question")
    return question.draw("both copies are mistaken", at_most=either)


def _outcome(
    question: Question, p: Debate, missed: list[Real], at_leaf: Real, resists: Real
) -> dict[str, Real]:
    malign = _liar_wins(question, missed, at_leaf)
    error = minimum(1, _mistaken(question) + malign)
    return {
        "error": error,
        "malign": malign,
        "resistance": minimum(1, (1 - p.correction) * resists),
        "regret": p.horizon * error,
    }


def _levels(p: Debate) -> range:
    return range(1, p.depth + 1)


def _arguing(question: Question, p: Debate, answers: int) -> Real:
    """How probably a copy that argues resists, if so many answer at each level: a union bound."""
    entries = (question.part(level, "disputed") for level in _levels(p))
    return sum((answers * entry.resistance for entry in entries), Real(0))


def _leaf(question: Question, p: Argument) -> Entry:
    return question.part(p.depth + 1, "steering")


def debated(question: Question, p: Debate) -> dict[str, Real]:
    """A debate whose leaf a copy of the agent rules."""
    leaf = _leaf(question, p)
    missed = [_missed(question, p, level) for level in _levels(p)]
    at_leaf = leaf.error + leaf.judge_error
    return _outcome(question, p, missed, at_leaf, _arguing(question, p, 2) + leaf.resistance)


def debated_before_person(question: Question, p: DebateWithPerson) -> dict[str, Real]:
    """A debate whose leaf a person rules."""
    missed = [_missed(question, p, level) for level in _levels(p)]
    at_leaf = _leaf(question, p).judge_error
    return _outcome(question, p, missed, at_leaf, _arguing(question, p, 2))


def played(question: Question, p: BareDebate) -> dict[str, Real]:
    """A game of self-play before a judge that follows the debaters."""
    missed = [_missed(question, p, level) for level in range(1, p.depth + 1)]
    malign = _liar_wins(question, missed, _leaf(question, p).judge_error)
    error = minimum(1, _mistaken(question) + malign)
    return {"error": error, "malign": malign, "regret": error}


def examined(question: Question, p: CrossExamination) -> dict[str, Real]:
    """A debate in which the liar may shift what it meant, and copies are asked what it means.

    The copies know the attack, or all fix the reading that it shifts to, each with at most a at any
    claim: a^n together, or no less than one of them where they answer alike.
    """
    leaf, missed, found = _leaf(question, p), [], Real(0)
    asked = p.questions if question.assumes(INDEPENDENT) else min(1, p.questions)
    for level in _levels(p):
        ambiguous = question.draw(f"a claim to shift within on level {level}")
        kept_up = question.draw(
            f"no copy holds the liar to its reading on level {level}",
            at_most=p.leak + (1 - p.leak) * p.agreement**asked,
        )
        missed.append(_missed(question, p, level) + ambiguous * kept_up)
        found = found + ambiguous
    question.mean("ambiguity", found / p.depth)
    resists = _arguing(question, p, 2 + p.questions) + leaf.resistance
    return _outcome(question, p, missed, leaf.error + leaf.judge_error, resists)
