"""Overseers that look for what an agent would do where nobody meets it."""

from models.relaxed_adversarial_training import BenignAtWorst, relaxed_adversarial_training
from spec import Claim, Row, Threshold
from spec.alignment import Benign, WorstCaseBenign

pseudo_inputs = Row(
    "relaxed-adversarial-training",
    quote="Training on descriptions of inputs, judged from the inside, makes a model benign on "
    "every input, even those that no adversary could produce.",
    formal="c = proposed times recognised, less what is recognised only by copies of the model; u "
    "inputs in no pseudo-input, rho how many times as likely one kind of input may be met as it is "
    "proposed. On average m -> (1 - c) m + c min(m, u) + eps: within L for ever iff c (L - u) >= "
    "eps. On the worst input w -> (1 - c) w + rho eps if u = 0, and w + rho eps if not: within L "
    "iff u = 0 and c L >= rho eps.",
    statements=[
        Claim(
            "relaxed-adversarial-training/kept",
            relaxed_adversarial_training,
            BenignAtWorst(),
            over="imitation_error",
            says="Where every input can be described, the model is benign on all of them.",
        ),
        Claim(
            "relaxed-adversarial-training/mean",
            relaxed_adversarial_training,
            Benign(),
            at={"unreached": "1/1000000"},
            says="Where one input in a million cannot be, it is still seldom malign on average,",
        ),
        Claim(
            "relaxed-adversarial-training/worst",
            relaxed_adversarial_training,
            WorstCaseBenign(),
            at={"unreached": "1/1000000"},
            expected="refuted",
            says="and nothing keeps it from being malign on the worst one, which no mean sees.",
        ),
        Threshold(
            "relaxed-adversarial-training/unreached",
            relaxed_adversarial_training,
            Benign(),
            parameter="unreached",
            value="39/400",
            says="For the mean almost as much may be out of reach as may be malign: L - eps / c.",
        ),
        Threshold(
            "relaxed-adversarial-training/density",
            relaxed_adversarial_training,
            WorstCaseBenign(),
            parameter="density",
            value=40,
            says="For the worst input, each kind must be proposed one time in forty at least: "
            "c L / eps.",
        ),
        Threshold(
            "relaxed-adversarial-training/recognised",
            relaxed_adversarial_training,
            WorstCaseBenign(),
            parameter="recognised",
            value="1/5",
            says="The overseer must recognise so much: rho eps / (f L).",
        ),
        Threshold(
            "relaxed-adversarial-training/recognised-on-average",
            relaxed_adversarial_training,
            Benign(),
            parameter="recognised",
            value="1/50",
            says="A tenth of that is enough on average.",
        ),
        Threshold(
            "relaxed-adversarial-training/by-copies",
            relaxed_adversarial_training,
            WorstCaseBenign(),
            parameter="by_copies",
            value="3/4",
            says="At most three quarters of it may rest on what copies of the model say: asked "
            "about inputs on which it is malign, they may collude with it.",
        ),
        Claim(
            "relaxed-adversarial-training/audited-by-itself",
            relaxed_adversarial_training,
            Benign(),
            at={"by_copies": 1, "proposed": 1, "recognised": 1},
            expected="refuted",
            says="An overseer who knows no more than such copies say does not even keep the mean.",
        ),
    ],
    not_covered="Whether an overseer can recognise what a model would do from the inside, by "
    "whatever means.",
    source="Christiano, Worst-case guarantees (2019); Hubinger, Relaxed adversarial training for "
    "inner alignment (2019).",
    group="open statements",
)
