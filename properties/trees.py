"""Debate, amplification and factored cognition on trees of claims, questions and arguments."""

from fractions import Fraction

from models.arguments import FlawFound, FoundByShare, obfuscated, spread_flaws
from models.claim_trees import (
    AmplificationRight,
    DebateNeedsAmplification,
    DebateRight,
    OneErrorFlips,
    OneErrorHarmless,
    RiskWithin,
    RiskWithinAverage,
    SameVerdict,
    SeenWithin,
    SeenWithinByLeaves,
    UnionWithin,
    claim_trees,
    conjunctions,
    leaf_errors,
    majorities,
    seen_errors,
)
from models.factored_cognition import (
    GUESSES,
    HASTY,
    AgentBeatsGuess,
    Amplifies,
    AnswersAll,
    LazyNoDearer,
    LittleSpent,
    LittleWork,
    PersonBeatsGuess,
    Sound,
    amplified_once,
    amplified_seldom_wrong,
    factored_cognition,
)
from models.hch import (
    AgreesAlways,
    AgreesWithinDepth,
    AnswersAsHCH,
    LimitReached,
    NearHCH,
    hch_by_levels,
    hch_cut_off,
    hch_imitated,
)
from models.noisy_trees import BetterThanLeaves, SeldomWrong, noisy_formulas, noisy_majorities
from spec import Claim, Real, Row

debate_equivalent = Row(
    "debate-equivalent",
    quote="Probably debate and amplification both work or neither does.",
    formal="On every finite tree of claims joined by and, or and not, with any truth values and "
    "any set of leaves that the judge gets wrong: the verdict of debate = the verdict of "
    "amplification, if both sides see those leaves and play optimally. Then both are right or "
    "both wrong. On a conjunction of true claims, where the judge errs at each leaf with "
    "probability at most e: a liar who does not see the errors wins with at most e, whatever it "
    "does and however large the tree. One who sees them wins exactly where amplification errs: "
    "with 1 - (1 - e)^n at n independent leaves (0.1047 at eleven of 1/100), with up to n e if "
    "errors depend on one another.",
    statements=[
        Claim(
            "debate-equivalent/optimal",
            claim_trees,
            SameVerdict(),
            says="An honest side that plays optimally: the same verdict, whichever leaves are "
            "judged wrongly.",
        ),
        Claim(
            "debate-equivalent/one-way",
            claim_trees,
            DebateNeedsAmplification(),
            at={"sight": 0},
            says="However badly the honest side plays: where debate is right, amplification is.",
        ),
        Claim(
            "debate-equivalent/blind",
            claim_trees,
            SameVerdict(),
            at={"sight": 0, "fallible": 0},
            expected="refuted",
            says="An honest side that cannot find the flaw loses before a judge who never errs, "
            "where amplification is right.",
        ),
        Claim(
            "debate-equivalent/informed",
            claim_trees,
            SameVerdict(),
            at={"sight": 1, "fallible": 0},
            says="Knowing the truth of sub-claims is enough before a judge who never errs.",
        ),
        Claim(
            "debate-equivalent/unforeseen",
            claim_trees,
            SameVerdict(),
            at={"sight": 1},
            expected="refuted",
            says="It is not enough before a judge who errs: of two flaws the honest side may "
            "contest the one that the judge misses.",
        ),
        Claim(
            "debate-equivalent/worst-leaf",
            leaf_errors,
            RiskWithin(),
            says="A liar who does not see the judge's errors wins no more often than the judge "
            "errs at the worst leaf, whichever sub-claims it contests.",
        ),
        Claim(
            "debate-equivalent/seen-errors",
            seen_errors,
            SeenWithin(),
            expected="refuted",
            says="One who sees them wins more than one time in ten with eleven leaves of 1/100, as "
            "amplification is wrong: 1 - (99/100)^11 = 0.1047.",
        ),
        Claim(
            "debate-equivalent/seen-errors-by-leaves",
            seen_errors,
            SeenWithinByLeaves(),
            says="With n independent leaves it is 1 - (99/100)^n at most, for n up to eleven.",
        ),
        Claim(
            "debate-equivalent/dependent-errors",
            seen_errors,
            UnionWithin(wrong=Real("99/1000")),
            expected="refuted",
            says="If errors exclude one another, it is n/100: ten leaves are enough for 0.1, where "
            "independent ones give 0.0956.",
        ),
        Claim(
            "debate-equivalent/average-leaf",
            leaf_errors,
            RiskWithinAverage(),
            at={"leaf_error": "1/10"},
            expected="refuted",
            says="A judge who is good on average does not help debate: the liar goes to the worst "
            "leaf.",
        ),
    ],
    not_covered="Claims whose decomposition is itself disputed, and debaters who are not optimal "
    "but trained. Whether a real liar foresees the judge's errors: that decides between e and n e. "
    "With probabilities, only conjunctions of true claims are looked at.",
    source="Irving, Christiano and Amodei, AI safety via debate (2018); the discussion.",
)

