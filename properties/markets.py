"""A market on what a person will believe, and what copies of an agent tell its overseer."""

from fractions import Fraction

from models.informed_oversight import InformedAndNonColluding, informed_oversight
from models.market_making import market_making
from spec import Claim, Closed, Real, Row, Threshold
from spec.alignment import Calibrated, Informed, NonColluding

market = Row(
    "market-making",
    quote="A market that predicts what a person believes after an adversary has said all it can "
    "gives the person's considered judgement, with one adversary where a debate has two.",
    formal="A person starts off the considered judgement by d0; each of n arguments leaves at most "
    "a share k of the distance, misleads by w, and by b times what the market is off by on what "
    "the argument turns on. The market learns the belief with eps. m -> k^n d0 + w (1 + k + ... + "
    "k^(n-1)) + b n rho m + eps: within L for ever iff k^n d0 + w (1 + ... + k^(n-1)) + b n rho L "
    "+ eps <= L. The n stands before the market's own error since all of it may be at the last "
    "argument: more arguments help up to a number, and then harm.",
    statements=[
        Claim(
            "market-making/kept",
            market_making,
            Calibrated(),
            over="imitation_error",
            says="With three arguments the price stays near the considered judgement.",
        ),
        Claim(
            "market-making/one-argument",
            market_making,
            Calibrated(),
            at={"arguments": 1},
            expected="refuted",
            says="With one it does not: the person has not heard enough.",
        ),
        Claim(
            "market-making/ten-arguments",
            market_making,
            Calibrated(),
            at={"arguments": 10},
            expected="refuted",
            says="With ten it does not: the person has asked the market too often.",
        ),
        Claim(
            "market-making/ten-arguments-alone",
            market_making,
            Calibrated(),
            at={"arguments": 10, "influence": 0},
            says="A person who does not ask it bears any number.",
        ),
        Threshold(
            "market-making/unmoved",
            market_making,
            Calibrated(),
            parameter="unmoved",
            value=(-12, 1, 1, 100),
            says="The most of the distance that an argument may leave: not quite a half.",
        ),
        Threshold(
            "market-making/influence",
            market_making,
            Calibrated(),
            parameter="influence",
            value=(Fraction(95, 1000) - Fraction(1, 128) - Fraction(21, 3200)) / Fraction(3, 10),
            says="The most that a belief may be off per unit that the market is.",
        ),
        Threshold(
            "market-making/density",
            market_making,
            Calibrated(),
            parameter="density",
            value=(Fraction(95, 1000) - Fraction(1, 128) - Fraction(21, 3200)) / Fraction(3, 100),
            says="How many times as often it may be asked about something as it was trained on it.",
        ),
        Threshold(
            "market-making/last-word",
            market_making,
            Calibrated(),
            parameter="misleading",
            value="61/1400",
            says="One argument may mislead by so much on average: no later one answers the last.",
        ),
        Claim(
            "market-making/unanswerable",
            market_making,
            Calibrated(),
            at={"unmoved": 1},
            expected="refuted",
            says="Where arguments do not bring a person nearer, the market predicts the belief of "
            "somebody undecided.",
        ),
    ],
    not_covered="Whether the considered judgement is right: a person whom false arguments sway for "
    "good has a wrong one, and the market predicts it. That trained adversaries find the arguments "
    "that move most, with a price that has reckoned with them.",
    source="Hubinger, AI safety via market making (2020).",
    group="open statements",
)

informed = Row(
    "informed-oversight",
    quote="An overseer must know what the agent knows; it can ask copies of the agent, as long as "
    "they do not collude.",
    formal="w withheld, c collusion, x answers about which a copy is asked, t told if the copy "
    "does not collude: w -> (1 - x t) w + x t min(w, c) + n, c -> (1 - a) c + d. min(w, c), and "
    "not w c: copies may collude just where something is withheld. c <= M for ever iff d / a <= "
    "M; w <= L iff x t (L - d / a) >= n.",
    statements=[
        Claim(
            "informed-oversight/kept",
            informed_oversight,
            InformedAndNonColluding(),
            says="With half of the answers asked about, the overseer stays informed.",
        ),
        Threshold(
            "informed-oversight/questioned",
            informed_oversight,
            Informed(),
            parameter="questioned",
            value="5/32",
            says="The least share of answers that a copy must be asked about: n / (t (L - d / a)).",
        ),
        Threshold(
            "informed-oversight/drift",
            informed_oversight,
            Informed(),
            parameter="drift",
            value="3/80",
            says="The most collusion that a round may add.",
        ),
        Threshold(
            "informed-oversight/broken",
            informed_oversight,
            NonColluding(),
            parameter="broken",
            value="1/10",
            says="The least share of collusion that a round must take away: d / M.",
        ),
        Claim(
            "informed-oversight/colluding",
            informed_oversight,
            Informed(),
            at={"broken": 0, "questioned": 1, "told": 1},
            expected="refuted",
            says="Where collusion is not taken away, asking about every answer does not help.",
        ),
        Closed(
            "informed-oversight/alone",
            informed_oversight,
            Informed(),
            expected="refuted",
            says="Being informed is not inductive by itself,",
        ),
        Closed(
            "informed-oversight/together",
            informed_oversight,
            InformedAndNonColluding(collusion=Real("1/20")),
            says="but together with little collusion it is.",
        ),
    ],
    not_covered="Whether what a copy tells is what there is to know, and whether the overseer "
    "understands it: that is what `told` assumes on every question.",
    source="Christiano, The informed oversight problem (2016); Hubinger, Relaxed adversarial "
    "training for inner alignment (2019).",
    group="open statements",
)
