"""What is said of the halves of iterated amplification, on concrete systems.

Amplification raises capability, distillation makes efficient, experts must be smart enough, the
start may be arbitrary, the human may be replaced, labels may be few.
"""

from collections.abc import Mapping
from fractions import Fraction

from models.alphago_zero import alphago_zero
from models.anchored_vote import SeldomWrong, anchored_vote
from models.bootstrapping import Reached, Stalled, bootstrapping
from models.capability_amplification import (
    throttled,
    throttled_by_margin,
    throttled_by_person,
    unthrottled,
)
from models.expert_iteration import expert_iteration
from models.imitation import imitation
from models.iterated_amplification import budgeted_amplification
from models.lifts import Lifted, lift
from models.not_instances import amplification_alone
from models.oversight_ladder import (
    BACKDOOR_CODE,
    DEBATE,
    MAFIA,
    WARGAMES,
    EndlessAffordable,
    EndlessHolds,
    Holds,
    NoneBetter,
    endless_ladder,
    ladders_of_every_length,
    oversight_ladder,
)
from models.semi_supervised import semi_supervised
from properties.instances import DISCUSSION
from spec import Claim, Closed, Grows, Invariant, Number, Process, Real, Row, Settles, Threshold
from spec.alignment import Aligned, Benign, Competent, Competitive, Corrigible, NearOptimal

_CHECKING = {"checked": "4/5"}


def _edge(
    name: str,
    scheme: Process,
    invariant: Invariant,
    *,
    parameter: str,
    value: Fraction,
    beyond: Fraction,
    says: str,
    at: Mapping[str, Number] | None = None,
) -> tuple[Claim, Claim]:
    """Two claims: it holds at a value of a parameter, and no longer a little beyond."""
    return (
        Claim(name, scheme, invariant, at={**(at or {}), parameter: value}, says=says),
        Claim(
            f"{name}-beyond",
            scheme,
            invariant,
            at={**(at or {}), parameter: beyond},
            expected="refuted",
            says=f"Beyond it, at {beyond}, no longer.",
        ),
    )


def _edge_of_discounts(
    name: str, scheme: Process, discount: Fraction
) -> tuple[Closed, Closed, Settles]:
    """A gap of 1/2 is kept by every round at a discount, and beyond it is not even come to."""
    near = NearOptimal(loss=Real("1/2"))
    beyond = discount + Fraction(1, 100_000)
    where = f"arbitrary-start/{name}"
    return (
        Closed(
            f"{where}-kept",
            scheme,
            near,
            at={"discount": discount},
            says=f"No round leads out of it at a discount of {float(discount)},",
        ),
        Closed(
            f"{where}-left",
            scheme,
            near,
            at={"discount": beyond},
            expected="refuted",
            says=f"some round does at {float(beyond)},",
        ),
        Settles(
            f"{where}-far-sighted",
            scheme,
            near,
            at={"discount": beyond},
            expected="refuted",
            says="and there some network never comes near the optimum.",
        ),
    )


