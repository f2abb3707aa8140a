"""Words and JSON: everything that people or programs read is made here.

Importing the package registers the words of every kind of fact.
"""

from checker.report import (
    assumptions,
    budget_flow,
    comparison,
    contracts,
    partition,
    settles,
    sound,
    threshold,
    tolerances,
    transfers,
    trees,
    uninterpreted,
    words,
)

__all__ = [
    "assumptions",
    "budget_flow",
    "comparison",
    "contracts",
    "partition",
    "settles",
    "sound",
    "threshold",
    "tolerances",
    "transfers",
    "trees",
    "uninterpreted",
    "words",
]
