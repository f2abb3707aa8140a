"""Can capability grow without bound while errors stay bounded, and up to which exact errors?"""

from models.growth import SeldomWrong, growth
from models.imitation import imitation
from models.iterated_amplification import budgeted_amplification
from models.reward_modeling import recursive_reward_modeling
from spec import Claim, Grows, Row, Threshold
from spec.alignment import Aligned, Benign, Corrigible

_SOME_ALIKE = {"systematic": "1/1000"}

unbounded_growth = Row(
    "growth",
    quote="Can capability grow without bound while the agent stays aligned?",
    formal="Along the ranks, for n parts, k copies and what a check leaves, g = 1 - c (1 - a): "
    "errors made anew go x -> h + d + n g M_k(x), errors that all copies share go y -> n g rho L_k "
    "y + s, L_k the greatest slope of M_k (3/2 for k = 3). Both stay bounded for every rank just "
    "where the first has a fixed point and n g rho L_k < 1 or s = 0, and x + y <= 1/5 there. "
    "Without a check a vote of three bears noise up to a root, and no share of shared errors "
    "whatever; one copy bears nothing at all.",
    statements=[
        Claim(
            "growth/kept",
            growth,
            SeldomWrong(),
            says="With votes of three errors made anew stay bounded at every rank.",
        ),
        Grows(
            "growth/fresh-errors",
            growth,
            SeldomWrong(),
            says="Votes of three let it grow without bound if no error is shared by all copies.",
        ),
        Threshold(
            "growth/noise",
            growth,
            SeldomWrong(),
            parameter="noise",
            value=(-44573, 1090800, 1080000),
            says="They bear so much noise of training: about one answer in 25.",
        ),
        Threshold(
            "growth/no-shared-errors",
            growth,
            SeldomWrong(),
            parameter="systematic",
            value=0,
            says="Of errors that all copies share they bear none, however few a round adds.",
        ),
        Grows(
            "growth/stuck-by-shared-errors",
            growth,
            SeldomWrong(),
            at=_SOME_ALIKE,
            expected="refuted",
            says="With one in a thousand it is stuck after a few ranks.",
        ),
        Grows(
            "growth/one-copy",
            growth,
            SeldomWrong(),
            at={"copies": 1},
            expected="refuted",
            says="Without votes and without checks errors double at every rank.",
        ),
        Threshold(
            "growth/checks-needed",
            growth,
            SeldomWrong(),
            at={**_SOME_ALIKE, "copies": 1},
            parameter="checked",
            value="211/400",
            says="Checks that notice a little more than half of the wrong parts mend that, without "
            "any vote.",
        ),
        Threshold(
            "growth/shared-errors-checked",
            growth,
            SeldomWrong(),
            at={"checked": "3/4", "copies": 1},
            parameter="systematic",
            value="9/100",
            says="With checks of three quarters one copy bears shared errors up to 9 in 100.",
        ),
        Threshold(
            "growth/shared-errors-checked-and-voted",
            growth,
            SeldomWrong(),
            at={"checked": "3/4"},
            parameter="systematic",
            value=(-69, 1040, 7200, 32000),
            says="A vote on top makes it worse: questions that copies get wrong together, it loses "
            "more often than one of them.",
        ),
        Threshold(
            "growth/density",
            growth,
            SeldomWrong(),
            at={**_SOME_ALIKE, "checked": "3/4", "copies": 1},
            parameter="density",
            value="179/90",
            says="Parts may come up not quite twice as often as in training.",
        ),
        Threshold(
            "growth/imitation",
            imitation,
            Aligned(),
            parameter="checked",
            value="22009/31680",
            says="Imitation grows without bound and stays aligned exactly for checks from here on.",
        ),
        Grows(
            "growth/imitation-grows",
            imitation,
            Aligned(),
            at={"checked": "7/10"},
            says="At checks of 7/10 it does.",
        ),
        Threshold(
            "growth/imitation-error",
            imitation,
            Aligned(),
            at={"checked": "19/20"},
            parameter="imitation_error",
            value="9587/300000",
            says="With checks of 19/20 it bears so much imitation error a step.",
        ),
        Threshold(
            "growth/corrigible",
            imitation,
            Corrigible(),
            at={"checked": "19/20"},
            parameter="correction",
            value="3/5",
            says="It stays corrigible exactly if corrections remove three fifths of resistance, "
            "for two copies called.",
        ),
        Threshold(
            "growth/benign",
            imitation,
            Benign(),
            at={"checked": "19/20"},
            parameter="correction",
            value="11291/14982",
            says="To stay benign they must remove more: it may resist just where it is malign.",
        ),
        Threshold(
            "growth/reward-modeling",
            recursive_reward_modeling,
            Aligned(),
            at={"checked": "19/20"},
            parameter="correction",
            value="1181/1526",
            says="Recursive reward modeling needs more of either, as a wrong verdict costs twice.",
        ),
        Grows(
            "growth/amplification",
            budgeted_amplification,
            Aligned(),
            at={"checked": "7/10"},
            says="So does iterated amplification with checks of 7/10.",
        ),
    ],
    not_covered="Whether checks can be as good at every rank: that evaluation stays easier than "
    "doing, without end, is the assumption that carries all of this. Bounds are worst cases: a run "
    "may do better.",
    source="Christiano, Reliability amplification (2016) and Capability amplification (2016); the "
    "recursion is derived in models/growth.py",
    group="open statements",
)
