"""What becomes of evidence: accepted, rejected or left undecided, and why, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from recheck.claims import shown
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import FORM, document_in, parse, require_unchanged
from recheck.obligations import Shown
from recheck.parts.agreement import of_agreement, of_transfer
from recheck.parts.following import of_refinement
from recheck.parts.instances import of_instance
from recheck.parts.lifting import of_soundness
from recheck.parts.maps import of_map
from recheck.parts.relations import of_relations
from recheck.parts.thresholds import of_threshold
from recheck.parts.tolerances import of_tolerances
from recheck.settling import settle

WITHOUT_A_CLAIM = {
    "Agrees": of_agreement,
    "Instance": of_instance,
    "Map": of_map,
    "Refines": of_refinement,
    "Sound": of_soundness,
    "Threshold": of_threshold,
    "Tolerances": of_tolerances,
    "Transfers": of_transfer,
}
"""The kinds of statements that are about something else than one claim at one value, each with what
judges it."""


class Outcome(Enum):
    """What becomes of a file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class Report(NamedTuple):
    """What became of a file, and why."""

    file: str
    outcome: Outcome
    why: str


def recheck(path: Path, seconds: float) -> Report:
    """What becomes of the evidence in a file, with so many seconds for each query.

    Raises:
        Malformed: where the file is no evidence.
    """
    try:
        return Report(str(path), Outcome.ACCEPTED, judged(document_in(path), seconds))
    except (Malformed, *FORM) as error:
        said = " ".join(str(error).split())[:300]
        raise Malformed(f"{path}: {said or type(error).__name__}") from None
    except Rejected as error:
        return Report(str(path), Outcome.REJECTED, str(error))
    except Undecided as error:
        return Report(str(path), Outcome.UNDECIDED, str(error))


def judged(document: Mapping[str, Any], seconds: float) -> str:
    """Why a document is accepted.

    Raises:
        Rejected: if it does not show what it says.
        Undecided: if that is not settled.
    """
    require_unchanged(document)
    found = derived(document)
    if document["queries"] != queries(found):
        raise Rejected("the queries that are listed are not those of the certificate")
    for obligation in found.obligations:
        settle(obligation, seconds)
    return found.why or f"{len(found.obligations)} obligations hold"


def derived(document: Mapping[str, Any]) -> Shown:
    """What a document shows, once its obligations are settled.

    Raises:
        Rejected: where it does not show what it says, whatever the solver answers.
        Undecided: where there is no way to check it.
    """
    kind = document["statement"]["kind"]
    if document["verdict"] == "unknown":
        raise Undecided("says only that nothing was decided")
    arbitrary = "relations" in document["statement"]
    way = of_relations if arbitrary else WITHOUT_A_CLAIM.get(kind)
    return shown(parse(document)) if way is None else way(document)


def queries(found: Shown) -> list[Mapping[str, str]]:
    """The obligations as queries for any solver, each with the answer that shows it."""
    return [each.query for each in found.obligations]
