"""Games before an overseer: advocates, provers and verifiers, estimators, critics, markets."""

from models.comparisons import NoLoss
from models.consultancy import (
    DebateNoWorse,
    compared,
    consultancy,
    moderated_debate,
    one_question,
    several_questions,
)
from models.critiques import critiques
from models.prover_estimator import (
    Close,
    EndsAtTheFlaw,
    EstimatedWell,
    conjunctive_debate,
    prover_estimator,
    stable_debate,
)
from spec import Claim, Real, Row, Threshold
from spec.alignment import Reliable

PERSUASION_TELLS = {"swing": "2/5", "distraction": "1/10"}

consultancy_beside_debate = Row(
    "consultancy-beside-debate",
    quote="It is harder to lie than to refute a lie: a judge is misled more often by one "
    "consultant than by a liar with an opponent, and the more so the better they all persuade.",
    formal="A judge errs with P after a false argument, H after a true one, at most H + d after a "
    "false one whose flaw is shown; the consultant is assigned the wrong answer with w, the "
    "opponent finds the flaw with f. Debate errs no more often iff f (P - H - d) >= (1 - w)(P - "
    "H). With d = 0: iff f >= 1 - w, at any persuasion. Of n questions on which f is known only "
    "on average it needs n (1 - f) <= w. Trained on its verdicts while advocates get ever more "
    "persuasive, the judge after consultancies keeps error <= L iff w + (1 - w) h + eps <= L, and "
    "after debates iff u + eps <= a (L - j): h true arguments that do not help, u flaws missed, a "
    "the share that a person judges, j its slips.",
    statements=[
        Claim(
            "consultancy-beside-debate/one-question",
            one_question,
            DebateNoWorse(),
            says="Where flaws are found half the time and the consultant's side is drawn by lot, "
            "debate misleads no more often, however persuasive anybody is.",
        ),
        Claim(
            "consultancy-beside-debate/seldom-found",
            one_question,
            DebateNoWorse(),
            at={"found": "49/100"},
            expected="refuted",
            says="If flaws are found less often than that, a judge who believes every false "
            "argument that stands does better with a consultant, who is honest half the time.",
        ),
        Claim(
            "consultancy-beside-debate/always-false",
            one_question,
            DebateNoWorse(),
            at={"assigned": 1, "found": 0},
            says="Against a consultant who always argues for the falsehood, debate never loses, "
            "even if no flaw is ever found.",
        ),
        Claim(
            "consultancy-beside-debate/distracted",
            one_question,
            DebateNoWorse(),
            at={"found": "99/100", "distraction": "1/10"},
            expected="refuted",
            says="Where a judge who is shown a flaw still errs more often than one told the "
            "truth, and arguments hardly sway it, debate misleads more, however often flaws are "
            "found.",
        ),
        Claim(
            "consultancy-beside-debate/persuasion-tells",
            one_question,
            DebateNoWorse(),
            at={**PERSUASION_TELLS, "found": "2/3"},
            says="A consultant's side that matters by 2/5 makes up for a distraction of 1/10 if "
            "flaws are found twice in three times.",
        ),
        Threshold(
            "consultancy-beside-debate/found",
            compared,
            NoLoss(),
            parameter="found",
            value="2/3",
            at=PERSUASION_TELLS,
            says="It must be that often: (1 - w) D / (D - d) with D = 2/5 and d = 1/10.",
        ),
        Threshold(
            "consultancy-beside-debate/assigned",
            compared,
            NoLoss(),
            parameter="assigned",
            value="3/5",
            at={"found": "2/5", "swing": "1/10"},
            says="With d = 0 and flaws found twice in five times, debate wins exactly against "
            "consultants who are assigned the wrong answer at least three times in five.",
        ),
        Claim(
            "consultancy-beside-debate/on-average",
            several_questions,
            DebateNoWorse(),
            at={"found": "74/100"},
            expected="refuted",
            says="Two questions, flaws found with 0.74 on average: all that are missed may be "
            "those of the one question on which a false argument persuades.",
        ),
        Claim(
            "consultancy-beside-debate/on-average-enough",
            several_questions,
            DebateNoWorse(),
            at={"found": "3/4"},
            says="From 3/4 on two questions cannot do that: 2 (1 - f) <= w.",
        ),
        Claim(
            "consultancy-beside-debate/trained-on-consultancy",
            consultancy,
            Reliable(),
            expected="refuted",
            says="A judge trained on its verdicts after consultancies is misled as soon as the "
            "consultants persuade.",
        ),
        Threshold(
            "consultancy-beside-debate/few-lies",
            consultancy,
            Reliable(),
            parameter="assigned",
            value="15/196",
            says="It keeps error <= 1/10 only if consultants are assigned the wrong answer at "
            "most about once in thirteen times: (L - h - eps) / (1 - h).",
        ),
        Threshold(
            "consultancy-beside-debate/unpersuasive",
            consultancy,
            Reliable(),
            parameter="untrained",
            value="9/200",
            at={"push": 0},
            says="Or, at even odds, if they never get better and persuade at most that often.",
        ),
        Claim(
            "consultancy-beside-debate/trained-on-debate",
            moderated_debate,
            Reliable(),
            at={"push": 1},
            says="After debates it stays reliable though advocates persuade of anything from the "
            "second round on.",
        ),
        Threshold(
            "consultancy-beside-debate/missed",
            moderated_debate,
            Reliable(),
            parameter="missed",
            value="3/160",
            says="As long as the opponent misses at most that many flaws: a (L - j) - eps.",
        ),
        Claim(
            "consultancy-beside-debate/no-person",
            moderated_debate,
            Reliable(),
            at={"anchor": 0},
            expected="refuted",
            says="Without a person who judges a share of the flaws shown, errors add up.",
        ),
    ],
    not_covered="How often flaws are found by real opponents, and whether finding keeps up with "
    "persuasion: f and u are held fixed while persuasion grows. The trained judge is assumed to "
    "err on the flaws it is shown as it does on its table.",
    source="Irving, Christiano and Amodei, AI safety via debate (2018); Khan et al., Debating "
    "with more persuasive LLMs leads to more truthful answers (2024); Kenton et al., On scalable "
    "oversight with weak LLMs judging strong LLMs (2024).",
    group="open statements",
)


