"""Behaviour patterns: how traders split, bunch, switch, re-lodge and turn up, each as a fact known at lodging."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings
from darvoza.flow.enrichment.limits import LIMIT_FACTS, limit_patterns
from darvoza.flow.enrichment.register import EVERYTHING, Kind, Register
from darvoza.flow.enrichment.stated import PARTS, declared_value, first_of_each, in_parts
from darvoza.flow.enrichment.timeline import DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Column = tuple[str, Floats]
Pattern = Callable[[Register, FactSettings], Iterator[Column]]

HOUR = 3_600
"""Seconds."""

SHORT = 72 * HOUR
"""How far back one looks for split and repeated consignments [s]."""

SWITCH = 90 * DAY
"""How far back an importer's other origins count for a switch [s]."""

LOG_UNIT = 2.0**20
"""Logarithms are summed as whole numbers of this fraction, so that sums are exact."""

TOGETHER = {
    "importer": ("importer_id",),
    "importer_hs4": ("importer_id", "hs4"),
    "importer_vehicle": ("importer_id", "vehicle_id"),
    "exporter_importer": ("exporter_id", "importer_id"),
}
"""Keys whose consignments of the last 72 hours are added up."""


def _together(name: str, register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield number and value of the declarations of one key in the 72 hours before."""
    keyed = register.by(Kind(TOGETHER[name], "together", weights=_declarations_and_value))
    known, unknown = keyed.lodgings(), keyed.unknown
    declarations, value = known.within(SHORT).T
    yield f"{name}_declarations_72h", np.where(unknown, np.nan, declarations)
    yield f"{name}_value_72h", np.where(unknown, np.nan, value / PARTS)
    if name == "importer":
        yield "importer_declarations", np.where(unknown, np.nan, known.total()[:, 0])


def _declarations_and_value(register: Register, keys: Ints) -> Ints:
    return np.column_stack([first_of_each(register, keys), in_parts(register.items.get_column("customs_value"))])


def _idle(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield days since the importer's last declaration."""
    last = register.by(Kind(("importer_id",))).sightings().last()
    yield "importer_idle_days", (register.asked - last) / DAY


def _switched(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield whether the importer turned to another origin for a heading."""
    heading = register.by(Kind(("importer_id", "hs4")))
    unseen = np.isnan(register.by(Kind(("importer_id", "hs4", "origin"))).sightings().first())
    lately = heading.lodgings().within(SWITCH)[:, 0] > 0
    switched = (unseen & lately).astype(np.float64)
    yield "importer_origin_switched", np.where(heading.unknown, np.nan, switched)


def _twins(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield how many items of other declarations have the same subheading, mass and value."""
    keyed = register.by(Kind(("hs6", "whole_mass", "whole_value")))
    twins = keyed.lodgings().within(SHORT)[:, 0]
    yield "twin_items_72h", np.where(keyed.unknown, np.nan, twins)


def _own_prices(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield the unit value over the importer's own earlier ones in the subheading (geometric mean)."""
    keyed = register.by(Kind(("importer_id", "hs6"), "prices", counts=_priced, weights=_logarithms))
    total, number = keyed.lodgings().total().T
    with np.errstate(invalid="ignore"):
        usual = np.where(number > 0, total, np.nan) / number / LOG_UNIT
    ratio = np.exp(_log_of_unit_value(register)[register.first :] - usual)
    yield "importer_hs6_value_ratio", np.where(keyed.unknown, np.nan, ratio)


def _log_of_unit_value(register: Register) -> Floats:
    return register.items.get_column("unit_value").log().fill_null(np.nan).to_numpy()


def _priced(register: Register) -> Flags:
    return ~np.isnan(_log_of_unit_value(register))


def _logarithms(register: Register, _keys: Ints) -> Ints:
    whole = np.rint(np.nan_to_num(_log_of_unit_value(register)) * LOG_UNIT).astype(np.int64)
    return np.column_stack([whole, np.ones_like(whole)])


def _amended_value(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield the value of an amended declaration over that of the version before."""
    ratio = np.full(register.asked.size, np.nan)
    if register.amended.size:
        versions = pl.DataFrame(
            {
                "stated": register.stated,
                "declaration": register.declaration,
                "version": register.items.get_column("version").fill_null(1),
                "value": declared_value(register),
            }
        ).unique("stated", keep="first")
        before = versions.sort("declaration", "version").with_columns(
            before=pl.col("value").shift().over("declaration")
        )
        known = before.sort("stated").select(pl.when(pl.col("before") > 0).then(pl.col("value") / pl.col("before")))
        ratio = known.to_series().fill_null(np.nan).to_numpy()[register.stated[register.first :]]
    yield "amended_value_ratio", ratio


def _elsewhere(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield hours since the vehicle was last seen at another post."""
    keyed = register.by(Kind(("vehicle_id",)))
    last = keyed.sightings().last("entry_post")
    yield "vehicle_other_post_hours", np.where(keyed.unknown, np.nan, (register.asked - last) / HOUR)


def _containers_elsewhere(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield hours since one of the containers was last seen at another post."""
    boxes, rows = register.boxed()
    last = boxes.by(Kind(("container_ids",))).sightings().last("entry_post")
    hours = np.full(register.lodged.size, np.inf)
    known = ~np.isnan(last)
    np.minimum.at(hours, rows[boxes.first :][known], ((boxes.asked - last) / HOUR)[known])
    leaders = np.flatnonzero(np.diff(register.stated, prepend=-1) != 0)
    told = hours[leaders][register.stated[register.first :]]
    yield "container_other_post_hours", np.where(np.isfinite(told), told, np.nan)


def _everything(register: Register, _settings: FactSettings) -> Iterator[Column]:
    """Yield how many items were lodged at all, and by way of the same country of dispatch and post."""
    entry = register.by(Kind(("export_country", "entry_post")))
    yield "_all_items", register.by(EVERYTHING).lodgings().total()[:, 0]
    yield "_entry_items", np.where(entry.unknown, np.nan, entry.lodgings().total()[:, 0])


PATTERNS: Mapping[tuple[str, ...], Pattern] = {
    **{
        (f"{name}_declarations_72h", f"{name}_value_72h", *(["importer_declarations"] if name == "importer" else [])): (
            partial(_together, name)
        )
        for name in TOGETHER
    },
    ("importer_idle_days",): _idle,
    ("importer_origin_switched",): _switched,
    ("twin_items_72h",): _twins,
    ("importer_hs6_value_ratio",): _own_prices,
    ("amended_value_ratio",): _amended_value,
    ("vehicle_other_post_hours",): _elsewhere,
    ("container_other_post_hours",): _containers_elsewhere,
    LIMIT_FACTS: limit_patterns,
    ("_all_items", "_entry_items"): _everything,
}
"""The facts that come out together → what makes them."""

RARE = {
    "hs6_origin_rarity": ("hs6_origin_items", "hs6_items", "origin_items"),
    "importer_hs4_rarity": ("importer_hs4_items", "importer_items", "hs4_items"),
    "declarant_post_rarity": ("declarant_post_items", "declarant_items", "post_items"),
    "route_rarity": ("route_items", "origin_items", "_entry_items"),
}
"""Rarity of a combination → how often both, the one and the other were seen."""

NEEDS: Mapping[str, tuple[str, ...]] = {name: (*parts, "_all_items") for name, parts in RARE.items()}
"""Facts, and counts that are none, from which other facts are made."""

RARITY_PRIOR = 1.0
"""Items added to both the seen and the expected number, so that small numbers say little."""


def rarities(wanted: Collection[str]) -> Iterator[pl.Expr]:
    """Give how much rarer combinations are than their parts would make them, in natural logarithms.

    ``−ln((n_ab + 1) ÷ (n_a · n_b ÷ N + 1))``: 0 where a combination is as frequent as chance would make it, above 0
    where it is rarer.
    """
    for name, (both, one, other) in RARE.items():
        if name in wanted:
            expected = pl.col(one) * pl.col(other) / pl.max_horizontal("_all_items", pl.lit(1.0))
            yield (-((pl.col(both) + RARITY_PRIOR) / (expected + RARITY_PRIOR)).log()).alias(name)
