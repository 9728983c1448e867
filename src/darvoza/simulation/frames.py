"""Write a month of trade down as the columns of the canonical declaration."""

from datetime import datetime, time

import numpy as np
import polars as pl

from darvoza.domain.fields import FIELDS, Kind
from darvoza.simulation.goods import ORIGINS, Floats, Indices
from darvoza.simulation.goods_fields import (
    INCOTERMS,
    MODES,
    Month,
    declared_money,
    goods_fields,
    look,
    mode,
    prices,
    terms,
)
from darvoza.simulation.health_fields import dispatched_at, health_fields
from darvoza.simulation.identities import FLEET, VEHICLE_COUNTRIES
from darvoza.simulation.offences import Truth
from darvoza.simulation.places import COUNTRY_CODES, POST_CODES, POSTS
from darvoza.simulation.schemes import SCHEMES
from darvoza.simulation.trade import Consignments
from darvoza.simulation.traders import KINDS

TYPE_OF_KIND: dict[Kind, pl.DataType] = {
    Kind.AMOUNT: pl.Decimal(38, 6),
    Kind.INTEGER: pl.Int64(),
    Kind.MOMENT: pl.Datetime("us", "UTC"),
    Kind.FLAG: pl.Boolean(),
    Kind.CODES: pl.List(pl.String()),
}
"""Column type of each kind of field; every other kind is a string."""

CURRENCIES = ("USD", "CNY", "EUR", "RUB")


def item_frame(month: Month, truth: Truth, rng: np.random.Generator) -> pl.DataFrame:
    """The goods items of the month with every field of the declaration, in the order of the field table.

    Outcome columns are empty: nothing has been examined yet.
    """
    header = _header(month, truth, rng)
    columns = {name: column.gather(pl.Series(month.lines.declaration)) for name, column in header.items()}
    columns |= goods_fields(month, truth, rng) | health_fields(month, truth)
    n = len(month.lines.item)
    ready = [_typed(field.kind, columns.get(field.name), field.name, n) for field in FIELDS]
    return pl.DataFrame(ready)


def _typed(kind: Kind, column: pl.Series | None, name: str, n: int) -> pl.Series:
    dtype = TYPE_OF_KIND.get(kind, pl.String())
    if column is None:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, n)
    return column.alias(name).cast(dtype)


def truth_frame(frame: pl.DataFrame, month: Month, truth: Truth, *, loss: Floats, rate: Floats) -> pl.DataFrame:
    """What is true of each item of `frame`, row by row."""
    goods = month.market.goods
    offences, schemes = [*(str(kind) for kind in KINDS), None], [*(scheme.code for scheme in SCHEMES), None]
    last = len(KINDS), len(SCHEMES)
    return pl.DataFrame(
        {
            "declaration_id": frame["declaration_id"],
            "item": frame["item"],
            "offence": pl.Series(offences, dtype=pl.String).gather(
                pl.Series(np.where(truth.offence < 0, last[0], truth.offence))
            ),
            "scheme": pl.Series(schemes, dtype=pl.String).gather(
                pl.Series(np.where(truth.scheme < 0, last[1], truth.scheme))
            ),
            "loss": loss,
            "severity": truth.severity,
            "true_hs": look(goods.hs, truth.goods),
            "true_origin": look(ORIGINS, truth.origin),
            "true_value": truth.value,
            "true_tax_rate": rate,
        }
    )


def _header(month: Month, truth: Truth, rng: np.random.Generator) -> dict[str, pl.Series]:
    """The fields of the declaration, one row each."""
    c, n = month.consignments, len(month.consignments.trader)
    lodged = _lodged_at(month)
    return {
        "declaration_id": _declaration_ids(month),
        "version": pl.Series(np.ones(n, dtype=np.int64)),
        "flow": pl.Series(["I"]).new_from_index(0, n),
        "procedure": look(("4000", "4200"), (rng.random(n) < 0.04).astype(np.int64)),
        "lodged_at": lodged,
        "dispatched_at": dispatched_at(lodged, month),
        "post": look(POST_CODES, c.post),
        "border_post": look(POST_CODES, c.post),
        "destination_country": look(COUNTRY_CODES, c.country),
        "trading_country": look(ORIGINS, np.where(rng.random(n) < 0.9, c.exporter_country, c.export_country)),
        "transit_countries": _transit(c),
        **_parties(month),
        **_totals(month, truth),
        **_transport(month, rng),
    }