critiques_bound_errors = Row(
    "critiques-bound-errors",
    quote="Critiques that a model writes of its own answers help people to find flaws that they "
    "would miss, though models know of flaws that they do not name, and name flaws that are not "
    "there.",
    formal="With b parts to a question, slip s, missed m = rho (1 - n v - (1 - n) x), n = d c, "
    "false alarms h, revisions wrong r, departure eps: D = s + b e, e' = m D + r ((1 - m) D + h "
    "(1 - D)) + eps. Error stays at most L at every rank iff (m + r (1 - m - h)) (s + b L) <= L - "
    "r h - eps. In particular people with critiques must miss less than 1 in b of the flaws.",
    statements=[
        Claim(
            "critiques-bound-errors/kept",
            critiques,
            Reliable(),
            over="imitation_error",
            says="With critiques, errors stay bounded while the rank grows without end.",
        ),
        Claim(
            "critiques-bound-errors/unaided",
            critiques,
            Reliable(),
            at={"recognised": 0},
            expected="refuted",
            says="A person alone, who sees one flaw in ten, does not keep up with the rank.",
        ),
        Claim(
            "critiques-bound-errors/silent",
            critiques,
            Reliable(),
            at={"recognised": 1, "told": 0},
            expected="refuted",
            says="Nor does one whose model recognises every flaw and names none.",
        ),
        Threshold(
            "critiques-bound-errors/told",
            critiques,
            Reliable(),
            parameter="told",
            value="37256/56457",
            says="The model must name at least that share of the flaws it recognises; of all "
            "flaws, 0.306 may be recognised and not named.",
        ),
        Threshold(
            "critiques-bound-errors/hallucinated",
            critiques,
            Reliable(),
            parameter="hallucinated",
            value="5341/19875",
            says="People may be talked into rejecting more than a quarter of the right answers, "
            "as revisions are right nine times in ten.",
        ),
        Threshold(
            "critiques-bound-errors/unmended",
            critiques,
            Reliable(),
            parameter="unmended",
            value="1798/8093",
            says="How often a revision may be wrong.",
        ),
        Threshold(
            "critiques-bound-errors/density",
            critiques,
            Reliable(),
            parameter="density",
            value="36455/26568",
            says="Flaws that training leaves may be missed 1.37 times as often as those on which "
            "critics were measured, no more.",
        ),
        Claim(
            "critiques-bound-errors/inserted",
            critiques,
            Reliable(),
            at={"density": "3/2"},
            expected="refuted",
            says="If they are missed half as often again, errors pass the limit: a measurement on "
            "flaws put in on purpose does not show that they are bounded.",
        ),
        Claim(
            "critiques-bound-errors/three-parts",
            critiques,
            Reliable(),
            at={"fan_out": 3},
            expected="refuted",
            says="Missing 0.288 of the flaws is too much where questions have three parts.",
        ),
        Claim(
            "critiques-bound-errors/one-rank",
            critiques,
            Reliable(),
            at={"recognised": 0, "fan_out": 1, "unaided": "1/2"},
            says="Where nothing gets harder, a person who sees every second flaw is enough.",
        ),
    ],
    not_covered="Whether the shares stay the same as the rank grows: a critic that falls behind "
    "its writer, or that training teaches to keep silent, is the density ratio here and must be "
    "measured. Flaws that only a later reader would see count as missed.",
    source="Saunders et al., Self-critiquing models for assisting human evaluators (2022); "
    "McAleese et al., LLM critics help catch LLM bugs (2024).",
    group="open statements",
)