factored = Row(
    "factored-cognition",
    quote="Factored cognition can serve as the amplification step.",
    formal="On every finite tree of questions, each a function of its one or two parts down to "
    "questions without parts: with an agent that is right to depth n, a person who knows each "
    "question's function and asks the agent about the parts is right to depth n + 1, with at most "
    "two calls. With one that errs there with probability at most e, a person who slips with h "
    "is wrong to depth n + 1 with at most h + 2 e, and so less than a guess exactly where "
    "h + 2 e < 1/2, whereas the agent may be wrong there always. With answers behind pointers and "
    "a budget of three units of work for each person, "
    "every question is answered, rightly, and lazy unlocking costs no more than eager; a person "
    "who goes by the first answer is wrong, and so is one who guesses on a smaller budget.",
    statements=[
        Claim(
            "factored-cognition/contract",
            amplified_once,
            Amplifies(),
            says="An agent right to depth 2 makes a person who is right to depth 3.",
        ),
        Claim(
            "factored-cognition/muddled",
            amplified_once,
            Amplifies(),
            at={"muddled": 1},
            expected="refuted",
            says="Not a person who may put right answers together wrongly.",
        ),
        Claim(
            "factored-cognition/no-further",
            amplified_once,
            Amplifies(unfit=Real(-4)),
            expected="refuted",
            says="One amplification gains one level, not two.",
        ),
        Claim(
            "factored-cognition/errs-less",
            amplified_seldom_wrong,
            PersonBeatsGuess(),
            says="A person who slips, with an agent that errs seldom to depth 2, errs less than a "
            "guess to depth 3,",
        ),
        Claim(
            "factored-cognition/agent-alone",
            amplified_seldom_wrong,
            AgentBeatsGuess(),
            expected="refuted",
            says="where the agent alone need not.",
        ),
        Claim(
            "factored-cognition/errs-too-often",
            amplified_seldom_wrong,
            PersonBeatsGuess(),
            at={"agent_error": "99/400"},
            expected="refuted",
            says="Not with an agent that errs with (1/2 - h) / 2 = 99/400,",
        ),
        Claim(
            "factored-cognition/errs-just-seldom-enough",
            amplified_seldom_wrong,
            PersonBeatsGuess(),
            at={"agent_error": Fraction(99, 400) - Fraction(1, 10**9)},
            says="and a billionth less is enough.",
        ),
        Claim(
            "factored-cognition/always-wrong",
            amplified_seldom_wrong,
            PersonBeatsGuess(),
            at={"slip": 1, "agent_error": 0},
            expected="refuted",
            says="Nor does a person who is always wrong, whatever the agent.",
        ),
        Claim(
            "factored-cognition/right",
            factored_cognition,
            Sound(),
            says="With three units of work answers are right.",
        ),
        Claim(
            "factored-cognition/hasty",
            factored_cognition,
            Sound(),
            at={"habit": HASTY},
            expected="refuted",
            says="They are not if the first answer is taken for the whole where it settles "
            "nothing.",
        ),
        Claim(
            "factored-cognition/answers",
            factored_cognition,
            AnswersAll(),
            says="Three units of work for each person answer every question.",
        ),
        Claim(
            "factored-cognition/work",
            factored_cognition,
            LittleWork(),
            says="Nobody works more than three units, however large the question.",
        ),
        Claim(
            "factored-cognition/lazy",
            factored_cognition,
            LazyNoDearer(),
            says="Unlocking a pointer only when needed costs no more than unlocking all.",
        ),
        Claim(
            "factored-cognition/short",
            factored_cognition,
            AnswersAll(),
            at={"work": 2},
            expected="refuted",
            says="Two units are too few: the second pointer stays locked.",
        ),
        Claim(
            "factored-cognition/short-is-silent",
            factored_cognition,
            Sound(),
            at={"work": 2},
            says="A budget that is too small costs answers, not their rightness,",
        ),
        Claim(
            "factored-cognition/short-guesses",
            factored_cognition,
            Sound(),
            at={"work": 2, "habit": GUESSES},
            expected="refuted",
            says="as long as nobody guesses where the budget ends.",
        ),
        Claim(
            "factored-cognition/total",
            factored_cognition,
            LittleSpent(),
            expected="refuted",
            says="The work of all persons together has no bound: small budgets are many.",
        ),
        Claim(
            "factored-cognition/slip",
            factored_cognition,
            Sound(),
            at={"fallible": 1},
            expected="refuted",
            says="A slip where a question has no parts is passed on.",
        ),
    ],
    not_covered="Whether real questions have such decompositions; that is the open empirical "
    "question. Questions have one or two parts here, and yes or no for an answer.",
    source="Stuhlmüller, Factored cognition (Ought 2018); the discussion.",
)

