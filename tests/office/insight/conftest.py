"""A world made once for the tests of a module; what a test changes in it is undone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from darvoza.office.insight.services.reckoning import reckon
from office.insight.world import NOW, a_world, recorded
from people import Cast


@pytest.fixture(scope="module")
def _a_month(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 - made by asking
    """A month of declarations with all results, and figures of them; gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        a_world()
        recorded()
        reckon(now=NOW)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def world(_a_month: None, cast: Cast) -> Cast:
    """The people of an office that holds the month."""
    return cast
