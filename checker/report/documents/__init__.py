"""The JSON documents: ``document`` is the one serializer, with a module for each kind of result."""

from checker.report.documents import (
    comparison,
    conform,
    engines,
    explain,
    partition,
    simulation,
    sound,
    threshold,
    verdict,
)
from checker.report.documents.base import SCHEMA, document, versioned

__all__ = [
    "SCHEMA",
    "comparison",
    "conform",
    "document",
    "engines",
    "explain",
    "partition",
    "simulation",
    "sound",
    "threshold",
    "verdict",
    "versioned",
]