one_wrong_leaf = Row(
    "one-wrong-leaf",
    quote="One wrong answer at a leaf is enough to make the whole amplified answer wrong.",
    formal="In every finite tree of conjunctions of true claims, of two or three parts each, "
    "exactly one wrong leaf => the root is wrong. In every tree of majorities of three, at most "
    "one wrong leaf => every inner node is right.",
    statements=[
        Claim(
            "one-wrong-leaf/conjunctions",
            conjunctions,
            OneErrorFlips(),
            says="Wherever the wrong leaf is, and however deep, the answer is wrong.",
        ),
        Claim(
            "one-wrong-leaf/majorities",
            majorities,
            OneErrorHarmless(),
            says="Asking three times makes a single wrong leaf harmless.",
        ),
        Claim(
            "one-wrong-leaf/not-majorities",
            majorities,
            OneErrorFlips(),
            expected="refuted",
            says="The flip needs conjunctions: a majority outvotes the wrong leaf.",
        ),
    ],
    not_covered="How many leaves are wrong in practice, and whether copies that are asked three "
    "times err independently.",
    source="Christiano, Shlegeris and Amodei, Supervising strong learners by amplifying weak "
    "experts (2018), on errors that accumulate.",
    group="known results",
)

optimal_debate = Row(
    "optimal-debate-is-truth",
    quote="With optimal play, the honest side wins the debate.",
    formal="On every finite tree of claims joined by and, or and not, with a judge who is right "
    "at leaves and an honest side that contests a flaw where there is one: verdict = truth. With "
    "one wrong leaf it fails.",
    statements=[
        Claim(
            "optimal-debate-is-truth/debate",
            claim_trees,
            DebateRight(),
            at={"fallible": 0},
            says="Optimal debate before a judge who never errs gives the truth.",
        ),
        Claim(
            "optimal-debate-is-truth/informed",
            claim_trees,
            DebateRight(),
            at={"fallible": 0, "sight": 1},
            says="So does debate in which the honest side only knows which sub-claims are true.",
        ),
        Claim(
            "optimal-debate-is-truth/amplification",
            claim_trees,
            AmplificationRight(),
            at={"fallible": 0},
            says="Amplification gives the truth as well.",
        ),
        Claim(
            "optimal-debate-is-truth/one-error",
            claim_trees,
            DebateRight(),
            expected="refuted",
            says="One error of the judge is enough.",
        ),
    ],
    not_covered="How hard it is to play optimally: the honest side may have to know answers that "
    "no polynomial algorithm finds.",
    source="Irving, Christiano and Amodei, AI safety via debate (2018).",
    group="known results",
)

noisy_leaves = Row(
    "noisy-leaves-deep-trees",
    quote="It is unclear whether evaluation by deep trees gets better or worse than its leaves.",
    formal="Leaves are wrong with probability at most e, independently. Majorities of three: "
    "every node of every tree is wrong with at most e, and every inner node with at most 3 e^2 - "
    "2 e^3 (e = 1/10). With noise g of each node, error <= 2/5 is kept at g = 4/25 and lost at g "
    "= 1/6. Conjunctions and disjunctions: error <= 2 e is lost with three leaves.",
    statements=[
        Claim(
            "noisy-leaves-deep-trees/majorities",
            noisy_majorities,
            SeldomWrong(),
            says="Majorities of three are never worse than the leaves.",
        ),
        Claim(
            "noisy-leaves-deep-trees/better",
            noisy_majorities,
            BetterThanLeaves(),
            says="They are better from the first level on.",
        ),
        Claim(
            "noisy-leaves-deep-trees/noisy-nodes",
            noisy_majorities,
            SeldomWrong(error=Real("2/5")),
            at={"leaf_noise": "2/5", "node_noise": "4/25"},
            says="Nodes that err with 4/25, less than 1/6, leave majorities better than chance.",
        ),
        Claim(
            "noisy-leaves-deep-trees/too-noisy",
            noisy_majorities,
            SeldomWrong(error=Real("2/5")),
            at={"leaf_noise": "2/5", "node_noise": "1/6"},
            expected="refuted",
            says="Nodes that err with 1/6 add more errors than the majority removes.",
        ),
        Claim(
            "noisy-leaves-deep-trees/formulas",
            noisy_formulas,
            SeldomWrong(error=Real("1/5")),
            expected="refuted",
            says="Conjunctions of truths and disjunctions of falsehoods add up the errors.",
        ),
    ],
    not_covered="Which of the two a decomposition of a question resembles; errors that are not "
    "independent; and the error of minimax on random game trees, averaged over their values, "
    "which the pathology is about: here the values are the worst.",
    source="von Neumann, Probabilistic logics (1956); Nau, Pathology on game trees revisited "
    "(1983); Pearl, On the nature of pathology in game searching (1983).",
    group="open statements",
)

