"""Results of the random floor: what chance alone asked for, beside what had been stated of it before.

A declaration belongs to the random floor when u < ε: then it would have been examined whatever profiles and score say,
and the score had no hand in its being looked at. Where files state another chance for a result than that of the run (it
was come by under an older policy, which knew nothing of u), the result is kept with the chance f ÷ that chance, drawn
by u; f is the least chance stated, but at least ε. So each of them was kept with the same chance, as on a random floor.
Results of which nobody knows the chance are counted and left aside; see `darvoza.flow.oversight.chances`. What u selected is
never thinned by u again.
"""

from dataclasses import dataclass

import polars as pl

from darvoza.domain.capacity import EXAMINATION
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError
from darvoza.flow.oversight.chances import with_chances
from darvoza.flow.oversight.examinations import RELEASED_AS, examinations

_RED = RELEASED_AS[-1].value

OPTIONAL: dict[str, pl.DataType] = {
    "hs": pl.String(),
    "origin": pl.String(),
    "importer_id": pl.String(),
    "customs_value": pl.Float64(),
    "examined": pl.Boolean(),
    "finding": pl.Boolean(),
    "result_at": pl.Datetime("us", "UTC"),
    "inclusion_probability": pl.Float64(),
}
"""Columns of goods items that are read where they are there."""


@dataclass(frozen=True, slots=True)
class FloorSample:
    """Decided declarations, and which of their results belong to the random floor.

    Attributes
    ----------
    declarations
        One row each in order of lodging: ``declaration_id, lodged_at, month, post, channel, chapter, origin, importer,
        value, declared, p, model, basis, known, found, known_at, of_run``; `declared` says whether its goods are
        there: of the others nothing is known, which is not nothing declared; `p` is what was stated, `channel` the likeliest, `of_run`
        whether results of its month are the run's own.
    results
        Rows of the random floor with a result, in the order in which results became known, with ``weight``, 1 ÷ the
        chance to be kept.
    drawn
        Rows of which u asked, with or without a result.
    aside
        Results that are not the run's own, or of which nobody knows the chance.
    """

    declarations: pl.DataFrame
    results: pl.DataFrame
    drawn: pl.DataFrame
    aside: int


def floor_sample(decisions: pl.DataFrame, items: pl.DataFrame) -> FloorSample:
    """Gather the random floor from decisions and results.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as runs write them, decided with a score.
    items
        Canonical goods items of the same declarations, with outcomes as far as they are known.

    Raises
    ------
    OutputError
        When nothing was decided with a score, or a column is missing.
    """
    absent = [pl.lit(None, kind).alias(name) for name, kind in OPTIONAL.items() if name not in items.columns]
    goods = items.with_columns(absent)
    whole = (
        _scored(decisions)
        .join(_likeliest(decisions, items), on="declaration_id", how="left", maintain_order="left")
        .join(_goods(goods), on="declaration_id", how="left", maintain_order="left")
        .join(_outcomes(goods), on="declaration_id", how="left", maintain_order="left")
        .with_columns(
            month=pl.col("lodged_at").dt.strftime("%Y-%m"),
            declared=pl.col("declared").fill_null(value=False),
            known=pl.col("found").is_not_null(),
            known_at=pl.coalesce("known_at", "lodged_at"),
        )
        .sort("lodged_at", "declaration_id")
    )
    kept = _kept(whole)
    floor = (kept.filter("kept")).sort("known_at", "declaration_id")
    return FloorSample(
        declarations=kept,
        results=floor.filter("known"),
        drawn=kept.filter(pl.col("selected") & (pl.col("u") < pl.col("floor"))),
        aside=int((kept.get_column("known") & kept.get_column("chance").is_null()).sum()),
    )


def _scored(decisions: pl.DataFrame) -> pl.DataFrame:
    """Take the decisions on physical examination by customs that a score had a part in."""
    if "score" not in decisions.columns:
        raise OutputError(field="decisions", expected="decisions with the column score", got="none")
    chance = pl.element().filter(pl.element().struct.field("kind") == FloorKind.RANDOM.value)
    one = decisions.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value).filter(
        pl.col("score").is_not_null()
    )
    if one.is_empty():
        raise OutputError(
            field="runs", expected="decisions made with a score", got="none", hint="assess with --model"
        )  # fmt: skip
    return one.select(
        "declaration_id",
        "lodged_at",
        "post",
        "u",
        "selected",
        "basis",
        pi="probability",
        p="score",
        model=pl.col("model_digest").fill_null(""),
        floor=pl.col("floors").list.eval(chance.struct.field("probability")).list.max(),
    ).unique("declaration_id", keep="last", maintain_order=True)


def _likeliest(decisions: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Give the channel that each declaration was likeliest to go by, over all draws."""
    chances = examinations(decisions, items).declarations.with_columns(pl.col(_RED) + pl.col("pi"))
    names = [channel.value for channel in RELEASED_AS]
    largest = pl.concat_list(names).list.arg_max()
    return chances.select(
        "declaration_id", channel=largest.replace_strict(dict(enumerate(names)), return_dtype=pl.String)
    )


def _goods(goods: pl.DataFrame) -> pl.DataFrame:
    """Give chapter, origin and importer of the goods item of the largest value, and the value of all."""
    value = pl.col("customs_value").cast(pl.Float64).fill_null(0.0)
    main = value.arg_max()
    return goods.group_by("declaration_id", maintain_order=True).agg(
        chapter=pl.col("hs").str.slice(0, 2).get(main),
        origin=pl.col("origin").get(main),
        importer=pl.col("importer_id").get(main),
        value=value.sum(),
        declared=pl.lit(value=True),
    )


def _outcomes(goods: pl.DataFrame) -> pl.DataFrame:
    """Give what was found in each declaration with a result, when it was known, and the chance stated beside it."""
    return (
        goods.filter(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null())
        .group_by("declaration_id", maintain_order=True)
        .agg(
            found=pl.col("finding").any(),
            known_at=pl.col("result_at").max(),
            stated=pl.col("inclusion_probability").cast(pl.Float64).max(),
        )
    )


def _kept(whole: pl.DataFrame) -> pl.DataFrame:
    """Say with what chance each result was come by, and which results make up the random floor."""
    dated = with_chances(whole)
    foreign = dated.filter(~pl.col("own")).get_column("chance")
    least = foreign.min()
    common = pl.max_horizontal("floor", pl.lit(least if isinstance(least, float) else 0.0))
    share = pl.when("own").then("floor").otherwise(pl.min_horizontal(common, "chance"))
    cut = pl.when("own").then("floor").otherwise(share / pl.col("chance"))
    return dated.with_columns(
        weight=1 / share, kept=pl.col("known") & pl.col("chance").is_not_null() & (pl.col("u") < cut)
    )
