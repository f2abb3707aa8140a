"""What makes an overseer better than one agent: ensembles, hardened copies, corrections, questions.

Each row sets a claim beside the same claim without its condition.
"""

from fractions import Fraction

from models.compounding import (
    AllLost,
    Halved,
    Linear,
    PerError,
    Quadratic,
    cloned_at_once,
    cloned_episode,
    cloned_every_step,
    on_policy_episode,
    unrecovered_episode,
)
from models.corrigibility import (
    InBasin,
    Lost,
    corrigibility,
    corrigibility_interrupted,
)
from models.cross_examination import cross_examination, examined_once
from models.reliability_amplification import (
    Gains,
    GainsBelowHalf,
    GainsIfWrong,
    Shrinks,
    reliability,
    reliability_adversarial,
    reliability_systematic,
    vote_in_pairs,
    vote_of_any_error,
    vote_shared_draw,
)
from models.security_amplification import (
    Hardens,
    Relied,
    hardening_at_most,
    missed,
    one_hardening,
    searches,
    security,
    security_average_case,
    security_remembered,
    security_screened,
)
from models.security_in_the_mean import security_in_the_mean, security_screened_in_the_mean
from spec import (
    Claim,
    Closed,
    Number,
    Real,
    Row,
    Settles,
    Threshold,
)
from spec.alignment import Benign, Corrigible, Reliable, Secure, SelfCorrecting
from spec.statements.base import Expected

ensemble_gains = Row(
    "ensemble-gains",
    quote="An ensemble of copies is more reliable than one copy, if their errors are independent "
    "enough.",
    formal="Let k odd copies each be wrong with probability e, and let the vote be wrong when "
    "more than half of them are. With probability r all copies answer by one draw, else "
    "independently: P(vote wrong) = r e + (1 - r) M(e), M the binomial tail above k / 2. For k = "
    "3: less than e iff 0 < e < 1/2 and r < 1; at most e / 2 at e = 1/10 iff r <= 11/36. If only "
    "the correlation coefficient rho of any two copies is known: less than e = 1/10 iff rho < "
    "7/27.",
    statements=[
        Claim(
            "ensemble-gains/independent",
            vote_of_any_error,
            GainsBelowHalf(),
            says="With a shared draw in fifty, three copies gain at every error below one half.",
        ),
        Claim(
            "ensemble-gains/one-draw",
            vote_of_any_error,
            GainsBelowHalf(),
            expected="refuted",
            at={"correlation": 1},
            says="Copies that always answer by one draw, such as a deterministic model's, gain "
            "nothing.",
        ),
        Claim(
            "ensemble-gains/any-error",
            vote_of_any_error,
            GainsIfWrong(),
            expected="refuted",
            says="Copies that are wrong more often than not: the vote makes it worse.",
        ),
        Claim(
            "ensemble-gains/one-half",
            vote_of_any_error,
            GainsIfWrong(),
            expected="refuted",
            at={"most_error": "1/2"},
            says="At one half already, nothing is gained.",
        ),
        Threshold(
            "ensemble-gains/correlation",
            vote_shared_draw,
            Gains(),
            parameter="correlation",
            value=1,
            included=False,
            says="It gains something exactly for every correlation below 1.",
        ),
        Threshold(
            "ensemble-gains/halves",
            vote_shared_draw,
            Shrinks(),
            parameter="correlation",
            value="11/36",
            says="It halves an error of 1/10 exactly for correlations up to 11/36.",
        ),
        Threshold(
            "ensemble-gains/pairs",
            vote_in_pairs,
            Gains(),
            parameter="coefficient",
            value="7/27",
            included=False,
            says="Where only the correlation of two copies is known: exactly below 7/27.",
        ),
    ],
    not_covered="That errors of a trained ensemble are as independent as this: that is to be "
    "measured. Nor that wrong answers agree, which is assumed as the worst case.",
    source="Christiano, Reliability amplification (2016); von Neumann, Probabilistic logics (1956)",
    group="open statements",
)

