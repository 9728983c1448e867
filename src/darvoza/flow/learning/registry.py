"""The registry of models: which is champion, who made it so, when, why, and on what evidence. It only ever grows.

::

    DIR/registry.jsonl        one line a change, each with the digest of the line before
    DIR/models/DIGEST/        every model that was ever champion, as it was

Nothing is overwritten: a promotion is taken back by a line that says so, and the model before is champion again.

Each line vouches for those before it; the last one has none after it. What vouches for it is the head of the registry,
which is kept elsewhere.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from darvoza.errors import ModelError, TamperedModel
from darvoza.flow.learning.model_store import CARD, load_model
from darvoza.json_text import read_json

REGISTRY, MODELS = "registry.jsonl", "models"
PROMOTE, REVERT = "promote", "revert"


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One line of the registry.

    Attributes
    ----------
    change
        ``promote`` or ``revert``.
    by, at, reason
        Who changed it, when (ISO 8601, UTC), and why.
    before, after
        Digests of the champion before, empty for the first, and after.
    evidence
        What was known at the time: the card of the model, and the comparison that was given.
    previous
        SHA-256 of the line before, empty for the first.
    """

    change: str
    by: str
    at: str
    reason: str
    before: str
    after: str
    evidence: Mapping[str, Any]
    previous: str


def is_registry(directory: Path) -> bool:
    """Tell whether a directory is a registry of models."""
    return (directory / REGISTRY).is_file()


def read_registry(directory: Path) -> tuple[ModelChange, ...]:
    """Read every change, in order, after checking the chain.

    Raises
    ------
    ModelError
        When there is no registry, or a line is malformed.
    TamperedModel
        When a line does not hold the digest of the line before. That the last line was changed or removed is not seen
        here, but by `line_of_head`.
    """
    try:
        lines = _lines(directory)
        changes = tuple(ModelChange(**read_json(line)) for line in lines)
    except (OSError, ValueError, TypeError) as problem:
        raise ModelError(
            field="registry", expected=f"a directory with {REGISTRY}", got=str(directory),
            hint="`darvoza model promote` makes one",
        ) from problem  # fmt: skip
    for number, change in enumerate(changes):
        before = _digest(lines[number - 1]) if number else ""
        if change.previous != before:
            raise TamperedModel(
                field=f"registry.{number + 1}", expected=f"the digest of the line before, {before[:16]}…",
                got=change.previous[:16], hint="a line was changed or removed; restore the file",
            )  # fmt: skip
    return changes


def registry_head(directory: Path) -> str:
    """Give the head of the registry, SHA-256 of its last line: kept elsewhere, it vouches for every line up to it."""
    return _digest(_lines(directory)[-1])


def line_of_head(directory: Path, head: str) -> int:
    """Find the line that a head was kept of; it and all before it are as they were then.

    Parameters
    ----------
    directory
        The registry.
    head
        What `registry_head` gave, 64 hexadecimal digits.

    Returns
    -------
    int
        Number of the line, the first being 1.

    Raises
    ------
    ModelError
        When there is no registry, or a line is malformed.
    TamperedModel
        When no line is the one it was kept of.
    """
    read_registry(directory)
    digests = [_digest(line) for line in _lines(directory)]
    if head not in digests:
        raise TamperedModel(
            field="registry", expected=f"a line with the digest {head[:16]}…, the head that was kept",
            got=f"{len(digests)} others", hint="that line was changed or removed; restore the file",
        )  # fmt: skip
    return digests.index(head) + 1


def champion_directory(directory: Path) -> Path:
    """Give the directory of the champion.

    Raises
    ------
    ModelError
        When there is none.
    """
    changes = read_registry(directory)
    if not changes:
        raise ModelError(field="registry", expected="a champion", got="no change yet")
    return directory / MODELS / changes[-1].after


def promote(
    directory: Path, model: Path, *, by: str, at: datetime, reason: str, evidence: Mapping[str, Any]
) -> ModelChange:
    """Make a model champion; the registry keeps a copy of it.

    Raises
    ------
    ModelError
        When nobody or no reason is named, it is champion already, the evidence speaks of other models than the champion
        in force and this one, or a change of a later moment is recorded. Then nothing is written.
    """
    _answered_for(by, reason)
    stored = load_model(model)
    changes = read_registry(directory) if is_registry(directory) else ()
    before = changes[-1].after if changes else ""
    if stored.digest == before:
        raise ModelError(field="model", expected="a model that is not champion already", got=stored.digest[:16])
    if evidence:
        _speaks_of(evidence, before, stored.digest)
    _not_before(at, changes)
    kept = directory / MODELS / stored.digest
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(model, kept)
    card = read_json((model / CARD).read_text(encoding="utf-8"))
    told = {"card": card, "comparison": dict(evidence) or None}
    change = ModelChange(PROMOTE, by, _moment(at), reason, before, stored.digest, told, previous="")
    return _append(directory, changes, change)


def revert(directory: Path, *, by: str, at: datetime, reason: str) -> ModelChange:
    """Make the champion before the present one champion again.

    Raises
    ------
    ModelError
        When nobody or no reason is named, there was none before, or a change of a later moment is recorded.
    """
    _answered_for(by, reason)
    changes = read_registry(directory)
    before = changes[-1].before if changes else ""
    if not before:
        raise ModelError(
            field="registry", expected="a champion before the present one", got="none",
            hint="assess without --model until there is a better one",
        )  # fmt: skip
    _not_before(at, changes)
    change = ModelChange(REVERT, by, _moment(at), reason, changes[-1].after, before, {}, previous="")
    return _append(directory, changes, change)


def _append(directory: Path, changes: tuple[ModelChange, ...], change: ModelChange) -> ModelChange:
    """Write one line at the end, chained to the one before."""
    made = replace(change, previous=registry_head(directory) if changes else "")
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / REGISTRY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made), sort_keys=True, ensure_ascii=False) + "\n")
    return made


def _answered_for(by: str, reason: str) -> None:
    """Refuse a change that nobody answers for."""
    if not (by.strip() and reason.strip()):
        raise ModelError(
            field="by, reason", expected="who changes the champion, and why", got=(by, reason),
            hint="name both; a change without them cannot be judged later",
        )  # fmt: skip


def _speaks_of(evidence: Mapping[str, Any], champion: str, challenger: str) -> None:
    """Refuse a comparison of other models than the champion in force and the one that is to be promoted."""
    if not champion:
        raise ModelError(
            field="evidence", expected="none, for there is no champion yet to compare with", got="a comparison",
            hint="promote the model that has selected so far without evidence, then the one that is better with it",
        )  # fmt: skip
    told = tuple(str(evidence.get(name)) for name in ("champion", "challenger"))
    if told != (champion, challenger):
        raise ModelError(
            field="evidence", expected=f"a comparison of the champion {champion[:16]} with {challenger[:16]}",
            got=" with ".join(each[:23] for each in told),
            hint="let both score (--model, --challenger), and compare them with `darvoza model compare`",
        )  # fmt: skip


def _not_before(at: datetime, changes: tuple[ModelChange, ...]) -> None:
    """Refuse a moment before that of the latest change."""
    if changes and _moment(at) < (latest := max(change.at for change in changes)):
        raise ModelError(
            field="at", expected=f"a moment not before the change of {latest}", got=_moment(at),
            hint="changes are recorded in the order in which they are made",
        )  # fmt: skip


def _lines(directory: Path) -> list[str]:
    """Read the lines; only a line feed ends one, whatever a reason holds."""
    text = (directory / REGISTRY).read_text(encoding="utf-8")
    return text.removesuffix("\n").split("\n") if text else []


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
