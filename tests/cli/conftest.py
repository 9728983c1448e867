"""A small world, a model and a run, made once for all tests of the command line."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from darvoza.cli.main import main

ROOT = Path(__file__).parents[2]
MAPPING, PROFILES = ROOT / "mappings" / "own.yaml", ROOT / "profiles"


@dataclass(frozen=True, slots=True)
class Place:
    """Where things lie."""

    months: tuple[Path, ...]
    model: Path
    key: Path
    run: Path


def assess_words(place: Place, out: Path, *more: object) -> list[str]:
    """The words of a plain ``darvoza assess``."""
    words = ["assess", place.months[-1], "--mapping", MAPPING, "--profiles", PROFILES, "--capacity", "0.1",
             "--model", place.model, "--key-file", place.key, "--out", out, *more]  # fmt: skip
    return [str(word) for word in words]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Simulate five months, learn on four, assess the fifth."""
    root = tmp_path_factory.mktemp("cli")
    assert main(["simulate", "--months", "5", "--per-month", "1200", "--out", str(root / "world")]) == 0
    months = tuple(sorted((root / "world" / "declarations").glob("*.csv")))
    place = Place(months, root / "model", root / "key.json", root / "run")
    common = ["--mapping", str(MAPPING)]
    assert main(["learn", *map(str, months[:-1]), *common, "--out", str(place.model)]) == 0
    assert main(["key", "new", "--agency", "customs", "--agency", "veterinary", "--out", str(place.key)]) == 0
    assert main(assess_words(place, place.run)) == 0
    return place
