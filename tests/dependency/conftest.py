"""The environment that the tests of this folder share."""

from __future__ import annotations

import pytest

from tests.dependency.installed import Installed, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """alignspec from its wheel, built once."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """alignspec as a clone's own environment has it."""
    return install(tmp_path_factory.mktemp("editable"), editable=True)
