"""That each step of ``properties.training`` covers what happens question by question."""

from models.control import trusted_monitoring
from models.self_rewarding import self_rewarding
from models.weak_to_strong import weak_to_strong, weak_to_strong_family
from models.worlds.control import deployed, retrained
from models.worlds.self_rewarding import either, preferred
from models.worlds.weak_to_strong import (
    generalised,
    generalised_alike,
    labelled,
    labelled_alike,
    shared_is_wrong,
)
from spec import INDEPENDENT, Row, Sound

training_steps = Row(
    "soundness-training",
    quote="The numbers of these models bound what happens.",
    formal="The mean over questions of what the new agent does is at most the abstract step's "
    "output, for every table, every distribution of questions within the density ratio, and every "
    "way in which events on one question go together.",
    statements=[
        Sound(
            "soundness-training/deploy",
            trusted_monitoring,
            "amplify",
            deployed,
            density="density",
            at={"density": 2},
            says="An attack that gets through a monitor and a lot.",
        ),
        Sound(
            "soundness-training/retrain",
            trusted_monitoring,
            "distill",
            retrained,
            says="A monitor trained on what got through.",
        ),
        Sound(
            "soundness-training/label",
            weak_to_strong,
            "amplify",
            labelled,
            density="density",
            says="A label one rank up.",
        ),
        Sound(
            "soundness-training/generalise",
            weak_to_strong,
            "distill",
            generalised,
            says="A student that recovers the same share of the gap on every question.",
        ),
        Sound(
            "soundness-training/label-family",
            weak_to_strong_family,
            "amplify",
            labelled_alike,
            table=shared_is_wrong,
            density="density",
            says="A label one rank up, and the part of its errors that every student takes over.",
        ),
        Sound(
            "soundness-training/generalise-family",
            weak_to_strong_family,
            "distill",
            generalised_alike,
            table=shared_is_wrong,
            says="A student that recovers a share of what does not look like truth to it.",
        ),
        Sound(
            "soundness-training/prefer",
            self_rewarding,
            "amplify",
            preferred,
            table=either,
            density="density",
            at={"density": 2},
            assumptions=(INDEPENDENT,),
            says="The preferred of two answers.",
        ),
    ],
    not_covered="Steps whose assumption is about means: how a judge errs after training, and the "
    "monitor's curve.",
    group="open statements",
)
