"""What an intake says about itself: a page of text, and the rejected rows as a file."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from darvoza.domain.containers import is_container_number
from darvoza.errors import OutputError, shown
from darvoza.flow.intake.columns import columns_told
from darvoza.flow.intake.records import IntakeAccount

EXAMPLES = 3

WHAT_TO_DO = {
    "not-a-flag": 'turn other words into flags in the mapping: codes: {"да": "true", "нет": "false"}',
    "unknown-country": 'turn other codes into these in the mapping: codes: {"156": "CN"}',
    "unknown-currency": 'turn other codes into these in the mapping: codes: {"840": "USD"}',
}
"""What helps against a rule, where a mapping can."""


def check_report(intake: IntakeAccount) -> str:
    """Describe an intake: files, counts, errors by rule with first examples, columns left out."""
    lines = [intake.mapping.title or "Declarations", ""]
    for file in intake.files:
        form = ", ".join(part for part in (file.kind, file.encoding, _named(file.delimiter)) if part)
        lines.append(f"{file.name}: {file.rows:,} rows, {file.bytes:,} bytes ({form}), sha256 {file.sha256[:16]}…")
    lines += ["", f"read {intake.read:,} = accepted {intake.accepted:,} + rejected {intake.rejected_rows:,}"]
    for rule, field, count in _counts(intake.rejected):
        lines += ["", f"{count:,} × {rule}" + (f" in {field}" if field else "")]
        lines += [f"  {line}" for line in _examples(intake.rejected, rule, field)]
        lines += [f"  {WHAT_TO_DO[rule]}"] if rule in WHAT_TO_DO else []
    for nameless_in, count in nameless(intake).items():
        lines += [
            "",
            f"{nameless_in}: {count:,} rejected rows name no declaration; any declaration of the file may lack one",
        ]
    lines += columns_told(intake)
    if intake.left.height:
        lines += ["", "Not spoken of by the mapping, and kept aside:", *_left(intake.left)]
    return "\n".join(lines) + "\n"


def nameless(intake: IntakeAccount) -> dict[str, int]:
    """Count, by file, the rejected rows of which it is not known of which declaration they are: any may lack one."""
    rows = intake.rejected.group_by("file", "row").agg(pl.col("declaration_id").is_null().all())
    counts = rows.filter("declaration_id").group_by("file").len().sort("file")
    return dict(counts.iter_rows())


def doubts(items: pl.DataFrame, now: datetime) -> str:
    """Say what was taken in, and may yet be wrong: moments to come, days without a time, containers that are none.

    Parameters
    ----------
    items
        Goods items that were accepted.
    now
        The present, an aware moment.
    """
    lodged = items.get_column("lodged_at")
    late = items.filter(lodged > now + timedelta(days=1))
    lines = []
    if late.height:
        first = late.row(0, named=True)
        lines.append(
            f"doubtful: {late.height:,} rows were lodged after tomorrow, the first of them "
            f"{first['declaration_id']} at {first['lodged_at']:%Y-%m-%d %H:%M} UTC; is the pattern of dates right?"
        )
    if items.height and (lodged.dt.truncate("1d") == lodged).all():
        lines.append(
            "doubtful: lodged_at holds days only; nothing is known of the hour, of night and weekend by the local clock, "
            "and declarations of one day stand in the order of their references"
        )
    if told := _no_containers(items.get_column("container_ids")):
        lines.append(told)
    return "".join(f"{line}\n" for line in lines)


def _no_containers(held: pl.Series) -> str:
    """Say which containers are torn or mistyped; empty where none is."""
    different = held.explode().drop_nulls().unique(maintain_order=True)
    wrong = [code for code in different.to_list() if not is_container_number(code)]
    if not wrong:
        return ""
    return (
        f"doubtful: {len(wrong):,} container_ids are numbers of no container, torn or mistyped, and are kept as they are "
        f"written: {', '.join(map(shown, wrong[:EXAMPLES]))}; see the fact container_faults"
    )


def _left(left: pl.DataFrame) -> list[str]:
    """List what the mapping does not speak of, by path."""
    paths = left.group_by("path", maintain_order=True).agg(pl.len().alias("times"), pl.col("value").first())
    return [f"  {path} × {times:,}, such as {shown(value)}" for path, times, value in paths.iter_rows()]


def _named(delimiter: str) -> str:
    return {"": "", "\t": "separated by tabs"}.get(delimiter, f"separated by {delimiter!r}")


def _counts(rejected: pl.DataFrame) -> list[tuple[str, str | None, int]]:
    counts = rejected.group_by("rule", "field").len().sort("len", "rule", "field", descending=[True, False, False])
    return list(counts.iter_rows())


def _examples(rejected: pl.DataFrame, rule: str, field: str | None) -> list[str]:
    rows = rejected.filter((pl.col("rule") == rule) & pl.col("field").eq_missing(pl.lit(field, pl.String)))
    return [
        f"{row['file']} row {row['row']}"
        + (f", {row['column']}" if row["column"] else "")
        + f": expected {row['expected']}, got {'nothing' if row['got'] is None else row['got']}"
        for row in rows.head(EXAMPLES).iter_rows(named=True)
    ]


def write_rejected(intake: IntakeAccount, path: Path) -> None:
    """Write the errors, one a row, as CSV, or as Parquet or NDJSON when the name says so.

    Raises
    ------
    OutputError
        The place cannot be written to.
    """
    _write(intake.rejected, path)


def write_left(intake: IntakeAccount, path: Path) -> None:
    """Write what messages say beyond their mapping, one value a row; nothing is written when they say nothing.

    Raises
    ------
    OutputError
        The place cannot be written to.
    """
    if intake.left.height:
        _write(intake.left, path)


def _write(table: pl.DataFrame, path: Path) -> None:
    try:
        match path.suffix.lower():
            case ".parquet":
                table.write_parquet(path)
            case ".ndjson":
                table.write_ndjson(path)
            case _:
                table.write_csv(path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", field=str(path)) from error
