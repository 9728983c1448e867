"""Models on disk: text, JSON and Parquet, each with its digest, checked before anything is parsed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.features import FEATURES
from darvoza.errors import MissingLibrary, ModelError, TamperedModel
from darvoza.flow.fact_settings import read_fact_settings
from darvoza.flow.learning.card import ModelCard
from darvoza.flow.learning.card_text import card_text
from darvoza.json_text import read_json
from darvoza.methods.score_model import ScoreModel

DIGESTS = "SHA256SUMS"
DESCRIPTION, FACTS, HISTORY, CARD, CARD_TEXT = "model.json", "facts.json", "history.parquet", "card.json", "card.md"
TREES = "trees-{}.txt"
"""Name of the file with the trees of one part of the model."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model with the history it was fitted on.

    Attributes
    ----------
    model
        The score.
    history
        Goods items with their outcomes, in the light of which later ones are seen.
    settings
        How the facts were made that it was fitted on; it can be used with no others.
    digest
        SHA-256 over the digests of all its files.
    history_digest
        SHA-256 of the history alone: models with one history see the same facts.
    without
        Why its trees are not used though it has some, ``None`` when they are.
    """

    model: ScoreModel
    history: pl.DataFrame
    settings: FactSettings
    digest: str
    history_digest: str
    without: str | None = None


def save_model(
    directory: Path, model: ScoreModel, history: pl.DataFrame, card: ModelCard, *, settings: FactSettings = DEFAULT
) -> str:
    """Write a model into an existing, empty directory and give its digest."""
    (directory / DESCRIPTION).write_text(model.described(), encoding="utf-8")
    for part, text in model.trees().items():
        (directory / TREES.format(part)).write_text(text, encoding="utf-8")
    (directory / CARD).write_text(json.dumps(card.as_json(), indent=1) + "\n", encoding="utf-8")
    (directory / CARD_TEXT).write_text(f"{card_text(card)}\n{_facts_told(settings)}", encoding="utf-8")
    (directory / FACTS).write_text(json.dumps(settings.as_mapping(), indent=1, ensure_ascii=False), encoding="utf-8")
    history.write_parquet(directory / HISTORY, compression="zstd", row_group_size=131_072)
    sums = "".join(f"{_digest(path)}  {path.name}\n" for path in sorted(directory.iterdir()))
    (directory / DIGESTS).write_text(sums, encoding="utf-8")
    return hashlib.sha256(sums.encode()).hexdigest()


def load_model(directory: Path) -> StoredModel:
    """Read a model back after checking every digest.

    Raises
    ------
    ModelError
        If the directory holds no model.
    TamperedModel
        If a file is missing, extra or changed.

    Notes
    -----
    Where the library that reads trees cannot be loaded, the model comes back without them, and `without` says why.
    """
    try:
        sums = (directory / DIGESTS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ModelError(
            field="model",
            expected=f"a directory with {DIGESTS}",
            got=str(directory),
            hint="`darvoza learn … --out DIR` writes one",
        ) from problem
    _check(directory, sums)
    described = (directory / DESCRIPTION).read_text(encoding="utf-8")
    model, without = _model(described, _trees(directory))
    settings = read_fact_settings(read_json((directory / FACTS).read_text(encoding="utf-8")), FACTS)
    digest = hashlib.sha256(sums.encode()).hexdigest()
    return StoredModel(model, pl.read_parquet(directory / HISTORY), settings, digest, _names(sums)[HISTORY], without)


def _facts_told(settings: FactSettings) -> str:
    """Tell how the facts were made, for the card."""
    zone = settings.time_zone or "not known"
    return (
        f"Facts: fading counters halve in {settings.half_life_days} days; local time {zone}; {len(settings.limits)} "
        f"limits of value; settings {settings.digest[:16]}… ({FACTS}).\n"
    )


def _trees(directory: Path) -> dict[str, str]:
    """Read the trees of every part."""
    prefix, suffix = TREES.split("{}")
    paths = sorted(directory.glob(TREES.format("*")))
    return {path.name.removeprefix(prefix).removesuffix(suffix): path.read_text(encoding="utf-8") for path in paths}


def _model(described: str, trees: dict[str, str]) -> tuple[ScoreModel, str | None]:
    """Put the model together, without its trees where nothing can read them; say so then."""
    names = [feature.name for feature in FEATURES]
    try:
        return ScoreModel.read(described, trees, expected_names=names), None
    except MissingLibrary as problem:
        return ScoreModel.read(described, None, expected_names=names), str(problem)


def _names(sums: str) -> dict[str, str]:
    """Read the list of digests: name → digest."""
    pairs = (line.split("  ", 1) for line in sums.splitlines())
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}


def _check(directory: Path, sums: str) -> None:
    """Compare every file with the digest it was saved with."""
    listed = _names(sums)
    present = {path.name for path in directory.iterdir() if path.name != DIGESTS}
    if present != set(listed) or not {DESCRIPTION, HISTORY} <= set(listed):
        raise TamperedModel(
            field="model",
            expected=f"exactly the files listed in {DIGESTS}",
            got={"extra": sorted(present - set(listed)), "missing": sorted(set(listed) - present)},
            hint="restore the directory or fit the model again",
        )
    if FACTS not in listed:
        raise ModelError(
            field="model",
            expected=f"a model with {FACTS}",
            got=f"one with {', '.join(sorted(listed))}",
            hint="it was fitted by another version of Darvoza: fit it again",
        )
    for name, digest in listed.items():
        if _digest(directory / name) != digest:
            raise TamperedModel(
                field=f"model.{name}",
                expected=f"digest {digest[:16]}…",
                got=f"{_digest(directory / name)[:16]}…",
                hint="the file was changed after it was saved; do not use it",
            )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