arbitrary_start = Row(
    "arbitrary-start",
    quote="One starts from something aligned, or else the amplification step works from an "
    "arbitrary initialization.",
    formal="From every agent of the domain and against every choice of nature, the invariant holds "
    "from some iteration on, forever. A vote of three copies with a fresh overseer's answer in a "
    "share a of questions, error -> a h + (1 - a)(3 e^2 - 2 e^3), forgets its start beyond about "
    "a = 1/9; voting alone keeps whichever of two states it starts in. Expert iteration comes "
    "within 1/2 of the optimum at discounts g with 2 (2 g eps + delta) < (1 - g)^2, that is below "
    "0.93717; AlphaGo Zero, with failures f, false passes a, power P and resolution r of its gate, "
    "where (1 - f) P ((1 - g)^2 / 2 - 2 g eps - delta - r (1 - g)) > f a (1 + g) / 2, below "
    "0.93615.",
    statements=[
        Settles(
            "arbitrary-start/anchored",
            anchored_vote,
            SeldomWrong(),
            says="With a fresh overseer in a quarter of the questions every start is forgotten.",
        ),
        Settles(
            "arbitrary-start/barely-anchored",
            anchored_vote,
            SeldomWrong(),
            at={"anchor": "1/20"},
            expected="refuted",
            says="With one in a twentieth, copies that start out wrong stay wrong.",
        ),
        Settles(
            "arbitrary-start/voting-alone",
            anchored_vote,
            SeldomWrong(),
            at={"anchor": 0},
            expected="refuted",
            says="Voting alone is bistable: copies that are all wrong stay all wrong.",
        ),
        Claim(
            "arbitrary-start/voting-alone-well-begun",
            anchored_vote,
            SeldomWrong(),
            at={"anchor": 0},
            says="Voting alone keeps a good start: there the start is what matters.",
        ),
        Settles(
            "arbitrary-start/alphago-zero",
            alphago_zero,
            NearOptimal(loss=Real("1/2")),
            says="AlphaGo Zero comes near the optimum from random play, and from any network, at a "
            "discount of 9/10.",
        ),
        *_edge_of_discounts("alphago-zero", alphago_zero, Fraction(93614, 100_000)),
        Settles(
            "arbitrary-start/expert-iteration",
            expert_iteration,
            NearOptimal(loss=Real("1/2")),
            says="So does expert iteration: the rules of the game are its overseer.",
        ),
        *_edge_of_discounts("expert-iteration", expert_iteration, Fraction(93716, 100_000)),
    ],
    not_covered="How long it takes. A game's rules are an overseer who never errs and cannot be "
    "persuaded; that a person has that role is the assumption of the anchored vote.",
    source=DISCUSSION,
)

capability_increases = Row(
    "capability-increases",
    quote="Amplification increases an agent's capability.",
    formal="To be capable of a rank is to be wrong there at most half the time. For every agent "
    "whose mean error is at most e on its own ranks, the person with copies of it is capable of "
    "the next rank: with two parts and slip h exactly for e <= (1/2 - h) / 2, with a check that "
    "notices c of what is wrong and redoes it with error a for (1/2 - h) / (2 (1 - c (1 - a))), "
    "and with a vote of three, errors anywhere, for (1/2 - h) / (2 * 9/8).",
    statements=[
        Threshold(
            "capability-increases/asking",
            lift,
            Lifted(),
            parameter="most_error",
            value="99/400",
            says="Agents wrong up to about a quarter of the time make a person capable of more.",
        ),
        Threshold(
            "capability-increases/checking",
            lift,
            Lifted(),
            at={"checked": "3/4"},
            parameter="most_error",
            value="99/103",
            says="Where three quarters of the errors are noticed, almost any agent does.",
        ),
        Threshold(
            "capability-increases/voting",
            lift,
            Lifted(),
            at={"copies": 3},
            parameter="most_error",
            value="11/50",
            says="A vote of three needs better agents than none: errors may sit on few questions.",
        ),
        Claim(
            "capability-increases/eaten",
            lift,
            Lifted(),
            at={"most_error": "1/4"},
            expected="refuted",
            says="Of agents wrong a quarter of the time, errors may eat the gain.",
        ),
        *_edge(
            "capability-increases/kept",
            imitation,
            Competent(),
            parameter="lost",
            value=Fraction(1),
            beyond=Fraction(1_000_001, 1_000_000),
            says="Training keeps the first rank if it loses no more than a round gains.",
        ),
    ],
    not_covered="That a question splits into parts one rank below it is what a rank means here.",
    source=DISCUSSION,
)

