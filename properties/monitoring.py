"""Copies of one untrusted model that watch each other: with collusion, and without."""

from models.untrusted_monitoring import (
    BenignAndNonColluding,
    untrusted_monitoring,
)
from models.worlds.untrusted_monitoring import taught, watched
from spec import Claim, Closed, Row, Sound, Threshold
from spec.alignment import Benign

untrusted_monitor = Row(
    "untrusted-monitor",
    quote="Copies of an untrusted model can watch each other, as long as they do not collude.",
    formal="m' = (1 - r) min(1, u + rho (1 - s) c), c' = m' + eps: m how often an attack gets "
    "through, c how often a copy colludes, r audits by lot, u attacks that an honest copy misses, "
    "s signals that other words destroy. m <= L forever iff (1 - r)(u + rho (1 - s)(L + eps)) <= "
    "L: for u = 1/20, eps = 1/200, L = 1/10, rho = 1 iff r >= 11/31 at s = 0, r >= 1/41 at s = "
    "1/2; without audits iff s >= 11/21; and at s = 1, where nobody can collude, for all r.",
    statements=[
        Closed(
            "untrusted-monitor/together",
            untrusted_monitoring,
            BenignAndNonColluding(),
            says="That few attacks get through and few monitors collude is inductive together,",
        ),
        Closed(
            "untrusted-monitor/alone",
            untrusted_monitoring,
            Benign(),
            expected="refuted",
            says="and the first is not alone.",
        ),
        Claim(
            "untrusted-monitor/half",
            untrusted_monitoring,
            BenignAndNonColluding(),
            says="With half of the outputs audited by lot, both hold forever.",
        ),
        Threshold(
            "untrusted-monitor/lot",
            untrusted_monitoring,
            Benign(),
            parameter="by_lot",
            value="11/31",
            says="The least share of audits by lot where every signal survives,",
        ),
        Threshold(
            "untrusted-monitor/lot-and-paraphrases",
            untrusted_monitoring,
            Benign(),
            at={"paraphrased": "1/2"},
            parameter="by_lot",
            value="1/41",
            says="where half of them do,",
        ),
        Claim(
            "untrusted-monitor/strangers",
            untrusted_monitoring,
            Benign(),
            at={"paraphrased": 1, "by_lot": 0},
            says="and none is needed where none does.",
        ),
        Threshold(
            "untrusted-monitor/paraphrases",
            untrusted_monitoring,
            Benign(),
            at={"by_lot": 0},
            parameter="paraphrased",
            value="11/21",
            says="The least share of signals that other words must destroy without audits.",
        ),
        Sound(
            "untrusted-monitor/watch",
            untrusted_monitoring,
            "amplify",
            watched,
            density="density",
            at={"density": 2},
            says="An attack that gets through a copy and a lot, question by question.",
        ),
        Sound(
            "untrusted-monitor/learn",
            untrusted_monitoring,
            "distill",
            taught,
            says="What the outputs that were used teach, question by question.",
        ),
    ],
    not_covered="That copies may find signals without being trained on attacks: the seed colludes "
    "with nobody. The bound is met only if models learn from every attack that got through.",
    source="after Greenblatt et al. (2023), on untrusted monitoring",
    group="open statements",
)
