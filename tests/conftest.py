"""Settings shared by every test."""

import gc
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sql_tables import absent

# the same examples on every machine of a merge, more of them where somebody looks for trouble
settings.register_profile("merge", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("DARVOZA_HYPOTHESIS", "merge"))


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark on this machine, kept for all tests of one worker; its Java compiles quickly rather than well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark's own libraries warn about each other
        try:
            from darvoza.warehouse.session import local_session

            os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            made = local_session("local[2]")
        except Exception as problem:
            absent("Spark", problem)
            raise
        yield made
        made.stop()


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: a worker does not look through it again and again."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What ends is looked through once more: libraries report what they find still there."""
    gc.unfreeze()
