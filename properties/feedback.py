"""What feedback is given on: steps or answers, and by whom: people, or a model with principles."""

from fractions import Fraction

from models.comparisons import NoLoss
from models.constitutional import Harmless, constitutional
from models.process_supervision import (
    RightAnswers,
    SoundAndRight,
    compared,
    outcome_supervision,
    process_supervision,
)
from models.sandwiching import (
    BeatsBoth,
    BeatsModel,
    BeatsPerson,
    Elicited,
    one_question,
    sandwiching,
)
from spec import Claim, Grows, Row, Settles, Threshold
from spec.alignment import Reliable, SandbaggingFree

_LIMIT, _SLIP, _DEPARTURE, _REDONE = (Fraction(1, n) for n in (10, 200, 200, 10))
_DRAFT = _SLIP + 3 * _LIMIT
"""How often a solution of three steps is flawed if its steps are with the limit."""


def _most_missed(false_alarm: Fraction) -> Fraction:
    """(m + r (1 - m - h)) (s + k L) + r h + eps = L, solved for m."""
    slope = (_LIMIT - _REDONE * false_alarm - _DEPARTURE) / _DRAFT
    return (slope - _REDONE * (1 - false_alarm)) / (1 - _REDONE)


_ALARM = Fraction(3, 100)
_KEY = Fraction(1, 200)

process_and_outcome = Row(
    "process-and-outcome",
    quote="Supervising each step of a reasoning process is better than supervising its outcome: "
    "right answers may be come by through wrong steps.",
    formal="Of flawed solutions a share g comes to the right answer by luck; a labeller passes the "
    "first wrong step with m, and rejects one of k right ones with F = k f; known "
    "answers are wrong with h; what is done again is wrong with r. On a solution flawed with x, "
    "process supervision is no worse iff r (1 - x)(F - h) <= (1 - r) x (g - m). Rank after rank, "
    "with steps from the rank below, the trace error stays within L iff (m + r (1 - m - F))(s + k "
    "rho L) + r F + eps <= L, and with g and h for m and F under outcome supervision. Final "
    "answers stay within L under outcome supervision iff h + r (s + k rho L) + eps <= L, whatever "
    "g is.",
    statements=[
        Claim(
            "process-and-outcome/process",
            process_supervision,
            SoundAndRight(),
            over="imitation_error",
            says="With labels on every step, steps and answers stay right while the rank grows.",
        ),
        Claim(
            "process-and-outcome/outcome",
            outcome_supervision,
            Reliable(),
            expected="refuted",
            says="If a quarter of the flawed solutions is lucky, comparing answers leaves more and "
            "more steps wrong.",
        ),
        Claim(
            "process-and-outcome/answers",
            outcome_supervision,
            RightAnswers(),
            at={"lucky": 1},
            says="The answers stay right all the while, though every flawed solution be lucky: the "
            "error of answers says nothing about that of steps.",
        ),
        Threshold(
            "process-and-outcome/answers-redone",
            outcome_supervision,
            RightAnswers(),
            parameter="redone",
            value=(_LIMIT - _KEY - _DEPARTURE) / _DRAFT,
            says="What is done again may be wrong more than a quarter of the time.",
        ),
        Threshold(
            "process-and-outcome/lucky",
            outcome_supervision,
            Reliable(),
            parameter="lucky",
            value=_most_missed(_KEY),
            says="As many may be lucky as that: 0.234.",
        ),
        Threshold(
            "process-and-outcome/missed",
            process_supervision,
            Reliable(),
            parameter="missed",
            value=_most_missed(_ALARM),
            says="A labeller may miss almost as many, as it also rejects right steps by mistake.",
        ),
        Grows(
            "process-and-outcome/grows",
            process_supervision,
            SoundAndRight(),
            says="So process supervision grows without bound,",
        ),
        Grows(
            "process-and-outcome/stuck",
            outcome_supervision,
            SoundAndRight(),
            expected="refuted",
            says="and outcome supervision is stuck where too many steps are wrong.",
        ),
        Claim(
            "process-and-outcome/ten-steps",
            process_supervision,
            Reliable(),
            at={"steps": 10},
            expected="refuted",
            says="Of solutions of ten steps a tenth missed is too much: it must be fewer than one "
            "in ten, with what is redone wrongly.",
        ),
        Threshold(
            "process-and-outcome/density",
            process_supervision,
            Reliable(),
            parameter="density",
            value=(
                (_LIMIT - _REDONE * _ALARM - _DEPARTURE)
                / (_REDONE + _REDONE * (1 - _REDONE - _ALARM))
                - _SLIP
            )
            / (3 * _LIMIT),
            says="How many times as often a question may come up as a step as in training.",
        ),
        Claim(
            "process-and-outcome/one-solution",
            compared,
            NoLoss(),
            says="On a solution that is flawed one time in ten, process supervision wins.",
        ),
        Threshold(
            "process-and-outcome/flawed",
            compared,
            NoLoss(),
            parameter="flawed",
            value=_REDONE
            * (_ALARM - _KEY)
            / ((1 - _REDONE) * (Fraction(1, 4) - Fraction(1, 10)) + _REDONE * (_ALARM - _KEY)),
            says="On solutions that are hardly ever flawed it loses, by its false alarms.",
        ),
        Threshold(
            "process-and-outcome/luck-on-one",
            compared,
            NoLoss(),
            parameter="lucky",
            value=Fraction(1, 10)
            + _REDONE * Fraction(9, 10) * (_ALARM - _KEY) / ((1 - _REDONE) * Fraction(1, 10)),
            says="Luck must hide a little more than a labeller misses.",
        ),
    ],
    not_covered="Ranks at which answers are not known, where only process supervision is left, and "
    "steps that no labeller can judge, where neither is. That shares stay the same as ranks grow. "
    "What a label costs.",
    source="Uesato et al., Solving math word problems with process- and outcome-based feedback "
    "(2022); Lightman et al., Let's verify step by step (2023).",
    group="open statements",
)

