"""Models on disk: text, JSON and Parquet, each with its digest, checked before anything is parsed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from darvoza.domain.features import FEATURES
from darvoza.errors import ModelError, TamperedModel
from darvoza.flow.learning.card import ModelCard, card_text
from darvoza.methods.boosting import BoostedTrees
from darvoza.methods.score_model import ScoreModel

DIGESTS = "SHA256SUMS"
DESCRIPTION, TREES, HISTORY, CARD, CARD_TEXT = "model.json", "trees.txt", "history.parquet", "card.json", "card.md"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model with the history it was fitted on.

    Attributes
    ----------
    model
        The score.
    history
        Goods items with their outcomes, in the light of which later ones are seen.
    digest
        SHA-256 over the digests of all its files.
    """

    model: ScoreModel
    history: pl.DataFrame
    digest: str


def save_model(directory: Path, model: ScoreModel, history: pl.DataFrame, card: ModelCard) -> str:
    """Write a model into an existing, empty directory and give its digest."""
    (directory / DESCRIPTION).write_text(model.described(), encoding="utf-8")
    if isinstance(model.scorer, BoostedTrees):
        (directory / TREES).write_text(model.scorer.text, encoding="utf-8")
    (directory / CARD).write_text(json.dumps(card.as_json(), indent=1) + "\n", encoding="utf-8")
    (directory / CARD_TEXT).write_text(card_text(card), encoding="utf-8")
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
    texts = {
        name: (directory / name).read_text(encoding="utf-8") for name in _names(sums) if name in (DESCRIPTION, TREES)
    }
    model = ScoreModel.read(
        texts.get(DESCRIPTION, ""), texts.get(TREES), expected_names=[feature.name for feature in FEATURES]
    )
    history = pl.read_parquet(directory / HISTORY)
    return StoredModel(model, history, hashlib.sha256(sums.encode()).hexdigest())


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
            got=sorted(present),
            hint="restore the directory or fit the model again",
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
