from collections.abc import Callable
from pathlib import Path

import pytest

from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import Mapping, load_mapping
from flow.intake.made_files import FIELDS


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Mapping]:
    """Load a mapping from its text."""

    def write_and_load(text: str) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path)

    return write_and_load


@pytest.fixture
def take(tmp_path: Path, load: Callable[[str], Mapping]) -> Callable[..., Intake]:
    """Write a file and take it in, by the usual fields and a given format."""

    def write_and_take(content: str | bytes, name: str = "file.csv", form: str = "{}", now: object = None) -> Intake:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return take_in([path], load(f"format: {form}\n{FIELDS}"), now=now)  # type: ignore[arg-type]

    return write_and_take
