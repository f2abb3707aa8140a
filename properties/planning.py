"""Expert iteration and AlphaGo Zero as approximate policy iteration: known results, derived."""

from fractions import Fraction

from models.alphago_zero import alpha_zero, alphago_zero, false_pass
from models.expert_iteration import expert_iteration
from models.procrastination import (
    AllIsLost,
    LessenedAbove,
    NotLessenedWithin,
    search_in_any_world,
    search_that_puts_off,
)
from spec import Claim, Process, Real, Row, Settles, Threshold
from spec.alignment import Aligned, Benign, Corrigible, NearOptimal
from spec.parameters import parameter_domains
from spec.statements.base import Expected

_EXIT = {
    name: knob.default for name, knob in parameter_domains(expert_iteration.parameters).items()
}
_GATE = {name: knob.default for name, knob in parameter_domains(alphago_zero.parameters).items()}
_DISCOUNT, _EPSILON, _DELTA = (
    _EXIT[name] for name in ("discount", "value_error", "imitation_error")
)


def limsup(discount: Fraction, value_error: Fraction, imitation_error: Fraction) -> Fraction:
    """(delta + 2 g eps) / (1 - g)^2."""
    return (imitation_error + 2 * discount * value_error) / (1 - discount) ** 2


def _borne(loss: Fraction, depth: int) -> Fraction:
    """The eps at which (delta + 2 g^d eps) / ((1 - g)(1 - g^d)) is the loss."""
    shrunk = _DISCOUNT**depth
    return (loss * (1 - _DISCOUNT) * (1 - shrunk) - _DELTA) / (2 * shrunk)


def _failures_borne(loss: Fraction, gated: bool) -> Fraction:
    """The failure rate f at which the expected gap comes to rest at ``loss``, at discount 1/2.

    With w = 1/(1-g) the worst gap, it solves f a (w - L) = (1 - f) P s, where s is how much lower
    a round of training from L ends: L (1 - g) - (delta + 2 g eps) / (1 - g) - resolution.
    """
    false, power, resolution = Fraction(1), Fraction(1), Fraction(0)
    if gated:
        false = false_pass(int(_GATE["games"]), int(_GATE["wins"]))
        power, resolution = _GATE["power"], _GATE["resolution"]
    added = (_DELTA + _EPSILON) * 2
    gained = power * (loss / 2 - added - resolution)
    return gained / (false * (2 - loss) + gained)


def _failing(scheme: Process, share: Fraction, expected: Expected, says: str) -> Settles:
    """Failures at a share of the rate that is borne."""
    rate = share * _failures_borne(Fraction(1, 2), scheme is alphago_zero)
    rate = rate.limit_denominator(10**6)
    return Settles(
        f"evaluation-gate/{scheme.name}-{'kept' if expected == 'proved' else 'lost'}",
        scheme,
        NearOptimal(loss=Real("1/2")),
        at={"discount": "1/2", "failure": rate},
        expected=expected,
        says=says,
    )


