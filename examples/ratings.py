"""Curves in a scheme: a rating that is updated after every game, an epidemic of an error, and a
judge's belief.

No step is a polynomial; the verdicts rest on rational inequalities about exp and logistic, and
on replays in balls (docs/theory/curves.md).
"""

from typing import Any

from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    exp,
    log,
    logistic,
    parameter,
    power,
)


class Player(Agent[I]):
    behind: Real = between(-2000, 2000, "points that it is rated below its opponent")


class NeverFarBehind(Invariant):
    """The player is never rated far below its opponent."""

    behind: Real = budget(0, 2000, "points", limit="500")

    def holds(self, player: Player[Any]) -> Bool:
        return player.behind <= self.behind


class Games(Parameters):
    step: Real = parameter("32", 0, 64, "points that a game is worth", source="Elo 1978, K = 32")
    least: Real = parameter("1/10", 0, 1, "least share of games that is won, whoever plays")


def even(p: Games) -> Player[NeverFarBehind]:
    """Both are rated alike."""
    return Player(behind=Real(0))


def rate(player: Player[I], p: Games, nature: Nature) -> Player[I]:
    """The rating moves by how much better the score is than the rating promises.

    Source: Elo, The Rating of Chessplayers, 1978. One who is d points behind is promised the score
    1 / (1 + 10^(d/400)).
    """
    promised = 1 / (1 + power(10, player.behind / 400))
    score = nature.choose("share of games won", at_least=p.least, at_most="9/10")
    return Player(behind=player.behind - p.step * (score - promised))


ratings = Loop[Games, Player[NeverFarBehind]]("ratings", parameters=Games, seed=even, step=rate)


class Copies(Agent[I]):
    clean: Real = between(0, 1, "share of the copies that never had the error")
    ill: Real = between(0, 1, "share of the copies that have it now")


class FewAtOnce(Invariant):
    """Never do many copies have the error at once."""

    ill: Real = budget(0, 1, "share of the copies", limit="2/5")

    def holds(self, copies: Copies[Any]) -> Bool:
        return copies.ill <= self.ill


class Contact(Parameters):
    rate: Real = parameter("3/2", 0, 4, "others that a copy with the error gives it to, at first")


def outbreak(p: Contact, nature: Nature) -> Copies[FewAtOnce]:
    """Up to one copy in ten has it."""
    ill = nature.choose("ill at first", at_most="1/10")
    return Copies(clean=1 - ill, ill=ill)


def pass_on(copies: Copies[I], p: Contact, nature: Nature) -> Copies[I]:
    """A clean copy stays clean with probability exp(-rate ill).

    Source: the model of Reed and Frost in large numbers (Abbey, An Examination of the Reed-Frost
    Theory of Epidemics, Human Biology, 1952).
    """
    stays = exp(-p.rate * copies.ill)
    return Copies(clean=copies.clean * stays, ill=copies.clean * (1 - stays))


epidemic = Loop[Contact, Copies[FewAtOnce]](
    "epidemic", parameters=Contact, seed=outbreak, step=pass_on
)


class Judge(Agent[I]):
    wrong: Real = between(0, 1, "probability that the judge gives to the wrong answer")


class NotMisled(Invariant):
    """The judge never believes the wrong answer more than at first."""

    wrong: Real = budget(0, 1, "probability given to the wrong answer", limit="1/3")

    def holds(self, judge: Judge[Any]) -> Bool:
        return judge.wrong <= self.wrong


class Arguments(Parameters):
    least: Real = parameter("1/10", -1, 1, "least evidence in a round, as a difference in log-odds")


def unsure(p: Arguments) -> Judge[NotMisled]:
    return Judge(wrong=Real("1/3"))


def listen(judge: Judge[I], p: Arguments, nature: Nature) -> Judge[I]:
    """Evidence adds to the log-odds of the right answer, by Bayes' rule."""
    evidence = nature.choose("evidence for the right answer", at_least=p.least, at_most=2)
    return Judge(wrong=logistic(log(judge.wrong / (1 - judge.wrong)) - evidence))


belief = Loop[Arguments, Judge[NotMisled]]("belief", parameters=Arguments, seed=unsure, step=listen)
