"""Python examples in the documentation run as tests, so that they stay true.

Tests run in random order and on several workers, so each block stands alone: it imports what it uses and asserts what
it claims. No ``>>>`` in pages; every line of those would be a test of its own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from xdist.remote import Producer

from handing_out import ByFile

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["docs/**/*.md", "docs/*.md", "README.md"],
).pytest()


@pytest.fixture(autouse=True)
def _stay_put() -> Iterator[None]:
    """A test that changes the working directory does not change it for the next one."""
    here = Path.cwd()
    yield
    os.chdir(here)


@pytest.hookimpl(optionalhook=True)  # where the tests run in one process, nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Hand out whole files to workers, whatever ``--dist`` says."""
    return ByFile(config, log)
