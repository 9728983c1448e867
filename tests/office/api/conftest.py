"""The interface under test: a state in force of three profiles, and clients of two agencies and two posts."""

from pathlib import Path

import pytest
from django.test import Client as Browser

from darvoza.office.api.services import lodging
from darvoza.office.api.services.clients import enter_client
from office.api.systems import CLIENTS, NOW, Systems, write_state


@pytest.fixture(scope="session")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a state in force."""
    home = tmp_path_factory.mktemp("gate")
    write_state(home)
    return home


@pytest.fixture
def systems(db: None, settings: object, state_home: Path) -> Systems:  # noqa: ARG001 - the database is made by asking
    """Every client with its token, and the gate closed: it opens at the first request."""
    settings.GATE_FILE = state_home / "gate.yaml"  # type: ignore[attr-defined]
    settings.DEMO = True  # type: ignore[attr-defined]
    lodging.close()
    return Systems(Browser(), {name: enter_client(new, by="oraz", now=NOW) for name, new in CLIENTS.items()})
