"""Python examples in the documentation run as tests, so that they stay true."""

import os
from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE), SkipParser()],
    patterns=["docs/**/*.md", "docs/*.md", "README.md"],
).pytest()


@pytest.fixture(autouse=True)
def _stay_put() -> Iterator[None]:
    """A test that changes the working directory does not change it for the next one."""
    here = Path.cwd()
    yield
    os.chdir(here)
