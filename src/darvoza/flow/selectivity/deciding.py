"""The decision: floors become π, u decides, and the strictest act sets the channel.

A floor is one row: declaration, agency, act, kind, source, probability, items. π of an act is the largest of its
floors; the act is carried out when u < π. The same u serves every act of every agency, so that selections coincide as
much as their probabilities allow: a lorry is stopped with probability max π, and no scheme can stop it less often.

Many are decided as columns, a few as rows: the sentence is the same, and so is what comes out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Channel
from darvoza.domain.selection import FloorKind, PlacedFloor

ACT_KEY = ("declaration", "agency", "act")

_KIND_ORDER = {kind.value: rank for rank, kind in enumerate(FloorKind)}
_CHANNELS = [channel.value for channel in Channel]
_CHANNEL_RANK = {act.value: _CHANNELS.index(CHANNEL_OF_ACT[act].value) for act in Act}


def decide(floors: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
    """Decide every act for which there is a floor.

    Parameters
    ----------
    floors
        Floors of all kinds: ``declaration`` (row number of the declaration), ``agency``, ``act``, ``kind``,
        ``source``, ``probability``, ``items``.
    draws
        One row per declaration, in order, with ``u`` in [0, 1) and whatever else is to stand beside the decision.

    Returns
    -------
    pl.DataFrame
        One row per declaration, agency and act: the columns of `draws`, then ``agency``, ``act``, ``items``,
        ``probability``, ``floors``, ``selected``, ``basis``, ``channel``; sorted by declaration, agency, act.
    """
    numbered = draws.with_row_index("declaration")
    ranked = (
        floors.with_columns(rank=pl.col("kind").replace_strict(_KIND_ORDER, return_dtype=pl.UInt8))
        .join(numbered.select("declaration", "u"), on="declaration", how="left", maintain_order="left")
        .sort(*ACT_KEY, "rank", "source", maintain_order=True)
    )
    ranked = ranked.with_columns(pl.struct(ACT_KEY).rle_id().alias("_act"))
    # rows of one act stand together and the strongest title comes first: the first floor above u is the basis
    acts = (
        ranked.group_by("_act", maintain_order=True)
        .agg(
            pl.col(*ACT_KEY).first(),
            pl.col("probability").max(),
            pl.struct("kind", "source", "probability", "items").alias("floors"),
            pl.col("kind").filter(pl.col("u") < pl.col("probability")).first().alias("basis"),
        )
        .join(_items(ranked), on="_act", how="left", maintain_order="left")
        .with_columns(pl.col("items").fill_null([]))
    )
    decided = acts.with_columns(selected=pl.col("basis").is_not_null()).join(
        _channels(acts, draws.height), on="declaration", how="left", maintain_order="left"
    )
    joined = decided.join(numbered, on="declaration", how="left", maintain_order="left")
    beside = [name for name in draws.columns if name != "u"]
    return joined.select(
        *beside, "agency", "act", "items", "probability", "floors", "u", "selected", "basis", "channel"
    )


def decide_few(floors: Iterable[PlacedFloor], draws: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Decide the same of few declarations, row by row.

    Parameters
    ----------
    floors
        Floors of all kinds.
    draws
        As for `decide`, one mapping a declaration.

    Returns
    -------
    list of dict
        The rows that `decide` gives, in its order, as mappings.
    """
    held: dict[int, list[PlacedFloor]] = {}
    for floor in floors:
        held.setdefault(floor.declaration, []).append(floor)
    made: list[dict[str, Any]] = []
    for declaration in sorted(held):
        draw = draws[declaration]
        beside, u = {name: value for name, value in draw.items() if name != "u"}, draw["u"]
        acts = list(_acts(sorted(held[declaration], key=_place), u))
        channel = _CHANNELS[max((_CHANNEL_RANK[act["act"]] for act in acts if act["selected"]), default=0)]
        made += [{**beside, **act, "channel": channel} for act in acts]
    return made


def _place(floor: PlacedFloor) -> tuple[str, str, int, str]:
    _, agency, act, kind, source, _, _ = floor
    return agency, act, _KIND_ORDER[kind], source


def _acts(floors: Iterable[PlacedFloor], u: float) -> Iterator[dict[str, Any]]:
    """Decide each act of one declaration; its floors come in order, the strongest title first."""
    for (agency, act), of_act in groupby(floors, key=itemgetter(1, 2)):
        held = list(of_act)
        basis = next((floor.kind for floor in held if u < floor.probability), None)
        yield {
            "agency": agency,
            "act": act,
            "items": sorted({item for floor in held for item in floor.items}),
            "probability": max(floor.probability for floor in held),
            "floors": [
                {"kind": kind, "source": source, "probability": probability, "items": items}
                for *_, kind, source, probability, items in held
            ],
            "u": u,
            "selected": basis is not None,
            "basis": basis,
        }


def _items(ranked: pl.DataFrame) -> pl.DataFrame:
    """Give the goods items of each act that has any, rising, each once; sorting all at once is much cheaper than act by act."""
    every = ranked.select("_act", "items").explode("items", keep_nulls=False, empty_as_null=False).sort("_act", "items")
    new = pl.any_horizontal(pl.col("_act", "items").ne_missing(pl.col("_act", "items").shift()))
    return every.filter(new).group_by("_act", maintain_order=True).agg("items")


def _channels(acts: pl.DataFrame, declarations: int) -> pl.DataFrame:
    """Give the channel of each declaration: the strictest over its selected acts, green where none is."""
    rank = pl.col("act").replace_strict(_CHANNEL_RANK, return_dtype=pl.UInt8)
    strictest = acts.filter(pl.col("basis").is_not_null()).group_by("declaration").agg(rank.max().alias("rank"))
    every = pl.DataFrame({"declaration": pl.Series(range(declarations), dtype=pl.UInt32)})
    names = dict(enumerate(_CHANNELS))
    return every.join(strictest, on="declaration", how="left", maintain_order="left").select(
        "declaration", pl.col("rank").fill_null(0).replace_strict(names, return_dtype=pl.String).alias("channel")
    )