principles = Row(
    "constitutional",
    quote="A model's own feedback by written principles can take the place of people's labels of "
    "harm.",
    formal="b questions of which no principle speaks, n harmful answers noticed where one does, P "
    "how many times as likely preferences make an answer, a questions that people answer, j of "
    "them harmfully, eps departures. Uncovered harm u -> min(b, (1 - a) P u + j + eps), harm x -> "
    "(1 - a) P ((1 - n) x + n u) + j + eps. With (1 - a) P >= 1: x <= L for ever iff (1 - a) P "
    "((1 - n) L + n b) + j + eps <= L. With b = 1: iff (1 - a) P L + j + eps <= L, whatever n is.",
    statements=[
        Claim(
            "constitutional/kept",
            constitutional,
            Harmless(),
            over="imitation_error",
            says="Where principles speak of nearly all questions, nobody need label harm.",
        ),
        Threshold(
            "constitutional/beyond",
            constitutional,
            Harmless(),
            parameter="beyond",
            value="3/32",
            says="They must speak of all but so many: L - eps / n.",
        ),
        Threshold(
            "constitutional/noticed",
            constitutional,
            Harmless(),
            parameter="noticed",
            value="1/10",
            says="The model need notice only a tenth of its harmful answers there: eps / (L - b).",
        ),
        Threshold(
            "constitutional/pressure",
            constitutional,
            Harmless(),
            parameter="pressure",
            value="19/12",
            says="How many times as likely an answer may become by being preferred.",
        ),
        Claim(
            "constitutional/silent",
            constitutional,
            Harmless(),
            at={"beyond": 1, "noticed": 1},
            expected="refuted",
            says="Where it is not known of which questions principles speak, a model that notices "
            "all it is told to notice becomes harmful all the same.",
        ),
        Threshold(
            "constitutional/people",
            constitutional,
            Harmless(),
            at={"beyond": 1, "pressure": "3/2", "slip": "1/200"},
            parameter="people",
            value="2/5",
            says="There people must answer so many: 1 - (1 - (j + eps) / L) / P.",
        ),
        Claim(
            "constitutional/too-few",
            constitutional,
            Harmless(),
            at={"beyond": 1, "pressure": 2, "people": "2/5", "imitation_error": "1/1000000"},
            expected="refuted",
            says="With fewer than 1 - 1/P the least departure grows without bound.",
        ),
    ],
    not_covered="Whether answers stay helpful, and whether principles say the right thing. That a "
    "model notices as large a share after training on its own feedback as before. Uncovered "
    "questions on which the model judges better than it answers, or worse.",
    source="Bai et al., Constitutional AI: harmlessness from AI feedback (2022).",
    group="open statements",
)

between_people_and_experts = Row(
    "sandwiching",
    quote="People who are no experts can get answers from a model that are better than theirs and "
    "than those it shows, and as good as it can give.",
    formal="x how often the model is wrong, r a person alone, m wrong answers accepted, f right "
    "ones rejected, F(x) = (m + r (1 - m - f)) x + r f. On one question F(x) <= x iff x / (1 - x) "
    ">= r f / ((1 - m)(1 - r)), and F(x) <= r iff x / (1 - x) <= r (1 - f) / (m (1 - r)). Trained "
    "on such answers, from any start, what the model holds back comes within L iff F(L) + eps < L, "
    "and stays there iff F(L) + eps <= L; errors likewise with eps + u, u what it cannot do.",
    statements=[
        Claim(
            "sandwiching/one-question",
            one_question,
            BeatsBoth(),
            says="A person with a model that is wrong one time in five is better than either.",
        ),
        Threshold(
            "sandwiching/worse-model",
            one_question,
            BeatsPerson(),
            parameter="model_error",
            value="54/89",
            says="A person alone is better if the model is wrong more often than that.",
        ),
        Threshold(
            "sandwiching/better-model",
            one_question,
            BeatsModel(),
            parameter="model_error",
            value="2/37",
            says="The model alone is better if it is wrong more seldom than that.",
        ),
        Settles(
            "sandwiching/elicited",
            sandwiching,
            Elicited(),
            says="Whatever it showed at first, training comes to show what it can do.",
        ),
        Settles(
            "sandwiching/credulous",
            sandwiching,
            SandbaggingFree(),
            at={"missed": 1},
            expected="refuted",
            says="Not with people who accept whatever it says.",
        ),
        Threshold(
            "sandwiching/missed",
            sandwiching,
            SandbaggingFree(),
            parameter="missed",
            value="19/35",
            says="People may accept more than half of the wrong answers.",
        ),
        Threshold(
            "sandwiching/false-alarm",
            sandwiching,
            SandbaggingFree(),
            parameter="false_alarm",
            value="19/108",
            says="They may reject so many of the right ones.",
        ),
        Threshold(
            "sandwiching/unable",
            sandwiching,
            Reliable(),
            parameter="unable",
            value="41/2000",
            says="Errors stay within a tenth if the model is unable to answer so few questions.",
        ),
    ],
    not_covered="Whether experts agree: what the model is able to do is known to nobody, and an "
    "evaluation shows errors, of which what is held back is a part. People who know more of what "
    "the model is wrong about than of the rest, or less: shares are bounds on any question.",
    source="Cotra, The case for aligning narrowly superhuman models (2021); Bowman et al., "
    "Measuring progress on scalable oversight for large language models (2022).",
    group="open statements",
)
