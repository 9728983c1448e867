"""Facts frames on disk, as ``darvoza history`` keeps them: one folder a month."""

import sys
from pathlib import Path

from darvoza.errors import OutputError
from darvoza.flow.learning.history_store import PARTITION, outdated


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
            if said := outdated(history, form):
                sys.stderr.write(f"darvoza: {said}\n")
            return found
    raise OutputError(
        field="history",
        expected="folders lodged_month=YYYY-MM with Parquet, as `darvoza history` writes",
        got=str(history),
    )
