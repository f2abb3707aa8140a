"""What editors and CI services show beside a line of code: GitHub's commands, SARIF, JUnit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from checker.report.positions import NOT_AS_EXPECTED, WRONG_SPECIFICATION, Finding, Position
from checker.system.verdict import Verdict

SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

RULES = {
    NOT_AS_EXPECTED: "A statement got another verdict than the one that it is expected to get.",
    WRONG_SPECIFICATION: "The specification is wrong, so that nothing was decided.",
}


def github_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """One workflow command of GitHub Actions each: an error at its line."""
    for found in findings:
        at = "" if found.position is None else f"file={_property(found.position.file)},"
        at += "" if found.position is None else f"line={found.position.line},"
        yield f"::error {at}title={_property(found.title)}::{_message(found.text)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """A SARIF log, version 2.1.0 (OASIS, 2020), with a result for each finding."""
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "alignspec", "version": version("alignspec"), "rules": rules}
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(found) for found in findings]}],
    }


def _result(found: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": list(RULES).index(found.rule),
        "level": "error",
        "message": {"text": found.text or found.title},
    }
    if found.position is not None:
        result["locations"] = [_location(found.position)]
    if found.related:
        result["relatedLocations"] = [
            {**_location(place), "message": {"text": what}}
            for place, what in dict.fromkeys(found.related)
        ]
    return result


def _location(place: Position) -> dict[str, Any]:
    file = PurePath(place.file)
    uri = file.as_uri() if file.is_absolute() else file.as_posix()
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": place.line},
        }
    }


def junit(verdicts: Sequence[Verdict], findings: Sequence[Finding]) -> str:
    """A JUnit report: a test for each verdict, and an error for each wrong specification."""
    texts = {found.title: found.text for found in findings}
    suite = TestSuite("alignspec")
    for verdict in verdicts:
        case = TestCase(verdict.claim, classname=verdict.scheme, time=verdict.seconds)
        if not verdict.as_expected:
            title = f"{verdict.claim}: expected {verdict.expected}, got {verdict.answer}"
            failure = Failure(title, NOT_AS_EXPECTED)
            failure.text = texts.get(title, title)
            case.result = [failure]
        suite.add_testcase(case)
    for found in findings:
        if found.rule == WRONG_SPECIFICATION:
            case = TestCase(
                "specification", classname=found.position.file if found.position else None
            )
            case.result = [Error(found.title, WRONG_SPECIFICATION)]
            suite.add_testcase(case)
    report = JUnitXml("alignspec")
    report.add_testsuite(suite)
    text: bytes = report.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8")