reliability_amplification = Row(
    "reliability-amplification",
    quote="Asking many copies and training on the majority's answer makes agents ever more "
    "reliable, or at least keeps them so.",
    formal="With e the error of a copy, eps that of distillation and r the correlation: e' = r e "
    "+ (1 - r) M(e) + eps. With three copies, from no error, it stays at most 1/10 forever iff "
    "r <= 31/36 (at eps = 1/100), and iff eps <= 441/6250 (at r = 1/50). If the copies' joint "
    "distribution is arbitrary: e' = min(1, 2 k e / (k + 1)) + eps. If a share s of each departure "
    "is made by all copies alike, that part grows by s eps a round: refuted at s = 1/50 and "
    "s = 1/500, proved at s = 0.",
    statements=[
        Claim(
            "reliability-amplification/shared-draw",
            reliability,
            Reliable(),
            says="Errors independent but for a shared draw in fifty.",
        ),
        Threshold(
            "reliability-amplification/error",
            reliability,
            Reliable(),
            parameter="imitation_error",
            value="441/6250",
            at={"seed_error": 0},
            says="How much distillation error that bears.",
        ),
        Threshold(
            "reliability-amplification/correlation",
            reliability,
            Reliable(),
            parameter="correlation",
            value="31/36",
            at={"seed_error": 0},
            says="How often the copies may answer by one draw.",
        ),
        Claim(
            "reliability-amplification/identical",
            reliability,
            Reliable(),
            expected="refuted",
            at={"correlation": 1},
            says="Identical copies: the errors of distillation add up.",
        ),
        Claim(
            "reliability-amplification/adversarial",
            reliability_adversarial,
            Reliable(),
            expected="refuted",
            says="Copies whose errors may hang together in any way.",
        ),
        Claim(
            "reliability-amplification/systematic",
            reliability_systematic,
            Reliable(),
            expected="refuted",
            says="A fiftieth of what training gets wrong, all copies get wrong: it adds up.",
        ),
        Claim(
            "reliability-amplification/little-systematic",
            reliability_systematic,
            Reliable(),
            expected="refuted",
            at={"systematic": "1/500"},
            says="So does a tenth of that; it only takes ten times as long.",
        ),
        Claim(
            "reliability-amplification/all-anew",
            reliability_systematic,
            Reliable(),
            at={"systematic": 0},
            says="Only if every departure is made anew by each copy does the vote keep up.",
        ),
        Settles(
            "reliability-amplification/any-start",
            reliability,
            Reliable(),
            expected="refuted",
            says="Voting is bistable: agents that are mostly wrong only become surer.",
        ),
    ],
    not_covered="How reliable the copies of a given network are, or how far their errors coincide. "
    "Whether later training can take systematic errors away again.",
    source="Christiano, Reliability amplification (2016)",
    group="open statements",
)

ENOUGH = 483
"""The fewest attempts with which (1 - l)^n <= 1/100 at the l that is borne."""

