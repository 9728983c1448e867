"""A decided history for the office, built once."""

from pathlib import Path

import polars as pl
import pytest

from builders import trade
from darvoza.flow.chronicle import by_month, keep_history
from office.profiles_sample import take_in_sample

GOODS = trade(150, 2, days=40, examined=0.4)


@pytest.fixture(scope="session")
def kept_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the history lies."""
    place = tmp_path_factory.mktemp("history") / "history"
    place.mkdir()
    keep_history(by_month(GOODS), place, told={})
    return place


@pytest.fixture
def office_history(db: None, settings: object, kept_history: Path) -> pl.DataFrame:  # noqa: ARG001 - made by asking
    """An office with profiles in force and a history; the goods items of the history."""
    settings.HISTORY = kept_history  # type: ignore[attr-defined]
    take_in_sample()
    return GOODS