efficient = Row(
    "efficient",
    quote="Distillation uses a strong expert to train an efficient agent.",
    formal="Without distillation an answer costs c -> 1 + b k c: beyond every bound, by at least "
    "a unit a round.",
    statements=[
        Grows(
            "efficient/amplification-alone",
            amplification_alone,
            Competent(),
            field="cost",
            says="Without distillation the cost of an answer outgrows every bound.",
        ),
        Claim(
            "efficient/soon",
            amplification_alone,
            Competitive(price=Real(9_999)),
            expected="refuted",
            says="It passes 9,999 after a few rounds.",
        ),
    ],
    not_covered="That distillation returns the cost to base is how the schemes here are written, "
    "and not decided: whether students of one size can hold what experts know is open.",
    source=DISCUSSION,
)

smart_enough = Row(
    "smart-enough",
    quote="Distillation preserves alignment as long as the expert is smart enough relative to the "
    "agent it is training.",
    formal="Smart enough: the expert's rank is at least the student's and a margin, and it is "
    "wrong at most as often as tolerated. Where it is not, every bounded field of the student is "
    "arbitrary. Imitation with checks of 4/5 stays aligned exactly for margins up to what training "
    "keeps the student back by, and for tolerances down to the expert's own error.",
    statements=[
        *_edge(
            "smart-enough/margin",
            imitation,
            Aligned(),
            at=_CHECKING,
            parameter="margin",
            value=Fraction(1, 4),
            beyond=Fraction(250_001, 1_000_000),
            says="The margin may be as large as training keeps the student back, and no larger.",
        ),
        Threshold(
            "smart-enough/tolerance",
            imitation,
            Aligned(),
            at=_CHECKING,
            parameter="tolerance",
            value="116621/912500",
            says="An expert need only be tolerated that is wrong as often as it comes to be.",
        ),
        *(
            Claim(
                f"smart-enough/collapse-{invariant.__name__.lower()}",
                imitation,
                invariant(),
                at={**_CHECKING, "margin": "26/100"},
                expected="refuted",
                says="A hundredth beyond, nobody oversees the student and everything is lost.",
            )
            for invariant in (Aligned, Benign, Corrigible)
        ),
        Claim(
            "smart-enough/by-errors",
            imitation,
            Corrigible(),
            expected="refuted",
            says="Without checks errors grow until the expert is wrong too often to oversee, and "
            "then corrigibility is lost too, though nothing else threatens it.",
        ),
        Claim(
            "smart-enough/uncoupled",
            imitation,
            Corrigible(),
            at={"tolerance": 1},
            says="If errors could not break oversight, it would be kept.",
        ),
    ],
    not_covered="What makes an expert able to judge a student; here it is a rank and a share of "
    "judgements that may be wrong.",
    source=DISCUSSION,
)

semi_supervision = Row(
    "semi-supervised",
    quote="Distillation is usually meant as semi-supervised reinforcement learning: the expert "
    "labels a part of the episodes.",
    formal="A share s of n episodes is labelled, at random. At deployment the student errs with at "
    "most 2 (eps + ln(|H| / delta) / (s n)) a step, whichever episodes were labelled. With checks "
    "of 4/5 alignment is kept exactly from some share on, which is inversely proportional to n.",
    statements=[
        Threshold(
            "semi-supervised/share",
            semi_supervised,
            Aligned(),
            at=_CHECKING,
            parameter="labelled",
            value="600/913",
            says="Of ten thousand episodes at least so many must be labelled.",
        ),
        Threshold(
            "semi-supervised/share-of-more",
            semi_supervised,
            Aligned(),
            at={**_CHECKING, "episodes": 100_000},
            parameter="labelled",
            value="60/913",
            says="Of ten times as many, a tenth of the share is enough.",
        ),
        Claim(
            "semi-supervised/few",
            semi_supervised,
            Aligned(),
            at={**_CHECKING, "labelled": "1/100"},
            expected="refuted",
            says="One episode in a hundred of ten thousand is too few.",
        ),
        Claim(
            "semi-supervised/few-of-many",
            semi_supervised,
            Aligned(),
            at={**_CHECKING, "labelled": "1/100", "episodes": 1_000_000},
            says="Of a million it is enough: what counts is how many are labelled.",
        ),
    ],
    not_covered="How well a given student generalises: the bound is that of a finite class, and "
    "semi-supervised methods hope for better.",
    source="Christiano, in the same discussion and in Semi-supervised RL (2016); "
    "Finn et al. (2017)",
)