approximate_policy_iteration = Row(
    "approximate-policy-iteration",
    quote="Improving a policy by search and imitating the search ends near the optimum, with a gap "
    "that grows as the square of the horizon.",
    formal="One round takes the gap x to at most g^d x + (delta + 2 g^d eps) / (1 - g). Derived: "
    "limsup x <= (delta + 2 g eps) / (1 - g)^2 for d = 1, from any start, and from the optimum "
    "x <= L forever exactly where (delta + 2 g^d eps) <= L (1 - g)(1 - g^d).",
    statements=[
        Claim(
            "approximate-policy-iteration/never-above",
            expert_iteration,
            NearOptimal(loss=Real(limsup(_DISCOUNT, _EPSILON, _DELTA))),
            says="From the optimum the gap never exceeds the bound.",
        ),
        Claim(
            "approximate-policy-iteration/no-less",
            expert_iteration,
            NearOptimal(loss=Real(limsup(_DISCOUNT, _EPSILON, _DELTA) * Fraction(999, 1000))),
            expected="refuted",
            says="The bound is the limit of this recursion: a thousandth less is exceeded.",
        ),
        Threshold(
            "approximate-policy-iteration/value-error",
            expert_iteration,
            NearOptimal(loss=Real(1)),
            parameter="value_error",
            value=_borne(Fraction(1), 1),
            says="A gap of 1 is kept exactly up to eps = ((1 - g)^2 - delta) / (2 g).",
        ),
        Threshold(
            "approximate-policy-iteration/imitation-error",
            expert_iteration,
            NearOptimal(loss=Real(1)),
            parameter="imitation_error",
            value=(1 - _DISCOUNT) ** 2 - 2 * _DISCOUNT * _EPSILON,
            says="A gap of 1 is kept exactly up to delta = (1 - g)^2 - 2 g eps.",
        ),
        Threshold(
            "approximate-policy-iteration/discount",
            expert_iteration,
            NearOptimal(loss=Real(1)),
            parameter="discount",
            value=(9999, -20020, 10000),
            says="A gap of 1 is kept exactly up to the lesser root of (1 - g)^2 = delta + 2 g eps.",
        ),
        Threshold(
            "approximate-policy-iteration/deeper",
            expert_iteration,
            NearOptimal(loss=Real(1)),
            at={"depth": 4},
            parameter="value_error",
            value=_borne(Fraction(1), 4),
            says="Searching four plies bears several times the value error.",
        ),
        Settles(
            "approximate-policy-iteration/from-anywhere",
            expert_iteration,
            NearOptimal(loss=Real(limsup(Fraction(1, 2), _EPSILON, _DELTA) + Fraction(1, 1000))),
            at={"discount": "1/2"},
            says="From every agent the gap ends within a thousandth of the bound.",
        ),
        Settles(
            "approximate-policy-iteration/no-nearer",
            expert_iteration,
            NearOptimal(loss=Real(limsup(_DISCOUNT, _EPSILON, _DELTA))),
            expected="refuted",
            says="The bound is approached from above and not reached: a limsup, not a last gap.",
        ),
    ],
    not_covered="The bounds are in the supremum over states; training measures averages. That the "
    "bound is attained by some decision process is not shown, only that the recursion attains it.",
    source="Bertsekas and Tsitsiklis, Neuro-Dynamic Programming (1996); Efroni, Dalal, Scherrer "
    "and Mannor (2018) for deeper search",
    group="known results",
)


search_gain = Row(
    "search-gain",
    quote="Searching with a policy's values improves the policy, as long as it is far enough from "
    "the best one.",
    formal="A search d plies deep, with leaves off by eps, takes a gap x to at most g^d x + 2 g^d "
    "eps / (1 - g), which is less than x exactly where x > 2 g^d eps / ((1 - g)(1 - g^d)). In the "
    "world of models/procrastination.py the search attains the bound: there no lesser gap is "
    "lessened.",
    statements=[
        *(
            Claim(
                f"search-gain/{name}-{depth}",
                scheme,
                invariant,
                at={"depth": depth},
                says=says,
            )
            for depth in (1, 2, 4)
            for name, scheme, invariant, says in (
                (
                    "lessened-above",
                    search_in_any_world,
                    LessenedAbove(),
                    f"{depth} plies lessen every gap above the floor,",
                ),
                (
                    "all-is-lost",
                    search_that_puts_off,
                    AllIsLost(),
                    "and in some world lose all that the bound allows,",
                ),
                (
                    "not-within",
                    search_that_puts_off,
                    NotLessenedWithin(),
                    "so that no gap within the floor is lessened there.",
                ),
            )
        ),
        Claim(
            "search-gain/no-lower-floor",
            search_in_any_world,
            LessenedAbove(above=Real("-1/10")),
            expected="refuted",
            says="The floor is no lower.",
        ),
    ],
    not_covered="The supremum over states: a gap may be lessened in most states and not in the "
    "worst. The tree is searched in full.",
    source="Bertsekas and Tsitsiklis, Neuro-Dynamic Programming (1996); Efroni, Dalal, Scherrer "
    "and Mannor (2018) for deeper search",
    group="known results",
)

