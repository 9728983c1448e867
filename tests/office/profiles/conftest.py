"""A decided history for the office, built once."""

from pathlib import Path

import polars as pl
import pytest

from office.profiles_sample import GOODS, keep_goods, take_in_sample


@pytest.fixture(scope="session")
def kept_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the history lies."""
    place = tmp_path_factory.mktemp("history") / "history"
    keep_goods(place)
    return place


@pytest.fixture
def office_history(db: None, settings: object, kept_history: Path) -> pl.DataFrame:  # noqa: ARG001 - made by asking
    """An office with profiles in force and a history; the goods items of the history."""
    settings.HISTORY = kept_history  # type: ignore[attr-defined]
    take_in_sample()
    return GOODS