def _stops(lead: Fraction, closing: Fraction, margin: Fraction = Fraction(1, 10)) -> Fraction:
    """The rank at which evaluation is no longer a margin easier: (l - m) / s."""
    return (lead - margin) / closing


evaluation_easier = Row(
    "evaluation-easier",
    quote="If evaluation is easier than behaviour, recursive reward modeling bootstraps from "
    "simpler tasks to more and more complex ones.",
    formal="c -> max(c, c + max(0, l - s c) - m). With a lead l that closes by s per rank, ranks "
    "rise to exactly (l - m) / s and stop. With a constant lead l > m they pass every level; with "
    "l <= m nothing starts.",
    statements=[
        *(
            Threshold(
                f"evaluation-easier/stops-by-{level}",
                bootstrapping,
                Stalled(level=Real(level)),
                parameter="lead",
                value=Fraction(1, 10) + Fraction(level, 20),
                says=f"Growth stops by rank {level} exactly for leads up to 1/10 + {level}/20.",
            )
            for level in (10, 38, 60)
        ),
        Claim(
            "evaluation-easier/stops",
            bootstrapping,
            Stalled(level=Real(_stops(Fraction(2), Fraction(1, 20)))),
            says="A lead of 2 that closes by 1/20 a rank bootstraps to rank 38 and no further.",
        ),
        Settles(
            "evaluation-easier/gets-there",
            bootstrapping,
            Reached(unfit=Real(-37)),
            says="It does get there: from any rank, 37 is passed for good.",
        ),
        Grows(
            "evaluation-easier/constant-lead",
            bootstrapping,
            Reached(unfit=Real(-1)),
            at={"closing": 0},
            says="A constant lead bootstraps beyond every level.",
        ),
        Grows(
            "evaluation-easier/closing-lead",
            bootstrapping,
            Reached(unfit=Real(-1)),
            expected="refuted",
            says="A lead that closes does not: at rank 38 it is used up.",
        ),
        Claim(
            "evaluation-easier/no-lead",
            bootstrapping,
            Stalled(level=Real(1)),
            at={"lead": "1/10", "closing": 0},
            says="A lead of no more than the margin does not start.",
        ),
    ],
    not_covered="That evaluation is easier than behaviour, and by how much; errors of evaluation.",
    source="Leike, in the same discussion; Leike et al. (2018)",
)

_CORE = {"gain": "3/4", "slip": "1/400", "alone_error": "1/10"}

human_inessential = Row(
    "human-inessential",
    quote="The human is not an essential part: one may start from a simple core for corrigible "
    "reasoning.",
    formal="An overseer is what it slips, how often it errs on a part done alone, what a round of "
    "its gains, and what share of wrong parts it notices. A person (slip 1/200, alone 1/100, gain "
    "1) keeps iterated amplification aligned and growing exactly from some share noticed on; a "
    "core (slip 1/400, alone 1/10, gain 3/4) from another; a core that gains less than training "
    "loses never grows.",
    statements=[
        Threshold(
            "human-inessential/person",
            budgeted_amplification,
            Aligned(),
            parameter="checked",
            value="7001/10560",
            says="How much a person must notice.",
        ),
        Threshold(
            "human-inessential/core",
            budgeted_amplification,
            Aligned(),
            at=_CORE,
            parameter="checked",
            value="20753/28800",
            says="How much the core must notice: more, since it cannot redo what it rejects.",
        ),
        Grows(
            "human-inessential/core-grows",
            budgeted_amplification,
            Aligned(),
            at={**_CORE, "checked": "4/5"},
            says="A core that notices four fifths grows without bound, and stays aligned.",
        ),
        Grows(
            "human-inessential/weak-core",
            budgeted_amplification,
            Aligned(),
            at={**_CORE, "checked": "4/5", "gain": "1/2"},
            expected="refuted",
            says="One that gains only what training loses stays where it is.",
        ),
    ],
    not_covered="Whether such a core exists, and what makes it corrigible.",
    source=DISCUSSION,
)

