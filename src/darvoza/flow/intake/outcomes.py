"""Outcomes that come in several files: one result for each goods item, and none where a part cannot be read.

What is left of a declaration after one of its rows was refused is not what was found: the row may have been the one with
the finding. So such a declaration has no result; it is outstanding, not clean. Who judges a trader, and estimates nothing,
keeps what was found in its other rows: a finding is a fact, and nobody loses it by a row that cannot be read.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from darvoza.domain.capacity import EXAMINATION
from darvoza.errors import OutputError
from darvoza.flow.intake.records import ITEM_SCHEMA, Intake
from darvoza.flow.intake.tally import in_order
from darvoza.flow.intake.versions import OUTCOMES

NAMED = 5
"""Most goods items that are named when files contradict one another."""

_KEYS = ("declaration_id", "_version", "item")
_SAID = tuple(name for name in OUTCOMES if name not in {"examined", "result_at"})
"""What two results of one goods item must agree on; when they were written down may differ."""


def result_known() -> pl.Expr:
    """Tell of each goods item whether its result is known: it was examined, and it is said what was found."""
    return pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()


def joined(parts: Sequence[Intake]) -> Intake:
    """Join the intakes of several files, each taken in by itself, to one row for each goods item.

    A goods item that stands in several files keeps its result, whichever file says it, and all that any of them says of
    it; a file that does not know it yet, or not all of it, takes nothing away.

    Parameters
    ----------
    parts
        At least one; a later file comes later.

    Raises
    ------
    OutputError
        When two files say different things of one goods item: which is true is not for a machine to choose.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    items = pl.concat([part.items for part in parts]).with_columns(_version=pl.col("version").fill_null(1))
    twice = items.select(pl.struct(_KEYS).is_duplicated()).to_series()
    if twice.any():
        several = items.filter(twice)
        _refuse_contradictions(several)
        items = pl.concat([items.filter(~twice), _one_of_each(several)])
    return replace(
        first,
        items=in_order(items.drop("_version")),
        rejected=pl.concat([part.rejected for part in parts]),
        left=pl.concat([part.left for part in parts]),
        read=sum(part.read for part in parts),
        accepted=sum(part.accepted for part in parts),
        rejected_rows=sum(part.rejected_rows for part in parts),
        files=tuple(file for part in parts for file in part.files),
    )


def _one_of_each(items: pl.DataFrame) -> pl.DataFrame:
    """Leave one row of each goods item, one with a result where there is one, with all that is said of the result."""
    known = items.with_columns(_known=result_known()).sort("_known", descending=True, maintain_order=True)
    said = (pl.col(name).filter("_known").drop_nulls().first().over(_KEYS).fill_null(pl.col(name)) for name in OUTCOMES)
    return known.with_columns(said).unique(_KEYS, keep="first", maintain_order=True).drop("_known")


def _refuse_contradictions(items: pl.DataFrame) -> None:
    """Refuse results of one goods item that differ; what one of them leaves open contradicts nothing."""
    known = items.filter(result_known())
    differing = known.group_by(_KEYS, maintain_order=True).agg(
        pl.col("file"), differ=pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in _SAID)
    )
    met = differing.filter("differ").sort(_KEYS)
    if met.is_empty():
        return
    named = "; ".join(
        f"item {item} of {name} in {' and '.join(files)}" for name, _, item, files, _ in met.head(NAMED).iter_rows()
    )
    more = f"; and {met.height - NAMED:,} more" if met.height > NAMED else ""
    raise OutputError(
        f"files of results contradict one another on {met.height:,} goods items: {named}{more}",
        field="results",
        expected="one result for each goods item",
        got=f"several for {met.height} goods items",
        hint="give only the file that is right",
    )


def without_results(items: pl.DataFrame, torn: Collection[str], *, findings_stand: bool = False) -> pl.DataFrame:
    """Take the results from declarations of which a part could not be read; where findings stand, only the clean ones.

    Examples
    --------
    >>> items = pl.DataFrame({"declaration_id": ["D1", "D2"], "examined": [True, True], "finding": [False, False]})
    >>> without_results(items, {"D1"})["finding"].to_list()
    [None, False]
    >>> without_results(items.with_columns(finding=True), {"D1"}, findings_stand=True)["finding"].to_list()
    [True, True]
    """
    if not torn:
        return items
    broken = pl.col("declaration_id").is_in(list(torn))
    if findings_stand:
        broken &= ~pl.col("finding").fill_null(value=False)
    names = [name for name in OUTCOMES if name in items.columns]
    return items.with_columns(pl.when(~broken).then(pl.col(name)).alias(name) for name in names)


def with_controls(items: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Put what acts of control found beside the goods items they were carried out on.

    Of a declaration with such results, only they count: what its file says of an outcome is of another time or of another
    policy. Counted is the physical examination by customs, in which capacity is counted; with what chance it was ordered
    the run knows.

    Parameters
    ----------
    items
        Canonical goods items.
    controls
        Results of acts of control, as `darvoza.flow.intake.control_results` reads them, with ``file``.

    Raises
    ------
    OutputError
        When two results of one goods item differ.
    """
    examined = controls.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value)
    found = examined.select(
        "declaration_id",
        "item",
        "file",
        _version=pl.lit(1),
        examined=pl.lit(value=True),
        finding=pl.col("finding_area").is_not_null(),
        **{
            name: pl.col(name).cast(ITEM_SCHEMA[name])
            for name in ("finding_area", "finding_severity", "recovered", "result_at")
        },
        inclusion_probability=pl.lit(None, ITEM_SCHEMA["inclusion_probability"]),
    )
    _refuse_contradictions(found)
    one = _one_of_each(found).drop("file", "_version")
    blank = without_results(items, set(one.get_column("declaration_id")))
    joined_to = blank.join(one, on=["declaration_id", "item"], how="left", suffix="_act", maintain_order="left")
    return joined_to.with_columns(pl.coalesce(f"{name}_act", name).alias(name) for name in OUTCOMES).select(
        items.columns
    )