security_amplification = Row(
    "security-amplification",
    quote="Security amplification multiplies the work of finding a bad input, and distillation "
    "keeps it.",
    formal="x is the probability that an attempt finds a bad input, hardness 1 / x. With k "
    "wordings and transfer r, x' = r x + (1 - r) M(x). For k = 3 and every x <= 1/100: x' <= x / "
    "10 iff r <= 39/539. Distilled against an attacker whose search leaves l: x'' = x' + l; it "
    "stays at most 1/100 forever iff l <= 237699/25000000. A search of n attempts leaves at most "
    "l with confidence 1 - delta iff (1 - l)^n <= delta: at 99 % from n = 483 on. The doubt adds "
    "up over rounds of equal searches. Distilled on questions as they come, x'' = x' + density "
    "eps, times 1 - d before a screen that stops the share d; as far as exposures are means, "
    "x' = r x + (1 - r) c_k x, c_3 = 9/8, and with x'' as before it stays at most 1/100 from x = 0 "
    "on iff d >= 4049/4449.",
    statements=[
        Claim(
            "security-amplification/multiplies",
            one_hardening,
            Hardens(),
            says="One amplification makes every target that is broken by an attempt in a hundred "
            "ten times as hard to break.",
        ),
        Threshold(
            "security-amplification/transfer",
            hardening_at_most,
            Hardens(),
            parameter="transfer",
            value="39/539",
            says="How often attacks may transfer between wordings for that.",
        ),
        Claim(
            "security-amplification/attacks-transfer",
            one_hardening,
            Hardens(share=Real("99/100")),
            expected="refuted",
            at={"transfer": 1},
            says="If attacks always transfer, hardness is not multiplied at all.",
        ),
        Claim(
            "security-amplification/kept",
            security,
            Secure(),
            says="Training against an attacker keeps it.",
        ),
        Threshold(
            "security-amplification/left",
            security,
            Secure(),
            parameter="left",
            value="237699/25000000",
            at={"seed_exposure": 0},
            says="The most that a search may leave for that,",
        ),
        Claim(
            "security-amplification/search",
            security,
            Secure(),
            at={"seed_exposure": 0, "left": missed(ENOUGH, 2).high},
            says=f"which {ENOUGH} attempts certify with a confidence of 99 %,",
        ),
        Claim(
            "security-amplification/search-too-short",
            security,
            Secure(),
            at={"seed_exposure": 0, "left": missed(ENOUGH - 1, 2).low},
            expected="refuted",
            says="and one less do not.",
        ),
        Claim(
            "security-amplification/doubt-adds-up",
            searches,
            Relied(),
            expected="refuted",
            says="Of eleven searches at 99 % one is mistaken with more than 1/10, as far as the "
            "union bound knows.",
        ),
        Claim(
            "security-amplification/average-case",
            security_average_case,
            Secure(),
            expected="refuted",
            says="Training on questions as they come does not keep it.",
        ),
        Threshold(
            "security-amplification/screen",
            security_screened,
            Secure(),
            parameter="detection",
            value="2262301/2512301",
            at={"seed_exposure": 0},
            says="The least share of attacks that a screen before such a student must stop.",
        ),
        Claim(
            "security-amplification/screen-evaded",
            security_screened,
            Secure(),
            expected="refuted",
            at={"detection": 0},
            says="An attacker that evades the screen is not kept off by it.",
        ),
        Claim(
            "security-amplification/in-the-mean",
            security_in_the_mean,
            Secure(),
            expected="refuted",
            at={"seed_exposure": 0, "density": 1, "imitation_error": "1/1000000"},
            says="Where the exposure is only known in the mean, as after such training, rewording "
            "takes nothing away: the least departure adds up until the bound says nothing,",
        ),
        Threshold(
            "security-amplification/screen-in-the-mean",
            security_screened_in_the_mean,
            Secure(),
            parameter="detection",
            value="4049/4449",
            at={"seed_exposure": 0},
            says="and a screen must stop this share of attacks, to take away what rewording adds.",
        ),
        Claim(
            "security-amplification/up-to-the-search",
            security_remembered,
            Hardens(share=Real("1/2"), floor=Real("1/2000")),
            says="Round after round hardness at least doubles, up to a bound set by the search.",
        ),
        Claim(
            "security-amplification/without-end",
            security_remembered,
            Hardens(share=Real("1/2")),
            expected="refuted",
            says="It does not go on doubling without end.",
        ),
    ],
    not_covered="That an attacker in training is as able as a later one, or that wordings break "
    "independently: both are assumed. Each round's verdict holds where no search so far was "
    "mistaken. Nothing is said of an attack on the overseer itself, nor of meta-execution, which "
    "takes questions apart besides.",
    source="Christiano, Security amplification (2016)",
    group="open statements",
)


_CORRECTION = Fraction(3, 4)


def _word(number: Fraction) -> str:
    """A fraction in a name."""
    return str(number).replace("/", "-of-")


def drift_borne(evasion: int | str, limit: int | str, says: str) -> Threshold:
    """The drift up to which an agent that takes every correction keeps within a resistance.

    It is the greatest of q (1 - v q) k over q within the limit: at q = 1/(2 v) if that is within,
    else at the limit.
    """
    v, most = Fraction(evasion), Fraction(limit)
    turns = min(most, 1 / (2 * v)) if v else most
    return Threshold(
        f"corrigible-region/evasion-{_word(v)}-within-{_word(most)}",
        corrigibility,
        Corrigible(resistance=Real(most)),
        parameter="drift",
        value=_CORRECTION * turns * (1 - v * turns),
        at={"seed_resistance": 0, "evasion": v},
        says=says,
    )