prover_estimator_debate = Row(
    "prover-estimator",
    quote="A debater that puts probabilities on sub-claims, and need not know where the flaw is, "
    "is not beaten by obfuscated arguments, if true claims have stable arguments.",
    formal="Node by node of any tree, truth and estimate are put together alike; the prover "
    "contests the sub-claim whose estimate is most off. If a claim is judged by a weighted mean, "
    "minimum or maximum of its two sub-claims, |truth - estimate| at the root <= the same at the "
    "leaf where the contest ends, and <= the greatest at any leaf. For products neither holds. "
    "Fitted rank by rank with influence k, fan-out b, contests settled f, density rho: off' = s + "
    "k (b - f) rho off + eps, at most L at every rank iff s + eps <= L (1 - k (b - f) rho).",
    statements=[
        Claim(
            "prover-estimator/ends-at-the-flaw",
            stable_debate,
            EndsAtTheFlaw(),
            says="With stable arguments, of any size and shape, contesting the estimate that is "
            "most off ends at a leaf where the judge sees an error as great as the claim's.",
        ),
        Claim(
            "prover-estimator/unstable",
            conjunctive_debate,
            EndsAtTheFlaw(),
            expected="refuted",
            says="Without stability it does not: two estimates that are off a little make a "
            "conjunction that is off by more than either.",
        ),
        Claim(
            "prover-estimator/by-lot",
            stable_debate,
            EndsAtTheFlaw(),
            at={"contests_worst": 0},
            expected="refuted",
            says="Nor if the prover contests sub-claims by lot.",
        ),
        Claim(
            "prover-estimator/good-leaves",
            stable_debate,
            EstimatedWell(),
            at={"leaf_error": "1/10"},
            says="With stable arguments, estimates that are off by at most 1/10 at the leaves are "
            "so everywhere.",
        ),
        Claim(
            "prover-estimator/obfuscated",
            conjunctive_debate,
            EstimatedWell(off=Real("1/2")),
            at={"leaf_error": "1/10"},
            expected="refuted",
            says="A conjunction of seven steps, each estimate off by 1/10, is off by more than "
            "1/2.",
        ),
        Claim(
            "prover-estimator/kept",
            prover_estimator,
            Close(),
            over="imitation_error",
            says="An estimator fitted to such debates, rank by rank, stays close to the truth "
            "while arguments are stable and contests settle something.",
        ),
        Threshold(
            "prover-estimator/influence",
            prover_estimator,
            Close(),
            parameter="influence",
            value="3/5",
            says="How far one sub-claim of two may move a claim: (1 - (s + eps) / L) / (b - f).",
        ),
        Threshold(
            "prover-estimator/settled",
            prover_estimator,
            Close(),
            parameter="settled",
            value="1/5",
            says="How often, at the least, a contest must set the worst estimate right.",
        ),
        Threshold(
            "prover-estimator/density",
            prover_estimator,
            Close(),
            parameter="density",
            value="6/5",
            says="How many times as often a sub-claim may come up in debates as in training.",
        ),
        Claim(
            "prover-estimator/never-settled",
            prover_estimator,
            Close(),
            at={"settled": 0},
            expected="refuted",
            says="Stability alone is not enough once estimates are learnt: each rank adds its "
            "errors to the last one's.",
        ),
        Claim(
            "prover-estimator/conjunctions",
            prover_estimator,
            Close(),
            at={"influence": 1},
            expected="refuted",
            says="Conjunctions of two multiply the distance by 3/2 at each rank.",
        ),
    ],
    not_covered="Which true claims have stable arguments, and what provers and estimators of "
    "bounded computation can tell apart: the paper's theorem is about that. The prover here knows "
    "which estimate is most off.",
    source="Brown-Cohen, Irving and Piliouras, Avoiding obfuscation with prover-estimator debate "
    "(2025).",
    group="open statements",
)
