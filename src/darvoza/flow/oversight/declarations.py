"""Decisions seen by declaration: what may stop it, what did, and what was found in it."""

import polars as pl

from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Agency, Channel
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError

CAPACITY_AGENCY, CAPACITY_ACT = Agency.CUSTOMS.value, Act.PHYSICAL.value
"""The act that capacity is counted in: physical examination by customs."""

BASES = tuple(kind.value for kind in FloorKind)
_STOPPING = [act.value for act in Act if CHANNEL_OF_ACT[act] is Channel.RED]
_COLUMNS = ("declaration_id", "post", "agency", "act", "probability", "floors", "u", "selected", "basis", "channel")


def floors_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give one row per floor: declaration, agency, act, kind, source, probability."""
    listed = decisions.select("declaration_id", "agency", "act", pl.col("floors").alias("floor"))
    return (
        listed.explode("floor", keep_nulls=False, empty_as_null=False)
        .with_columns(pl.col("floor").struct.field("kind", "source", "probability"))
        .drop("floor")
    )


def by_declaration(decisions: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Gather decisions and outcomes, one row per declaration in the order of the decisions.

    Returns
    -------
    pl.DataFrame
        ``declaration_id``, ``post``, ``channel``, ``u``, ``score``; ``stop``: π of the goods being stopped, the largest
        over the acts of the red channel; ``examination``: π of the act that capacity is counted in; ``demanded``: its
        largest floor apart from score and chance; ``examined``: whether that act is carried out; ``examined_on``: its
        basis then; ``basis``: the strongest over all acts carried out, null when none is; ``finding``: whether any item had one, null where no
        result is known.

    Raises
    ------
    OutputError
        When a column of the decisions is missing.
    """
    missing = [name for name in _COLUMNS if name not in decisions.columns]
    if missing:
        raise OutputError(
            field="decisions", expected=f"columns {', '.join(_COLUMNS)}", got=f"none named {', '.join(missing)}"
        )
    counted = (pl.col("agency") == CAPACITY_AGENCY) & (pl.col("act") == CAPACITY_ACT)
    rank = pl.col("basis").replace_strict({name: i for i, name in enumerate(BASES)}, return_dtype=pl.UInt8)
    score = pl.col("score").first() if "score" in decisions.columns else pl.lit(None, pl.Float64).alias("score")
    seen = decisions.group_by("declaration_id", maintain_order=True).agg(
        pl.col("post", "channel", "u").first(),
        score,
        pl.col("probability").filter(pl.col("act").is_in(_STOPPING)).max().fill_null(0.0).alias("stop"),
        pl.col("probability").filter(counted).max().fill_null(0.0).alias("examination"),
        (pl.col("selected") & counted).any().alias("examined"),
        pl.col("basis").filter(pl.col("selected") & counted).first().alias("examined_on"),
        rank.filter(pl.col("selected"))
        .min()
        .replace_strict(dict(enumerate(BASES)), return_dtype=pl.String)
        .alias("basis"),
    )
    return (
        seen.join(_demanded(decisions), on="declaration_id", how="left", maintain_order="left")
        .join(_outcomes(items), on="declaration_id", how="left", maintain_order="left")
        .with_columns(pl.col("demanded").fill_null(0.0))
    )


def _demanded(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the largest floor under the counted act, apart from those of the score and of chance."""
    counted = decisions.filter((pl.col("agency") == CAPACITY_AGENCY) & (pl.col("act") == CAPACITY_ACT))
    free = (FloorKind.SCORE.value, FloorKind.RANDOM.value)
    return (
        floors_of(counted)
        .filter(~pl.col("kind").is_in(free))
        .group_by("declaration_id")
        .agg(pl.col("probability").max().alias("demanded"))
    )


def _outcomes(items: pl.DataFrame) -> pl.DataFrame:
    """Give whether anything was found, for declarations with a known result; none when the columns are absent."""
    if "examined" not in items.columns or "finding" not in items.columns:
        return pl.DataFrame(schema={"declaration_id": pl.String, "finding": pl.Boolean})
    known = items.filter(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null())
    return known.group_by("declaration_id").agg(pl.col("finding").any())
