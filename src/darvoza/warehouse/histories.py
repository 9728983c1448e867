"""Facts frames on disk, as ``darvoza history`` keeps them: one folder a month."""

import sys
from pathlib import Path

from darvoza.errors import OutputError
from darvoza.flow.learning.history_store import MANIFEST, PARTITION, outdated
from darvoza.json_text import read_json


def months_of(history: Path) -> dict[str, Path]:
    """Find the months of a history: folders named ``lodged_month=YYYY-MM`` that hold Parquet.

    Folders of the first form, ``month=YYYY-MM``, are read where there are no others, and it is said.

    Raises
    ------
    OutputError
        There is none.
    """
    for form in sorted(PARTITION, reverse=True):
        prefix = f"{PARTITION[form]}="
        folders = (path for path in sorted(history.glob(f"{prefix}*")) if any(path.glob("*.parquet")))
        found = {path.name.removeprefix(prefix): path for path in folders}
        if found:
            if said := outdated(history, _written_as(history, form)):
                sys.stderr.write(f"darvoza: {said}\n")
            return found
    raise OutputError(
        field="history",
        expected="folders lodged_month=YYYY-MM with Parquet, as `darvoza history` writes",
        got=str(history),
    )


def _written_as(history: Path, form: int) -> int:
    """Give the form that a history says it has; where it says nothing, the newest that its folders allow."""
    path = history / MANIFEST
    return int(read_json(path.read_bytes())["history"]) if path.is_file() else form