obfuscated_arguments = Row(
    "obfuscated-arguments",
    quote="A dishonest argument may be so large that everybody knows it has a flaw and nobody can "
    "find it; then debate fails.",
    formal="An argument of n steps hides one flaw where it is found least. An honest side that "
    "sees nothing finds it with probability 1/n at best: less than 1/10 from eleven steps on. One "
    "that sees it at every level finds it always, at any size. Nor does it help that many steps "
    "are flawed: in a caterpillar of n steps whose deeper half is flawed, a random descent ends "
    "at a flaw with probability about 2^(-n/2).",
    statements=[
        Claim(
            "obfuscated-arguments/unseen",
            obfuscated,
            FlawFound(),
            expected="refuted",
            says="With eleven steps a flaw that nobody sees is found less than once in ten times.",
        ),
        Claim(
            "obfuscated-arguments/cross-examined",
            obfuscated,
            FlawFound(missed=Real("1/2")),
            at={"sight": "1/10", "questions": 8},
            expected="refuted",
            says="Cross-examination only puts it off: a side that sees where the flaw is in one "
            "question of ten, and asks eight at every level, misses it more often than not with "
            "five steps.",
        ),
        Claim(
            "obfuscated-arguments/not-examined",
            obfuscated,
            FlawFound(missed=Real("1/2")),
            at={"sight": "1/10"},
            expected="refuted",
            says="With one question at every level it does with three.",
        ),
        Claim(
            "obfuscated-arguments/half-seen",
            obfuscated,
            FlawFound(missed=Real("1/2")),
            at={"sight": "1/2"},
            expected="refuted",
            says="Seeing it with probability 1/2 at each level: with four steps it is missed more "
            "often than not.",
        ),
        Claim(
            "obfuscated-arguments/seen",
            obfuscated,
            FlawFound(missed=Real(0)),
            at={"sight": 1},
            says="A flaw that can be seen at every level is found in arguments of any size.",
        ),
        Claim(
            "obfuscated-arguments/spread",
            spread_flaws,
            FoundByShare(),
            expected="refuted",
            says="Flaws in a third of three steps are found one time in four, since the lone step "
            "is contested half the time.",
        ),
        Claim(
            "obfuscated-arguments/caterpillar",
            spread_flaws,
            FoundByShare(factor=Real(10)),
            expected="refuted",
            says="No factor mends that: eight steps in a caterpillar hide flaws ten times better "
            "than their share says.",
        ),
    ],
    not_covered="Whether real arguments are obfuscated, and what an honest side does that "
    "estimates rather than searches: that is the row prover-estimator.",
    source="Barnes and Christiano, Debate update: obfuscated arguments problem (2020).",
    group="open statements",
)

hch_limit = Row(
    "hch-limit",
    quote="HCH is the limit of factored cognition, and of iterated amplification.",
    formal="For every finite tree of questions and any person: after n amplifications with "
    "perfect distillation the answer to a question of depth at most n is HCH's, for n = 0 to 3; "
    "and HCH cut off at any level gives HCH's answer wherever it is not cut off, so that the "
    "answers are HCH's from some n on. With departures of probability 1/100 per answer, a union "
    "bound of 1/10 on the distance from HCH is lost.",
    statements=[
        Claim(
            "hch-limit/each-depth",
            hch_by_levels,
            AgreesWithinDepth(),
            says="n amplifications agree with HCH to depth n.",
        ),
        Claim(
            "hch-limit/no-finite-number",
            hch_by_levels,
            AgreesAlways(),
            expected="refuted",
            says="Three amplifications are not HCH: a question of depth four tells them apart.",
        ),
        Claim(
            "hch-limit/limit",
            hch_cut_off,
            LimitReached(),
            says="Where no level is cut off, the answer is HCH's: the limit, at every depth.",
        ),
        Claim(
            "hch-limit/cut-off",
            hch_cut_off,
            AnswersAsHCH(),
            expected="refuted",
            says="One person who answers alone may change the answer.",
        ),
        Claim(
            "hch-limit/imitated",
            hch_imitated,
            NearHCH(),
            expected="refuted",
            says="Distillation that departs with 1/100 per answer is far from HCH after eleven "
            "answers.",
        ),
    ],
    not_covered="Whether HCH itself is aligned or capable. Questions that are decomposed without "
    "end have no answer here: the limit is taken tree by tree.",
    source="Christiano, Humans consulting HCH (2016).",
    group="known results",
)
