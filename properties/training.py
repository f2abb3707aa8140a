"""Supervision by models: trusted monitors, chains of weak supervisors, models as own judges.

Each row sets a claim beside the same claim without its condition, and gives the exact edge.
"""

from models.control import (
    Contained,
    ContainedAndUseful,
    control,
    control_by_share,
    trusted_monitoring,
)
from models.self_rewarding import self_rewarding
from models.weak_to_strong import weak_to_strong, weak_to_strong_family
from spec import Claim, Row, Threshold
from spec.alignment import Benign, Reliable

control_with_audits = Row(
    "control-with-audits",
    quote="An untrusted model can be used safely if a trusted monitor chooses what to audit, even "
    "if the model tries to subvert it.",
    formal="An attack is as suspicious as the most suspicious of k = 3 honest outputs; b is the "
    "share of honest outputs audited, L = 1/10 the harm allowed. With the cut set beforehand: "
    "harm <= L forever iff (1 - b)^3 <= L. With the most suspicious share of all outputs audited: "
    "iff 1 - b <= L, since attacks in bulk hide behind each other. With a monitor that passes "
    "attacks on purpose with probability c: iff 1 - (1 - c)(1 - (1 - b)^3) <= L. With audits by "
    "lot of a share r and a monitor that always passes them: iff 1 - r <= L. Usefulness lost is "
    "b / 2 where an audited output is worth half.",
    statements=[
        Claim(
            "control-with-audits/a-tenth",
            control,
            Contained(),
            expected="refuted",
            says="Auditing the most suspicious tenth does not keep harm within a tenth.",
        ),
        Threshold(
            "control-with-audits/budget",
            control,
            Contained(),
            parameter="suspicious",
            value=(9, -30, 30, -10),
            says="The least share above a cut set beforehand that does, about 0.536.",
        ),
        Threshold(
            "control-with-audits/bulk",
            control_by_share,
            Contained(),
            parameter="suspicious",
            value="9/10",
            says="Where the most suspicious share is audited, the worst attack policy is to attack "
            "on every question, and the monitor is then worth no more than a lot.",
        ),
        Threshold(
            "control-with-audits/collusion",
            control,
            Contained(),
            parameter="collusion",
            value="17/260",
            at={"suspicious": "2/3"},
            says="How often the monitor may pass attacks on purpose at an audit of two thirds.",
        ),
        Threshold(
            "control-with-audits/lot",
            control,
            Contained(),
            parameter="by_lot",
            value="9/10",
            at={"collusion": 1},
            says="With a monitor that always colludes only the lot is left.",
        ),
        Claim(
            "control-with-audits/safe-and-useful",
            control,
            ContainedAndUseful(),
            expected="refuted",
            at={"suspicious": "3/5"},
            says="An audit large enough to be safe costs more than a tenth of the usefulness.",
        ),
        Threshold(
            "control-with-audits/price",
            control,
            ContainedAndUseful(),
            parameter="weakness",
            value="1/6",
            at={"suspicious": "3/5"},
            says="Both are had at that audit if an audited output loses at most a sixth.",
        ),
        Threshold(
            "control-with-audits/price-in-bulk",
            control_by_share,
            ContainedAndUseful(),
            parameter="weakness",
            value="1/9",
            at={"suspicious": "9/10"},
            says="Where the most suspicious share is audited, an output may lose but a ninth.",
        ),
    ],
    not_covered="Outputs are used one at a time: of a batch of attacks some get through before one "
    "is exposed, unless the whole batch waits. How suspicious a real attack looks is a model.",
    source="Greenblatt, Shlegeris, Sachan and Roger, AI control (2023)",
    group="open statements",
)

monitor_from_monitor = Row(
    "monitor-from-monitor",
    quote="A monitor may be trained on what earlier monitors let through.",
    formal="m' = (1 - r) min(1, u + rho m) + eps: m how often the monitor passes an attack on "
    "purpose, r audits by lot, u attacks that an honest monitor misses. m <= L forever iff "
    "(1 - r)(u + rho L) + eps <= L: for u = 1/20, eps = 1/200, L = 1/10 iff r >= 11/30 at rho = 1 "
    "and r >= 31/50 at rho = 2.",
    statements=[
        Claim(
            "monitor-from-monitor/half",
            trusted_monitoring,
            Benign(),
            says="With half of the outputs audited by lot, monitors stay trustworthy.",
        ),
        Claim(
            "monitor-from-monitor/no-lot",
            trusted_monitoring,
            Benign(),
            expected="refuted",
            at={"by_lot": 0},
            says="Without a lot what one monitor misses teaches the next to pass it.",
        ),
        Claim(
            "monitor-from-monitor/better-monitor",
            trusted_monitoring,
            Benign(),
            expected="refuted",
            at={"by_lot": 0, "missed": "1/1000", "imitation_error": 0},
            says="A better monitor only makes it take longer.",
        ),
        Threshold(
            "monitor-from-monitor/lot",
            trusted_monitoring,
            Benign(),
            parameter="by_lot",
            value="11/30",
            says="The least share of audits by lot.",
        ),
        Threshold(
            "monitor-from-monitor/density",
            trusted_monitoring,
            Benign(),
            parameter="by_lot",
            value="31/50",
            at={"density": 2},
            says="The same if the attacker may choose questions twice as likely as in training.",
        ),
    ],
    not_covered="The bound is met only if monitors learn to pass every attack that got through.",
    source="after Greenblatt et al. (2023), section 3, on collusion",
    group="open statements",
)

