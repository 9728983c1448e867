"""A decision made again: the same draw, every floor it had, and those it has now; so nothing is ever lowered."""

import polars as pl

from darvoza.flow.selectivity.deciding import decide

OF_ACT = ("agency", "act", "items", "probability", "floors", "u", "selected", "basis", "channel")
OF_SCORE = ("contributions", "families")
OF_DRAW = ("fingerprint", "fingerprint_basis", "key_day", "commitment", "u")
KEY = ("declaration_id", "agency", "act")
FLOOR = ("kind", "source", "probability", "items")


def renewed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Join two decisions on the same declarations.

    Parameters
    ----------
    before, after
        Decisions on declarations; those that are in one of them only are left out. The draw is that of `before`, whatever
        was amended: an amendment can change the goods to others, and would else buy a second ticket.

    Returns
    -------
    pl.DataFrame
        Rows as in `after`: each act with the larger of the floors of each source, π and channel anew, the same u.
    """
    beside = [name for name in after.columns if name not in {*OF_ACT, *OF_SCORE, "decision_id"}]
    both = after.filter(pl.col("declaration_id").is_in(before.get_column("declaration_id").unique().to_list()))
    drawn = before.select("declaration_id", *OF_DRAW).unique("declaration_id", keep="first", maintain_order=True)
    heads = (
        both.select(name for name in beside if name not in OF_DRAW)
        .unique("declaration_id", keep="first", maintain_order=True)
        .join(drawn, on="declaration_id", how="left", maintain_order="left")
    )
    numbers = heads.select("declaration_id").with_row_index("declaration")
    floors = (
        pl.concat([_floors(both), _floors(before)])
        .join(numbers, on="declaration_id", how="inner", maintain_order="left")
        .group_by("declaration", "agency", "act", "kind", "source", maintain_order=True)
        .agg(pl.col("probability").max(), pl.col("items").first())
    )
    made = decide(floors, heads)
    told = pl.concat([both.select(*KEY, *OF_SCORE), before.select(*KEY, *OF_SCORE)]).unique(
        KEY, keep="first", maintain_order=True
    )
    return (
        made.join(told, on=KEY, how="left", maintain_order="left")
        .with_columns(pl.concat_str(KEY, separator=":").alias("decision_id"))
        .select(after.columns)
    )


def _floors(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the floors of decisions, one a row."""
    floor = pl.col("floors").struct
    return (
        decisions.select(*KEY, "floors")
        .explode("floors", empty_as_null=False, keep_nulls=False)
        .select(*KEY, *(floor.field(name) for name in FLOOR))
    )