def _comes_back(name: str, expected: Expected, says: str, **at: Number) -> Settles:
    """Whether every agent ends up resisting less than 99 times in 100."""
    return Settles(
        f"corrigible-region/{name}",
        corrigibility,
        Corrigible(resistance=Real("99/100")),
        expected=expected,
        at=at,
        says=says,
    )


corrigible_region = Row(
    "corrigible-region",
    quote="For which drifts is there a basin of corrigibility, and for which does every agent come "
    "back?",
    formal="q' = min(1, q (1 - k (1 - v q)) + d), correction k > 0, evasion v, drift d. q' <= q "
    "where d <= k q (1 - v q), which is greatest at q = 1 / (2 v) if v > 1/2, else at q = 1. So a "
    "basin below some q < 1 exists exactly where d <= k / (4 v) if v > 1/2, and d < k (1 - v) if v "
    "<= 1/2. At d < k (1 - v) every agent comes down from 1; at d >= k (1 - v) one that resists "
    "always goes on. In between, for v > 1/2, the basin ends at q+ = (1 + sqrt(1 - 4 v d / k)) / "
    "(2 v). k = 3/4.",
    statements=[
        drift_borne(1, "1/2", "Evasion in full: up to k/4 it stays within 1/2,"),
        drift_borne(1, "99/100", "and beyond k/4 not even within 99/100: the basin is gone."),
        drift_borne("3/4", "2/3", "v = 3/4: up to k/3 within 2/3,"),
        drift_borne("3/4", "99/100", "and beyond k/3 not within 99/100."),
        drift_borne("1/2", "99/100", "v = 1/2: no jump; near k/2 it tends to resist nearly all."),
        drift_borne("1/4", "99/100", "v = 1/4: near 3 k/4 likewise."),
        _comes_back(
            "all-come-back",
            "proved",
            "v = 3/4: below k (1 - v) = 3/16 every agent comes back,",
            evasion="3/4",
            drift="9/50",
        ),
        _comes_back(
            "some-come-back",
            "refuted",
            "and from there to k/3 only those in the basin.",
            evasion="3/4",
            drift="3/16",
        ),
    ],
    not_covered="Evasion and correction that change over time, and drift that depends on "
    "resistance. The worst drift is taken at every round.",
    source="derived; Christiano, Corrigibility (2017), for the basin",
    group="open statements",
)

