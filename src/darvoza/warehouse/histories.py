"""Facts frames on disk, as ``darvoza history`` keeps them: one folder a month."""

from pathlib import Path

from darvoza.errors import OutputError


def months_of(history: Path) -> dict[str, Path]:
    """Find the months of a history: folders named ``month=YYYY-MM`` that hold Parquet.

    Raises
    ------
    OutputError
        There is none.
    """
    found = {
        path.name.removeprefix("month="): path
        for path in sorted(history.glob("month=*"))
        if any(path.glob("*.parquet"))
    }
    if not found:
        raise OutputError(
            field="history",
            expected="folders month=YYYY-MM with Parquet, as `darvoza history` writes",
            got=str(history),
        )
    return found