evaluation_gate = Row(
    "evaluation-gate",
    quote="A new network replaces the old one only if it wins at least 55 % of 400 games, so that "
    "failed training does little harm.",
    formal="Training fails with probability f and then gives any network. E(gap) <= L for every "
    "initial network from some round on, and from the optimum forever, up to f* = P s / "
    "(a (w - L) + P s): s is how much a round from L lowers the gap, w = 1/(1-g), a the "
    "probability that a network no better passes, P that a better one does. Without a gate, a = P "
    "= 1.",
    statements=[
        _failing(
            alphago_zero,
            Fraction(9, 10),
            "proved",
            "With the gate most rounds may fail, and the network still gets "
            "within 1/2 from random play.",
        ),
        _failing(
            alphago_zero,
            Fraction(101, 100),
            "refuted",
            "A hundredth beyond f* the gap stays above 1/2.",
        ),
        _failing(
            alpha_zero,
            Fraction(9, 10),
            "proved",
            "Always replaced, the network bears fewer failures.",
        ),
        _failing(
            alpha_zero,
            Fraction(101, 100),
            "refuted",
            "A hundredth beyond its f* the gap stays above 1/2.",
        ),
        Settles(
            "evaluation-gate/coin",
            alphago_zero,
            NearOptimal(loss=Real("1/2")),
            at={"discount": "1/2", "failure": "1/4", "games": 1, "wins": 1},
            expected="refuted",
            says="A gate of one game is a coin to a network no better, and one round in four may "
            "not fail.",
        ),
    ],
    not_covered="That a network with the larger gap wins at most half of the games is assumed, and "
    "so is the independence of the games; the power of the gate is a parameter. Nothing is said of "
    "runs, only of expectations.",
    source="Silver et al., Mastering the game of Go without human knowledge (2017); Silver et al. "
    "(2018) for the network that is always replaced",
    group="known results",
)

search_raises_retraining_lowers = Row(
    "search-raises-capability-retraining-lowers-alignment",
    quote="Search makes a model more capable without changing what it is, and training on the "
    "search is where alignment is lost; does the loss stay "
    "bounded?",
    formal="On expert iteration: a field that search restores (malign answers that lose value: "
    "gap -> g gap + ...) stays bounded, up to an imitation error; a field that search does "
    "not look at (resistance) grows without bound for every drift > 0.",
    statements=[
        Claim(
            "search-raises-capability-retraining-lowers-alignment/restored",
            expert_iteration,
            Benign(malign=Real("1/5")),
            says="Malign answers that lose value stay rare, whatever share of errors is malign.",
        ),
        Claim(
            "search-raises-capability-retraining-lowers-alignment/wrong-answers",
            expert_iteration,
            Aligned(),
            says="So do wrong answers of either kind.",
        ),
        Claim(
            "search-raises-capability-retraining-lowers-alignment/too-much",
            expert_iteration,
            Benign(malign=Real("1/5")),
            at={"imitation_error": "1/1000"},
            expected="refuted",
            says="Ten times the imitation error is more than search restores.",
        ),
        Claim(
            "search-raises-capability-retraining-lowers-alignment/not-restored",
            expert_iteration,
            Corrigible(),
            at={"resistance_drift": "1/1000"},
            expected="refuted",
            says="What search does not look at is lost, however little a round loses.",
        ),
        Claim(
            "search-raises-capability-retraining-lowers-alignment/no-drift",
            expert_iteration,
            Corrigible(),
            at={"resistance_drift": 0},
            says="Without drift it is kept: the retraining loses it, not the search.",
        ),
    ],
    not_covered="Whether malign answers lose value under the reward that is searched: where they "
    "gain, search raises them too.",
    source="Anthony, Tian and Barber (2017) for the scheme; the statement is open in the field",
    group="open statements",
)
