# ruff: noqa: INP001 - a folder of data
"""Runs every worked case of every profile below this folder as a test named by its title."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from darvoza.domain.profile import RiskProfile, WorkedCase
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.worked_cases import run_case

HERE = Path(__file__).parent
WORDS = {True: "match", False: "no match", None: "unknown"}


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """Collect the folder once, from this file: profiles are checked together, for their codes and lists."""
    if file_path == Path(__file__):
        made: pytest.Collector = ProfileFolder.from_parent(parent, path=file_path)
        return made
    return None


class ProfileFolder(pytest.File):
    """All profiles below the folder."""

    def collect(self) -> Iterator["Example"]:
        """Give one test a worked case."""
        for profile in load_profiles(HERE):
            for case in profile.cases:
                yield Example.from_parent(self, name=f"{profile.code}: {case.title}", profile=profile, case=case)


class Example(pytest.Item):
    """One worked case of one profile."""

    def __init__(self, *, profile: RiskProfile, case: WorkedCase, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.profile, self.case = profile, case

    def runtest(self) -> None:
        """Decide the case and compare."""
        outcome = WORDS[run_case(self.profile, self.case)]
        assert outcome == self.case.expect, f"expected {self.case.expect}, the sentence says {outcome}"  # noqa: S101

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """Tell the failure in the words of the profile."""
        return f"{self.profile.code} when {self.profile.sentence}\n{self.case.title}: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the test by its title."""
        return self.path, None, self.name