def _parties(month: Month) -> dict[str, pl.Series]:
    """Who trades, who declares, who carries, and where the goods were sent from."""
    c, people, traders = month.consignments, month.people, month.market.traders
    exporter = c.exporter_country * month.market.settings.exporters_per_country + c.exporter
    importer = look(people.importer_ids, c.trader)
    broker = look(people.broker_ids, traders.broker[c.trader])
    return {
        "importer_id": importer,
        "importer_name": look(people.importer_names, c.trader),
        "exporter_id": look(people.exporter_ids, exporter),
        "exporter_name": look(people.exporter_names, exporter),
        "exporter_country": look(ORIGINS, c.exporter_country),
        "declarant_id": importer.zip_with(pl.Series(traders.alone[c.trader]), broker),
        "carrier_id": look(people.carrier_ids, c.carrier),
        "export_country": look(ORIGINS, c.export_country),
    }


def _totals(month: Month, truth: Truth) -> dict[str, pl.Series]:
    """Terms, money, packages and mass of the whole consignment."""
    c, lines = month.consignments, month.lines
    n = len(c.trader)
    total, freight = declared_money(month, truth)
    packages, gross, invoiced = (
        np.bincount(lines.declaration, weights=values, minlength=n)
        for values in (lines.packages, lines.gross, prices(month, truth))
    )
    return {
        "incoterm": look(INCOTERMS, terms(c)),
        "invoice_currency": look(CURRENCIES, month.market.traders.currency[c.trader]),
        "invoice_total": pl.Series(np.round(invoiced, 2)),
        "freight": pl.Series(freight),
        "insurance": pl.Series(np.where(terms(c) == 1, np.round(0.003 * total, 2), 0.0)),
        "total_packages": pl.Series(packages),
        "total_gross_mass": pl.Series(np.round(gross + c.hidden_mass, 1)),
    }


_TRAILERS = tuple(f"{number * 7919 % 9973:04d}TR" for number in range(2_000))
"""Registrations of trailers; a tractor keeps its own, and some share one."""


def _transport(month: Month, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Means of transport, its papers, containers and seals."""
    c, people = month.consignments, month.people
    vehicle = c.carrier * FLEET + c.vehicle % people.fleet_size[c.carrier]
    wagon = look(people.wagons, c.vehicle % len(people.wagons))
    return {
        "transport_mode": look(("3", "2"), c.rail.astype(np.int64)),
        "vehicle_id": wagon.zip_with(pl.Series(c.rail), look(people.plates, vehicle)),
        "vehicle_country": look(VEHICLE_COUNTRIES, people.carrier_country[c.carrier]),
        "trailer_id": look(_TRAILERS, vehicle % len(_TRAILERS)).set(pl.Series(c.rail), None),
        "transport_document": _transport_documents(c, rng),
        "container_ids": _numbered(c.containers, people.containers, c.vehicle),
        "seal_ids": _numbered(c.seals, [f"SL{i * 7919 % 999983:06d}" for i in range(20_000)], c.vehicle // 7),
    }


def _declaration_ids(month: Month) -> pl.Series:
    """Numbered in the order of lodging, post by post, month by month."""
    post = pl.Series("post", month.consignments.post)
    number = post.to_frame().select(pl.int_range(1, pl.len() + 1).over("post")).to_series()
    day = month.market.settings.month_start(month.k)
    return pl.select(
        pl.concat_str(
            pl.lit(look(POST_CODES, month.consignments.post)),
            pl.lit(f"-{day:%Y%m}-"),
            pl.lit(number.cast(pl.String).str.zfill(6)),
        )
    ).to_series()


def _lodged_at(month: Month) -> pl.Series:
    first = datetime.combine(month.market.settings.month_start(month.k), time())
    return (pl.Series(month.consignments.second * 1_000_000).cast(pl.Duration("us")) + first).dt.replace_time_zone(
        "UTC"
    )


def _transit(c: Consignments) -> pl.Series:
    """The countries usually crossed to reach the post, unless the goods come from there."""
    crosses = [list(post.crosses) for post in POSTS]
    come_from = np.array([ORIGINS.index(post.crosses[0]) if post.crosses else -1 for post in POSTS])[c.post]
    index = np.where(come_from == c.export_country, len(POSTS), c.post)
    return pl.Series([*crosses, []], dtype=pl.List(pl.String)).gather(pl.Series(index))


def _transport_documents(c: Consignments, rng: np.random.Generator) -> pl.Series:
    kind = look(MODES, mode(c))
    number = pl.Series(rng.integers(10**6, 10**7, len(c.trader))).cast(pl.String)
    return pl.select(pl.concat_str(pl.lit(kind), pl.lit("-"), pl.lit(number))).to_series()


def _numbered(count: Indices, pool: list[str], start: Indices) -> pl.Series:
    """So many numbers for each declaration, from a pool that is used again and again; none is known too."""
    owner = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    numbers = look(pool, (start[owner] + place * 101) % len(pool))
    frame = pl.DataFrame({"owner": owner, "number": numbers}).group_by("owner", maintain_order=True).agg("number")
    everyone = pl.DataFrame({"owner": np.arange(len(count))}).join(frame, on="owner", how="left", maintain_order="left")
    return everyone["number"].fill_null([])
