"""The office under test: a database, and the cast in it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from office.databases import Addresses, addresses_of
from people import Cast, enter_cast


@pytest.fixture
def cast(db: None, settings: object) -> Cast:  # noqa: ARG001 - the database is made by asking for it
    """The people of the office; a second factor is tested on its own."""
    settings.DEMO = True  # type: ignore[attr-defined]
    return enter_cast()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test that reads Russian pages does not leave the next one in Russian."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _untried() -> None:
    """Sign-ins are counted in a cache that outlives a test: the thirty of a minute are not for all tests together."""
    cache.clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """Addresses of empty databases, as many as are asked for; of SQLite, which stands in the home, the empty address."""
    yield from addresses_of(request.param)