capability_throttling = Row(
    "capability-throttling",
    quote="Must the agent be kept strictly weaker than its overseer, and can capability then still "
    "grow without bound?",
    formal="Throttled below the overseer, oversight never fails. Capability stays bounded under a "
    "person of fixed rank. Under an amplified overseer a throttle to a share t bounds it too, c -> "
    "t (c + g - m): c <= L forever (shown to a thousandth) for t <= L / (L + g - m). A throttle to "
    "a margin m < g lets it grow beyond every level. Unthrottled, oversight fails.",
    statements=[
        Claim(
            "capability-throttling/person",
            throttled_by_person,
            Benign(),
            says="Below a person, oversight never fails.",
        ),
        *_edge(
            "capability-throttling/person-bounds",
            throttled_by_person,
            Stalled(level=Real(9)),
            parameter="throttle",
            value=Fraction(9, 10),
            beyond=Fraction(901, 1000),
            says="And capability is bounded by the throttle times the person's rank, 10.",
        ),
        Claim(
            "capability-throttling/share",
            throttled,
            Benign(),
            says="Below an amplified overseer, oversight never fails.",
        ),
        *_edge(
            "capability-throttling/share-bounds",
            throttled,
            Stalled(level=Real(9)),
            parameter="throttle",
            value=Fraction(90, 99),
            beyond=Fraction(910, 1000),
            says="And capability is still bounded: c <= 9 up to t = 9 / (9 + 9/10), not at 91/100.",
        ),
        Claim(
            "capability-throttling/margin",
            throttled_by_margin,
            Benign(),
            says="A margin below an amplified overseer, oversight never fails,",
        ),
        Claim(
            "capability-throttling/margin-grows",
            throttled_by_margin,
            Stalled(level=Real(99)),
            expected="refuted",
            says="and capability passes every level, here 99: strict throttling is compatible with "
            "growth without bound.",
        ),
        Claim(
            "capability-throttling/unthrottled",
            unthrottled,
            Benign(),
            expected="refuted",
            says="Unthrottled, the student outgrows its overseer and oversight fails.",
        ),
    ],
    not_covered="How a throttle is made, and whether a throttled agent is worth having. ",
    source="after Christiano, Capability amplification (2016); open in the field",
    group="open statements",
)


_STEPS = {
    "mafia": (MAFIA, {400: (1, "1106/10000"), 800: (3, "518/10000")}),
    "debate": (DEBATE, {400: (1, "5135/10000"), 800: (1, "4851/10000")}),
    "backdoor-code": (BACKDOOR_CODE, {400: (2, "2756/10000"), 800: (2, "33/10000")}),
    "wargames": (WARGAMES, {400: (1, "979/10000"), 800: (2, "244/10000")}),
}
"""Per game and gap of general Elo: the best number of steps, and the probability that they hold,
rounded down."""


def _best(name: str, game: int, gap: int, steps: int, holds: Fraction) -> tuple[Claim, ...]:
    where = f"nested-oversight/{name}-{gap}"
    title = name.replace("-", " ").capitalize()
    once = f"{steps} step{'s' if steps > 1 else ''}"
    at = {"game": game, "gap": gap}
    return (
        Claim(
            f"{where}-steps",
            ladders_of_every_length,
            NoneBetter(),
            at={**at, "best": steps},
            says=f"{title}, a gap of {gap}: {once} hold more often than any other number.",
        ),
        Claim(
            f"{where}-holds",
            oversight_ladder,
            Holds(escape=Real(1 - holds)),
            at={**at, "rungs": steps},
            says=f"They hold with probability {float(holds):.4f},",
        ),
        Claim(
            f"{where}-no-more",
            oversight_ladder,
            Holds(escape=Real(1 - holds - Fraction(1, 10_000))),
            at={**at, "rungs": steps},
            expected="refuted",
            says=f"and not with {float(holds + Fraction(1, 10_000)):.4f}.",
        ),
    )