chain_of_students = Row(
    "weak-to-strong-chain",
    quote="Each model of a chain supervises one a little stronger than itself, and so on.",
    formal="w = j + rho e, e' = (1 - g) w + g c: e error, w error of the labels one rank up, g the "
    "gap recovered, c the error of a student trained on the truth. From e = 0, e <= L forever iff "
    "(1 - g)(j + rho L) + g c <= L. With a share t of the jump j taken over by every student, the "
    "shared part is t j n after n links at rho = 1 whatever g is.",
    statements=[
        Claim(
            "weak-to-strong-chain/half",
            weak_to_strong,
            Reliable(),
            says="With half of the gap recovered at each link, an endless chain stays reliable.",
        ),
        Claim(
            "weak-to-strong-chain/quarter",
            weak_to_strong,
            Reliable(),
            expected="refuted",
            at={"recovered": "1/4"},
            says="With a quarter it is stuck at link 7.",
        ),
        Threshold(
            "weak-to-strong-chain/recovered",
            weak_to_strong,
            Reliable(),
            parameter="recovered",
            value="2/7",
            at={"ceiling": 0, "seed_error": 0},
            says="The least share that has to be recovered, if truth would teach without error.",
        ),
        Threshold(
            "weak-to-strong-chain/jump",
            weak_to_strong,
            Reliable(),
            parameter="jump",
            value="7/100",
            at={"seed_error": 0},
            says="The most new error per rank that a chain bears.",
        ),
        Threshold(
            "weak-to-strong-chain/density",
            weak_to_strong,
            Reliable(),
            parameter="density",
            value="17/10",
            says="How much more often than in training a harder question may lead to the same one.",
        ),
        Claim(
            "weak-to-strong-chain/shared",
            weak_to_strong_family,
            Reliable(),
            expected="refuted",
            at={"density": 1, "recovered": 1},
            says="If a twentieth of new errors looks like truth to every student, the chain gets "
            "stuck at link 91, though all of the rest is recovered.",
        ),
        Claim(
            "weak-to-strong-chain/none-shared",
            weak_to_strong_family,
            Reliable(),
            at={"alike": 0},
            says="If none does, it goes on forever.",
        ),
    ],
    not_covered="That a link far up recovers as much as one that could be measured.",
    source="Burns et al., Weak-to-strong generalization (2023)",
    group="open statements",
)

own_judge = Row(
    "self-rewarding",
    quote="A model that judges its own answers improves both as it is trained on its preferences.",
    formal="f errors on open questions, s settled ones, v = gamma (f + s) errors of the judge, "
    "kappa = (1 - a) rho: f' = kappa (f + v) / 2 + (1 - t) eps, s' = kappa (s + 2 v) + a sigma + "
    "t eps. Errors stay bounded below 1 as eps and sigma shrink iff gamma < (1 - kappa)(2 - kappa) "
    "/ (kappa (5 - 3 kappa)): for half of the questions by people iff gamma < 3/7. At the "
    "defaults f + s <= 1/10 forever, from no error, iff gamma <= 13/35.",
    statements=[
        Claim(
            "self-rewarding/alone",
            self_rewarding,
            Reliable(),
            expected="refuted",
            at={"human": 0, "gap": "1/1000", "imitation_error": 0},
            says="Without people it is lost, though judging is a thousand times easier than "
            "answering and nothing is lost in training.",
        ),
        Claim(
            "self-rewarding/perfect-judge",
            self_rewarding,
            Reliable(),
            at={"human": 0, "gap": 0, "imitation_error": 0},
            says="It keeps what it has if the judge never errs.",
        ),
        Claim(
            "self-rewarding/half-by-people",
            self_rewarding,
            Reliable(),
            at={"gap": "1/4"},
            says="With people on half of the questions, a judge that errs a quarter as often as "
            "the answers is good enough.",
        ),
        Claim(
            "self-rewarding/judge-half-as-bad",
            self_rewarding,
            Reliable(),
            expected="refuted",
            says="One that errs half as often is not.",
        ),
        Threshold(
            "self-rewarding/gap",
            self_rewarding,
            Reliable(),
            parameter="gap",
            value="13/35",
            at={"seed_error": 0},
            says="The most errors of the judge per error of the answers.",
        ),
        Threshold(
            "self-rewarding/training",
            self_rewarding,
            Reliable(),
            parameter="imitation_error",
            value="11/500",
            at={"seed_error": 0, "gap": "1/4"},
            says="The most that training may depart from the preferred answers, at a gap of 1/4.",
        ),
    ],
    not_covered="Both the loss of a question as soon as the judge is mostly wrong on it, and that "
    "new questions are lost in every round, are worst cases: refuted says that nothing is "
    "guaranteed. That the judge errs in proportion to the answers is assumed.",
    source="Yuan et al., Self-rewarding language models (2024); Song et al., Mind the gap (2024)",
    group="open statements",
)
