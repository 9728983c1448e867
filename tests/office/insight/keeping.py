"""What the tests of a module share in the database: made once, and gone after the module."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker


@contextmanager
def kept_for_a_module(blocker: DjangoDbBlocker, *steps: Callable[[], object]) -> Iterator[None]:
    """Have inside what the steps make; what a test changes in it is undone after the test, all of it in the end."""
    with blocker.unblock(), transaction.atomic():
        for step in steps:
            step()
        with blocker.block():
            yield
        transaction.set_rollback(True)