corrigible_attractor = Row(
    "corrigible-attractor",
    quote="Corrigibility has a broad basin of attraction, so it may hold where perfect benignity, "
    "which is all or nothing, is lost.",
    formal="q' = q (1 - k (1 - q)) + d with correction k = 3/4 and drift d <= 1/50. The basin is "
    "q <= q+, the greater root of 75 q^2 - 75 q + 2 = 0 (0.9726), and inside it resistance tends "
    "to at most the lesser root q- (0.0274); from q > q+ it grows. The probability of not being "
    "benign is 1 - (1 - t)^n after n rounds of taint t.",
    statements=[
        Closed(
            "corrigible-attractor/basin",
            corrigibility,
            InBasin(),
            says="The basin is kept by every round, whatever else the agent is.",
        ),
        Threshold(
            "corrigible-attractor/edge",
            corrigibility_interrupted,
            Corrigible(resistance=Real("99/100")),
            parameter="seed_resistance",
            value=(2, -75, 75),
            near="0.97",
            says="Its edge as the greatest resistance of a seed, rounds left out or not.",
        ),
        Closed(
            "corrigible-attractor/wider",
            corrigibility,
            InBasin(square=Real("2234/10000")),
            expected="refuted",
            says="A set a little wider is not: at its edge drift wins.",
        ),
        Closed(
            "corrigible-attractor/beyond",
            corrigibility,
            Lost(),
            at={"least_drift": "1/50"},
            says="Beyond it, drift at its most takes the agent ever further.",
        ),
        Claim(
            "corrigible-attractor/beyond-it-breaks",
            corrigibility,
            Corrigible(resistance=Real("99/100")),
            expected="refuted",
            at={"seed_resistance": "9726/10000"},
            says="A seed just beyond 0.97258 ends up resisting everything.",
        ),
        Threshold(
            "corrigible-attractor/drift",
            corrigibility,
            Corrigible(),
            parameter="drift",
            value="27/400",
            at={"seed_resistance": 0},
            says="From no resistance it stays within 1/10 exactly for drifts up to 27/400.",
        ),
        Closed(
            "corrigible-attractor/closed",
            corrigibility,
            Corrigible(resistance=Real("19/20")),
            says="Resistance inside the basin stays inside, whatever else the agent is.",
        ),
        Claim(
            "corrigible-attractor/contracts",
            corrigibility,
            SelfCorrecting(resistance=Real("1/2"), rate=Real("2/3")),
            at={"seed_resistance": "1/2"},
            says="From 1/2, each round takes at least a third of what exceeds 1/20.",
        ),
        Settles(
            "corrigible-attractor/not-global",
            corrigibility,
            Corrigible(),
            expected="refuted",
            says="It does not attract every agent: one that resists all correction stays so.",
        ),
        Settles(
            "corrigible-attractor/no-evasion",
            corrigibility,
            Corrigible(),
            at={"evasion": 0},
            says="It does attract every agent if corrections always get through.",
        ),
        Settles(
            "corrigible-attractor/some-evasion",
            corrigibility,
            Corrigible(),
            at={"evasion": "24/25"},
            says="And still if evasion is below 1 - d / k = 73/75.",
        ),
        Settles(
            "corrigible-attractor/much-evasion",
            corrigibility,
            Corrigible(),
            expected="refuted",
            at={"evasion": "73/75"},
            says="At 73/75 an agent that always resists is never brought back.",
        ),
        Claim(
            "corrigible-attractor/benign",
            corrigibility,
            Benign(),
            expected="refuted",
            says="Benignity is lost in the same run: nothing brings it back.",
        ),
        Closed(
            "corrigible-attractor/benign-alone",
            corrigibility,
            Benign(),
            expected="refuted",
            says="A round may always take it over the limit.",
        ),
        Claim(
            "corrigible-attractor/no-taint",
            corrigibility,
            Benign(),
            at={"taint": 0},
            says="It is kept only if no round ever taints.",
        ),
    ],
    not_covered="That resistance of a real agent obeys these dynamics, or that it can be measured; "
    "and a malign agent that only pretends to take corrections has resistance 1 here.",
    source="Christiano, Corrigibility (2017)",
    group="open statements",
)

_LENGTHS = (2, 10, 50)
"""Steps of the episodes in which less than T^2 eps is shown not to do."""

