"""The office under test, as in ``tests/office``."""

import pytest

from people import Cast, enter_cast


@pytest.fixture
def cast(db: None, settings: object) -> Cast:  # noqa: ARG001 - the database is made by asking for it
    """The people of the office."""
    settings.DEMO = True  # type: ignore[attr-defined]
    return enter_cast()
