"""HCH with and without memory and pointers, rank after rank."""

from models.strong_hch import strong_hch, weak_hch
from spec import Claim, Grows, Row, Threshold
from spec.alignment import Reliable

memory_and_pointers = Row(
    "strong-hch",
    quote="With memory and pointers HCH is not held back by how much one message can say.",
    formal="n sub-answers, each used u times, v of the wrong ones that are read mended, y of what "
    "is pointed to not read: e -> h + n u (1 - v) rho e + eps by messages, and e -> h + n (1 - (1 "
    "- y) v) rho e + eps by pointers. Each stays within L at every rank iff it maps L to at most "
    "L. Pointers bear at least as much iff y <= (u - 1)(1 - v) / v: they ask once for what is used "
    "often, and leave unchecked what nobody reads.",
    statements=[
        Claim(
            "strong-hch/messages",
            weak_hch,
            Reliable(),
            expected="refuted",
            says="By messages, errors outgrow a tenth where each answer is used twice.",
        ),
        Claim(
            "strong-hch/used-once",
            weak_hch,
            Reliable(),
            at={"uses": 1},
            says="Where each is used once, they do not.",
        ),
        Threshold(
            "strong-hch/noticed-by-messages",
            weak_hch,
            Reliable(),
            parameter="noticed",
            value="31/36",
            says="Readers would have to notice six in seven wrong answers.",
        ),
        Claim(
            "strong-hch/pointers",
            strong_hch,
            Reliable(),
            over="imitation_error",
            says="By pointers errors stay bounded, if most of what is pointed to is read.",
        ),
        Grows(
            "strong-hch/grows",
            strong_hch,
            Reliable(),
            says="There ranks grow without bound,",
        ),
        Grows(
            "strong-hch/stuck",
            weak_hch,
            Reliable(),
            expected="refuted",
            says="and by messages they are stuck.",
        ),
        Threshold(
            "strong-hch/noticed-by-pointers",
            strong_hch,
            Reliable(),
            parameter="noticed",
            value="55/81",
            says="Readers need notice two in three.",
        ),
        Threshold(
            "strong-hch/unread",
            strong_hch,
            Reliable(),
            parameter="unread",
            value="5/27",
            says="So many pointers may lead to what nobody reads.",
        ),
        Claim(
            "strong-hch/nobody-reads",
            strong_hch,
            Reliable(),
            at={"unread": 1, "noticed": 1, "redone": 0},
            expected="refuted",
            says="If nobody reads what they lead to, no reader helps, however good.",
        ),
    ],
    not_covered="What strong HCH can compute that weak HCH cannot. People who read what a pointer "
    "leads to in part, or whom an answer attacks: reading mends, or does nothing.",
    source="Christiano, Strong HCH (2016).",
    group="open statements",
)
