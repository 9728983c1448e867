"""``darvoza model promote`` and ``darvoza model revert``: change the champion, on the record."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from darvoza.errors import SettingsError
from darvoza.flow.learning.registry import promote, revert
from darvoza.json_text import read_json


def run(options: Namespace) -> int:
    """Make a model champion, or the one before it again, and say so."""
    at = options.at or datetime.now(UTC)  # the door looks at the clock; inside, time is an argument
    if options.change == "revert":
        made = revert(options.registry, by=options.by, at=at, reason=options.reason)
    else:
        told = _evidence(options.evidence)
        made = promote(options.registry, options.model, by=options.by, at=at, reason=options.reason, evidence=told)
    print(f"champion: {made.after}" + (f", in place of {made.before}" if made.before else ""))
    print(f"recorded in {options.registry}, {made.at}, by {made.by}: {made.reason}")
    return 0


def _evidence(path: Path | None) -> Mapping[str, Any]:
    """Read a comparison that `darvoza model compare --out` wrote."""
    if path is None:
        return {}
    try:
        held = read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SettingsError(
            field="evidence", expected="a file that `darvoza model compare --out` wrote", got=str(path)
        ) from problem
    if not isinstance(held, dict) or "verdict" not in held:
        raise SettingsError(field="evidence", expected="a comparison of two models", got=str(path))
    return held
