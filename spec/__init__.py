"""The language: agents, invariants, steps, nature's choices, schemes and claims."""

from pkgutil import extend_path

from spec.agents import Agent, Assistant, Expert, I, Overseer, Traits
from spec.curves import exp, log, logistic, power
from spec.errors import SpecError
from spec.fields import between, flag, unbounded, whole
from spec.invariants import Invariant, Unvetted, budget
from spec.nature import Nature, some, uninterpreted
from spec.parameters import Parameters, parameter, structural
from spec.scheme import Loop, Process, Scheme
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.comparison import Agrees, Refines, Transfers
from spec.statements.dynamics import Closed, Grows, Settles
from spec.statements.improvement import BeyondItsRank, InEveryState
from spec.statements.instance import EVALUATIONS, SAMPLED_ANSWERS, Channel, Instance
from spec.statements.ledger import Row
from spec.statements.sound import Sound
from spec.statements.threshold import Threshold, Tolerances
from spec.terms import (
    Bool,
    Count,
    Number,
    Real,
    all_of,
    any_of,
    maximum,
    minimum,
    when,
)
from spec.trees import Fold
from spec.untouched import remember_language
from spec.worlds import DENSITY, INDEPENDENT, SAME_HARDNESS, Assumption, Entry, Question

remember_language()

__path__ = extend_path(__path__, __name__)  # a project may have a folder of this name

__all__ = [
    "Agent",
    "Agrees",
    "Assistant",
    "Assumption",
    "BeyondItsRank",
    "Bool",
    "Channel",
    "Claim",
    "Closed",
    "Count",
    "DENSITY",
    "EVALUATIONS",
    "Entry",
    "Expert",
    "Fold",
    "Grows",
    "I",
    "INDEPENDENT",
    "InEveryState",
    "Instance",
    "Invariant",
    "Loop",
    "Nature",
    "Number",
    "Overseer",
    "Parameters",
    "Process",
    "Question",
    "Real",
    "Refines",
    "Row",
    "SAME_HARDNESS",
    "SAMPLED_ANSWERS",
    "Scheme",
    "Settles",
    "Sound",
    "SpecError",
    "Statement",
    "Threshold",
    "Tolerances",
    "Traits",
    "Transfers",
    "Unvetted",
    "all_of",
    "any_of",
    "between",
    "budget",
    "exp",
    "flag",
    "log",
    "logistic",
    "maximum",
    "minimum",
    "parameter",
    "power",
    "some",
    "structural",
    "unbounded",
    "uninterpreted",
    "when",
    "whole",
]