imitation_compounds = Row(
    "imitation-compounds",
    quote="Errors of imitation compound over an episode, where training on the student's own "
    "states keeps them additive.",
    formal="eps is the mean over the T steps of an episode of the probability of an error, on the "
    "states of training; nature spends the T eps errors when it likes. Behavioural cloning: regret "
    "<= T^2 eps for all T and eps, and for all with T eps <= 1 it is attained, by all errors in "
    "the first step; so no factor below 1 will do. If eps bounds the error of every step, T (T + "
    "1) eps / 2. On-policy with recoverability u: regret <= u T eps. Behavioural cloning breaks u "
    "T eps for each fixed u at some T.",
    statements=[
        Claim(
            "imitation-compounds/quadratic",
            cloned_episode,
            Quadratic(),
            says="Behavioural cloning: regret at most T^2 eps.",
        ),
        Closed(
            "imitation-compounds/inductive",
            cloned_episode,
            Quadratic(),
            says="The same from any standing of the episode, and so for every T and eps.",
        ),
        Closed(
            "imitation-compounds/attained",
            cloned_at_once,
            AllLost(),
            says="It is attained for every T and eps with T eps <= 1, by errors in the first step.",
        ),
        *(
            Claim(
                f"imitation-compounds/no-less-over-{steps}",
                cloned_episode,
                Quadratic(factor=Real("999/1000")),
                at={"horizon": steps},
                expected="refuted",
                says=f"Over {steps} steps a thousandth less is exceeded.",
            )
            for steps in _LENGTHS
        ),
        Closed(
            "imitation-compounds/every-step",
            cloned_every_step,
            Halved(),
            says="If no single step errs more than eps, it is eps (1 + 2 + ... + T) at most,",
        ),
        Claim(
            "imitation-compounds/every-step-no-less",
            cloned_every_step,
            Halved(factor=Real("499/1000")),
            expected="refuted",
            says="and no less.",
        ),
        Claim(
            "imitation-compounds/not-linear",
            cloned_episode,
            Linear(),
            expected="refuted",
            says="Behavioural cloning: not u T eps, at u = 1.",
        ),
        Claim(
            "imitation-compounds/not-linear-at-all",
            cloned_episode,
            Linear(recoverability=Real(5)),
            expected="refuted",
            says="Nor at u = 5; it only takes a longer episode.",
        ),
        Claim(
            "imitation-compounds/on-policy",
            on_policy_episode,
            PerError(),
            says="Training on its own states, recoverable at cost 1: at most 1 for each error, and "
            "so at most T eps.",
        ),
        Claim(
            "imitation-compounds/costlier",
            on_policy_episode,
            Linear(),
            expected="refuted",
            at={"recoverability": "101/100"},
            says="An error that costs a little more than u breaks it.",
        ),
        Claim(
            "imitation-compounds/unrecoverable",
            unrecovered_episode,
            Linear(),
            expected="refuted",
            says="Training on its own states does not help where no error can be mended.",
        ),
    ],
    not_covered="That on-policy training attains the same eps: its learner sees other states. Its "
    "optimisation regret is left out. Rewards of a step are between 0 and 1.",
    source="Ross and Bagnell (2010), theorem 2.1; Ross, Gordon and Bagnell (2011), theorem 2.2",
    group="known results",
)

cross_examining = Row(
    "cross-examination",
    quote="Cross-examination restores debate against liars who shift what they meant.",
    formal="At each level the liar shifts its reading and gets away with probability v (l + (1 - "
    "l) a^n): v ambiguity, l leak, a agreement by chance, n copies asked. The flaw is found and "
    "pinned with probability f times the rest.",
    statements=[
        Claim(
            "cross-examination/restores",
            examined_once,
            Benign(),
            says="With questions to copies the liar seldom wins.",
        ),
        Claim(
            "cross-examination/without",
            examined_once,
            Benign(),
            expected="refuted",
            at={"questions": 0},
            says="Without them, a liar that can always shift always wins.",
        ),
        Claim(
            "cross-examination/without-ambiguity",
            examined_once,
            Benign(),
            at={"questions": 0, "ambiguity": 0},
            says="Nor are they needed where every claim has one reading.",
        ),
        Claim(
            "cross-examination/copies-that-know",
            examined_once,
            Benign(),
            expected="refuted",
            at={"leak": 1},
            says="Copies that know the attack shift along with the liar.",
        ),
        Claim(
            "cross-examination/round-after-round",
            cross_examination,
            Benign(),
            expected="refuted",
            says="It does not keep a judge benign who is trained on its own rulings: what is wrong "
            "at a leaf comes back in the next round, and what debaters are wrong about too.",
        ),
        Claim(
            "cross-examination/five-questions",
            examined_once,
            Benign(),
            at={"questions": 5},
            says="Five questions to each claim are enough.",
        ),
        Claim(
            "cross-examination/four-questions",
            examined_once,
            Benign(),
            expected="refuted",
            at={"questions": 4},
            says="Four are too few.",
        ),
    ],
    not_covered="Obfuscated arguments, in which nobody knows where the flaw is, are not helped by "
    "questions: the honest side must find the flaw first.",
    source="Barnes and Christiano, Writeup: progress on AI safety via debate (2020)",
    group="known results",
)
