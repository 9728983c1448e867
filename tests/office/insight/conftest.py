"""A world made once for the tests of a module; what a test changes in it is undone."""

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django.plugin import DjangoDbBlocker

from darvoza.office.insight.services.reckoning import reckon
from office.insight.keeping import kept_for_a_module
from office.insight.world import NOW, a_world, recorded
from people import Cast


@pytest.fixture(scope="module")
def _a_month(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 - made by asking
    """A month of declarations with all results, and figures of them; gone after the module."""
    with kept_for_a_module(django_db_blocker, a_world, recorded, partial(reckon, now=NOW)):
        yield


@pytest.fixture
def world(_a_month: None, cast: Cast) -> Cast:
    """The people of an office that holds the month."""
    return cast
