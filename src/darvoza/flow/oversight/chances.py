"""With what chance each result was come by: the run's own π, another that stands beside it, or nobody knows.

A result may come from the run that decided the declaration, or from an older policy that knew nothing of the run's draw.
Only the first has the chance π of the run; taking one for the other makes every figure wrong. So it is asked, month by
month of lodging, whose results these are. They are the run's own where nearly all that it selected has a result of its
own, or where such results are at least as many as those with another chance beside them. Then what the run selected
counts with its π, whatever stands beside it, and the rest is left aside: both together would count the same goods twice.
Else a result counts with the chance stated beside it, and where none is stated, the chance is not known.
"""

import polars as pl

from darvoza.domain.capacity import EXAMINATION

NEARLY_ALL = 0.80
"""Share of what was selected whose result must be known; below it, those known may be a choice."""

KEPT = 1.001e-6
"""Chances are kept to six decimals: two that are closer are the same."""


def with_chances(declarations: pl.DataFrame) -> pl.DataFrame:
    """Say of each declaration with what chance its result was come by.

    Parameters
    ----------
    declarations
        One row each: ``month`` of lodging, ``selected``, ``pi``, ``known`` (whether there is a result), ``stated`` (the
        chance beside it, null where there is none).

    Returns
    -------
    pl.DataFrame
        The same with ``of_run``: the results of this month are the run's own; ``own``: this one is; ``chance``: with
        which it was come by, null where there is no result or nobody knows.

    Examples
    --------
    The chance of a run is known more finely than a file keeps it; one foreign result makes nothing else foreign.

    >>> rows = {"selected": [True, True, False], "pi": [0.12345678, 0.5, 0.1], "stated": [0.123457, None, 0.05]}
    >>> with_chances(pl.DataFrame(rows).with_columns(month=pl.lit("2026-03"), known=True))["chance"].to_list()
    [0.12345678, 0.5, None]
    """
    same = ((pl.col("stated") - pl.col("pi")).abs() <= KEPT).fill_null(value=False)
    blank = pl.col("stated").is_null()
    told = declarations.with_columns(_own=pl.col("known") & pl.col("selected") & (blank | same))
    own, results, asked = (pl.col(name).sum().over("month") for name in ("_own", "known", "selected"))
    of_run = ((own > 0) & (own >= NEARLY_ALL * asked)) | (2 * own >= results)
    return (
        told.with_columns(of_run=of_run)
        .with_columns(own=pl.col("known") & pl.col("selected") & (pl.col("of_run") | same))
        .with_columns(chance=pl.when("own").then("pi").when(pl.col("known") & ~pl.col("of_run")).then(pl.col("stated")))
        .drop("_own")
    )


def chances_of_results(decisions: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Say with what chance the result of each declaration that runs decided was come by.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as runs write them.
    results
        Goods items with a result: ``declaration_id``, ``inclusion_probability``.

    Returns
    -------
    pl.DataFrame
        ``declaration_id, chance``, a row for each declaration that the runs decided; null where the run did not draw the
        examination, whatever chance stands beside the result, or where there is no result.
    """
    stated = results.group_by("declaration_id").agg(
        stated=pl.col("inclusion_probability").cast(pl.Float64).max(), known=pl.lit(value=True)
    )
    decided = (
        decisions.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value)
        .select("declaration_id", "selected", month=pl.col("lodged_at").dt.strftime("%Y-%m"), pi="probability")
        .join(stated, on="declaration_id", how="left", maintain_order="left")
        .with_columns(pl.col("known").fill_null(value=False))
    )
    return with_chances(decided).select("declaration_id", chance=pl.when("own").then("chance"))
