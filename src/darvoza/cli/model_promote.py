"""``darvoza model promote`` and ``darvoza model revert``: change the champion, on the record."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from darvoza.errors import SettingsError
from darvoza.flow.learning.registry import promote, registry_head, revert
from darvoza.json_text import read_json

AHEAD = timedelta(minutes=5)
"""How far ahead the clock of who changes the champion may be."""
TOLD = {"champion": str, "challenger": str, "declarations": int, "verdict": str}


def run(options: Namespace) -> int:
    """Make a model champion, or the one before it again, and say so."""
    now = datetime.now(UTC)  # the door looks at the clock; inside, time is an argument
    at = options.at or now
    if at > now + AHEAD:
        raise SettingsError(
            field="at", expected=f"a moment that is not to come; it is {now.isoformat(timespec='seconds')}",
            got=at.isoformat(), hint="a change is recorded when it is made",
        )  # fmt: skip
    if options.change == "revert":
        made = revert(options.registry, by=options.by, at=at, reason=options.reason)
    else:
        told = _evidence(options.evidence)
        made = promote(options.registry, options.model, by=options.by, at=at, reason=options.reason, evidence=told)
    print(f"champion: {made.after}" + (f", in place of {made.before}" if made.before else ""))
    print(f"recorded in {options.registry}, {made.at}, by {made.by}: {made.reason}")
    print(f"head of the registry, to be kept elsewhere: {registry_head(options.registry)}")
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
    if not isinstance(held, dict) or any(not isinstance(held.get(name), kind) for name, kind in TOLD.items()):
        expected = f"a comparison of two models with {', '.join(TOLD)}"
        raise SettingsError(field="evidence", expected=expected, got=str(path), hint="`darvoza model compare --out`")
    return held