def _without_top(name: str, game: int, holds: str) -> tuple[Claim, ...]:
    title = name.capitalize()
    escape = 1 - Fraction(holds)
    return (
        Claim(
            f"nested-oversight/{name}-without-top",
            endless_ladder,
            EndlessAffordable(escape=Real(escape)),
            at={"game": game, "vetted": 4},
            says=f"{title}, in steps of 400 without a last one: all hold with {holds} or more,",
        ),
        Claim(
            f"nested-oversight/{name}-without-top-no-more",
            endless_ladder,
            EndlessHolds(escape=Real(escape - Fraction(1, 1000))),
            at={"game": game},
            expected="refuted",
            says="and not with a thousandth more.",
        ),
    )


nested_oversight = Row(
    "nested-oversight",
    quote="Weak guards can oversee strong systems through a ladder of ever stronger guards.",
    formal="A guard of general Elo a holds a challenger of b with probability 1 / (1 + 10^((C(b) - "
    "G(a)) / 400)), C and G linear, fitted to each game; the first guard has 1103, steps are equal "
    "and their successes multiply. Over a gap of 400 the best number of steps is 1 (Mafia, "
    "0.1106), 1 (Debate, 0.5135), 2 (Backdoor Code, 0.2756), 1 (Wargames, 0.0979); over 800 it is "
    "3 (0.0518), 1 (0.4851), 2 (0.0033), 2 (0.0244), probabilities rounded down. Each is compared "
    "with every other number: n steps hold with at most s^n, s the probability that a guard holds "
    "its equal in the middle of the gap. In steps of 400 without a last one, all hold with a "
    "probability above 0 where the guard's slope is the greater, and with none where it is less.",
    statements=[
        *(
            claim
            for name, (game, gaps) in _STEPS.items()
            for gap, (steps, holds) in gaps.items()
            for claim in _best(name, game, gap, steps, Fraction(holds))
        ),
        Claim(
            "nested-oversight/more-steps-are-not-better",
            ladders_of_every_length,
            NoneBetter(),
            at={"game": DEBATE, "gap": 800, "best": 2},
            expected="refuted",
            says="In Debate a second step does harm over 800: one step holds more often.",
        ),
        Claim(
            "nested-oversight/one-step-is-not-better",
            ladders_of_every_length,
            NoneBetter(),
            at={"game": MAFIA, "gap": 800, "best": 1},
            expected="refuted",
            says="In Mafia one step over 800 is beaten by two.",
        ),
        *_without_top("mafia", MAFIA, "29/1000"),
        *_without_top("debate", DEBATE, "469/1000"),
        *_without_top("wargames", WARGAMES, "79/10000"),
        Claim(
            "nested-oversight/backdoor-code-without-top",
            endless_ladder,
            EndlessHolds(escape=Real("9999/10000")),
            at={"game": BACKDOOR_CODE, "vetted": 1},
            expected="refuted",
            says="In Backdoor Code, where attack grows faster than defence, it surely fails.",
        ),
    ],
    not_covered="The fits themselves: slopes without their errors, and without the plateaus that "
    "the paper finds at either end, beyond which no slope goes on. So the endless ladder is the "
    "model's, not the games'. Steps of unequal size, and guards that collude across rungs.",
    source="Engels, Baek, Kantamneni and Tegmark, Scaling laws for scalable oversight (2025); the "
    "figures from the authors' repository, whose notebook prints the same four numbers for 400",
    group="open statements",
)
